"""The exported draw, checked without Django: whatever is changed in it is found."""

import copy
import json
from datetime import timedelta

import pytest
from django.core.management import call_command

from commons.evidence import queries as log
from commons.evidence.services import checkpoint
from signatures.draws import queries
from signatures.draws import services as draws
from signatures.draws.models import Draw
from tests.integration.commons.evidence.test_offline import verify
from tests.integration.signatures.draws.story import END, REVEAL, announced, beacon_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(settings, tmp_path):
    """A finished draw under a checkpoint, the platform's keys, and the beacon's rounds."""
    settings.DRAW_BEACON_FILE = beacon_file(tmp_path / "beacon")
    draw = announced(salted=True)
    draws.advance_due(REVEAL)
    draws.disclose(actor=_staff(), draw_id=draw.id, at=REVEAL)
    checkpoint(REVEAL + timedelta(seconds=5))
    (tmp_path / "draw").write_text(json.dumps(queries.record(draw.id)))
    (tmp_path / "keys").write_text(json.dumps(log.published_keys()))
    return tmp_path


def _staff():
    from tests import cast

    return cast.actor("staff")


def check(files, *more):
    return verify("draw", files / "draw", "--keys", files / "keys", *more)


def test_a_draw_holds_without_django_and_says_what_it_shows(files):
    code, answer = check(files, "--beacon", files / "beacon")

    assert (code, answer["faults"]) == (0, [])
    facts = ("in_log", "committed_before", "beacon", "state", "attempt", "keys_trusted")
    assert [answer[name] for name in facts] == [True, True, "same", "DRAWN", "1", True]
    assert len(answer["selected"]) == len(answer["opened"]) == 2


def entry(record, kind):
    return next(item for item in record["entries"] if item["type"] == kind)


def edit_roster(record):
    record["roster"][0] = "0" * 64


def drop_from_roster(record):
    record["roster"].pop()


def exclude_another(record):
    record["exclusions"].append(record["roster"][0])


def change_result(record):
    chosen = entry(record, "draw.completed")["payload"]["selected"]
    chosen[0] = next(item for item in record["roster"] if item not in chosen)


def change_secret(record):
    entry(record, "draw.revealed")["payload"]["secret"] = "ab" * 32


def change_beacon_round(record):
    entry(record, "draw.beacon")["payload"]["round"] = "1843"


def change_announced_round(record):
    entry(record, "draw.announced")["payload"]["beacon"]["round"] = "1843"


def change_k(record):
    entry(record, "draw.announced")["payload"]["k"] = "1"


def drop_reveal(record):
    record["entries"].remove(entry(record, "draw.revealed"))


def drop_announcement(record):
    record["entries"].remove(entry(record, "draw.announced"))


def open_another(record):
    entry(record, "draw.disclosed")["payload"]["openings"][0]["entry"] = "agency:99"


def another_anchor(record):
    record["anchor"] = {**record["anchor"], "note": record["checkpoint"]}


def no_anchor(record):
    record["anchor"] = None


def another_draw(record):
    record["draw_id"] = "8d3f6f0e-1f0a-4b53-9d0c-2a4f0c1d7e55"


def another_index(record):
    record["entries"][0]["index"] = "1"


CHANGES = [
    edit_roster, drop_from_roster, exclude_another, change_result, change_secret, change_beacon_round,
    change_announced_round, change_k, drop_reveal, drop_announcement, open_another, another_anchor, no_anchor,
    another_draw, another_index,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_draw_does_not_hold(files, change):
    value = json.loads((files / "draw").read_text())
    before = copy.deepcopy(value)
    change(value)
    assert value != before
    (files / "draw").write_text(json.dumps(value))

    code, answer = check(files)

    assert (code, answer["holds"]) == (1, False)


def test_the_beacons_own_copy_shows_another_value(files, tmp_path):
    other = beacon_file(tmp_path / "other", value=b"x" * 32)

    code, answer = check(files, "--beacon", other)

    assert (code, answer["beacon"]) == (1, "different")


def test_the_beacons_own_copy_without_the_round_says_so(files, tmp_path):
    code, answer = check(files, "--beacon", beacon_file(tmp_path / "other", round_="1843"))

    assert (code, answer["beacon"]) == (1, "different")


def test_a_draw_whose_announcement_was_late_does_not_hold(files):
    """The rows say that it was in time; the first checkpoint over the announcement says otherwise."""
    value = json.loads((files / "draw").read_text())
    announcement = entry(value, "draw.announced")
    value["anchor"] = {"note": value["checkpoint"], "index": announcement["index"], "path": announcement["path"]}
    (files / "draw").write_text(json.dumps(value))

    code, answer = check(files)

    assert (code, answer["committed_before"]) == (1, False)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format":"luochui-draw/v1"}', b"\xff"])
def test_bad_input_is_refused_with_a_sentence(files, content):
    (files / "draw").write_bytes(content)

    code, sentence = check(files)

    assert code == 2
    assert sentence.strip()


def test_the_command_checks_a_file_and_a_draw_of_the_database(files, capsys):
    draw = Draw.objects.get()
    for named in (str(files / "draw"), str(draw.pk)):
        call_command("verify_draw", named)
        answer = json.loads(capsys.readouterr().out)
        assert (answer["holds"], answer["found_in_log"], answer["keys_trusted"]) == (True, True, True)


def test_the_command_finds_a_roster_edited_in_the_database(files, capsys):
    draw = Draw.objects.get()
    Draw.objects.filter(pk=draw.pk).update(roster=draw.roster[1:])

    with pytest.raises(SystemExit) as ended:
        call_command("verify_draw", str(draw.pk))

    assert ended.value.code == 1
    assert "roster" in capsys.readouterr().out


def test_the_command_finds_a_record_of_another_log(files, capsys, tmp_path):
    value = json.loads((files / "draw").read_text())
    value["draw_id"] = "8d3f6f0e-1f0a-4b53-9d0c-2a4f0c1d7e55"
    (tmp_path / "other").write_text(json.dumps(value))

    with pytest.raises(SystemExit) as ended:
        call_command("verify_draw", str(tmp_path / "other"))

    assert ended.value.code == 1


@pytest.mark.parametrize("named", ["/nowhere", "8d3f6f0e-1f0a-4b53-9d0c-2a4f0c1d7e55"])
def test_the_command_ends_with_2_for_what_is_not_there(named):
    with pytest.raises(SystemExit) as ended:
        call_command("verify_draw", named)

    assert ended.value.code == 2


def test_a_void_draw_holds_and_names_who_failed(tmp_path):
    draw = announced()
    draws.advance_due(END)
    checkpoint(END)
    (tmp_path / "draw").write_text(json.dumps(queries.record(draw.id)))
    (tmp_path / "keys").write_text(json.dumps(log.published_keys()))

    code, answer = check(tmp_path)

    assert (code, answer["state"]) == (0, "VOID")
    assert {found["kind"] for found in answer["violations"]} == {"NOT_REVEALED", "NO_BEACON"}
