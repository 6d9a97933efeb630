"""Commit, reveal, draw; and what happens when somebody does not."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from commons.approvals import services as approvals
from commons.approvals.domain.approval import ApprovalNeedsAnotherPerson, ApprovalNeedsReason, ApprovalNotGiven
from commons.domain.refusals import NotAllowedNow, NotPermitted
from commons.domain.sealing import SealBroken
from commons.evidence import queries as log
from signatures.draws import queries, safekeeping
from signatures.draws import services as draws
from signatures.draws.domain import record
from signatures.draws.domain.plan import (
    BeaconDoesNotFit,
    CommitmentMalformed,
    CommitmentTaken,
    DrawEntryTwice,
    DrawExcludesStranger,
    DrawNeedsTwoCustodians,
    DrawNotYet,
    DrawOutOfTime,
    DrawTooFew,
    DrawTooLate,
    SecretDoesNotFit,
)
from signatures.draws.domain.states import DrawState
from signatures.draws.models import Draw, DrawHolder
from signatures.draws.services import PLATFORM, ending
from tests import cast
from tests.integration.signatures.draws.story import (
    AGENCIES,
    AT,
    BEACON,
    END,
    LATER,
    REVEAL,
    VALUE,
    announced,
    beacon_file,
    holder,
    plan,
)

pytestmark = pytest.mark.django_db

REGULATORS, BUYERS = b"r" * 32, b"p" * 32


def commitment(secret):
    return hashlib.sha256(secret).hexdigest()


@pytest.fixture
def beacon(settings, tmp_path):
    settings.DRAW_BEACON_FILE = beacon_file(tmp_path / "beacon.json")
    return settings.DRAW_BEACON_FILE


@pytest.fixture
def two_custodians():
    """The platform and the regulator hold secrets, a buyer who is present adds a nonce; all have committed."""
    draw = announced(custodians=(PLATFORM, holder("regulator")), parties=(holder("buyer1"),), beacon=None)
    assert draw.state == DrawState.GATHERING
    draws.commit(actor=cast.actor("regulator"), draw_id=draw.id, commitment=commitment(REGULATORS), at=AT)
    draws.commit(actor=cast.actor("buyer1"), draw_id=draw.id, commitment=commitment(BUYERS), at=AT)
    draws.advance_due(AT + timedelta(seconds=2))
    return queries.draw(draw.id)


def types(draw):
    return [link.type for link in log.entries(f"draw:{draw.id}")]


def holds(draw):
    return record.check(queries.record(draw.id), trusted=log.keyring()).as_json()


def test_a_draw_with_a_beacon_runs_by_itself(beacon):
    draw = announced()
    assert (draw.state, types(draw)) == (DrawState.ANNOUNCED, ["draw.prepared", "draw.announced"])

    draws.advance_due(REVEAL)

    ended = queries.draw(draw.id)
    assert (ended.state, len(ended.selected)) == (DrawState.DRAWN, 2)
    assert types(draw)[2:] == ["draw.revealed", "draw.beacon", "draw.completed"]
    assert set(ended.selected) <= set(AGENCIES) - {"agency:3"}
    assert queries.chosen(draw.id) == ended.selected
    answer = holds(ended)
    assert (answer["faults"], answer["committed_before"], answer["selected"]) == ([], True, list(ended.selected))


def test_two_custodians_and_a_party_reveal_at_the_announced_moment(two_custodians):
    draws.reveal(actor=cast.actor("regulator"), draw_id=two_custodians.id, secret=REGULATORS, at=LATER)
    draws.advance_due(LATER)
    assert queries.draw(two_custodians.id).state == DrawState.ANNOUNCED, "the party's nonce is still missing"

    ended = draws.reveal(actor=cast.actor("buyer1"), draw_id=two_custodians.id, secret=BUYERS, at=LATER)

    assert ended.state == DrawState.DRAWN
    assert holds(ended)["faults"] == []


def test_nothing_that_the_result_depends_on_is_public_before_the_moment(two_custodians):
    draws.advance_due(REVEAL - timedelta(milliseconds=1))

    assert all(one.secret == "" for one in queries.draw(two_custodians.id).holders)
    with pytest.raises(DrawNotYet):
        draws.reveal(
            actor=cast.actor("regulator"), draw_id=two_custodians.id, secret=REGULATORS,
            at=REVEAL - timedelta(milliseconds=1),
        )  # fmt: skip


def test_a_secret_in_safekeeping_is_revealed_by_the_platform(beacon):
    draw = announced(custodians=(PLATFORM, holder("regulator")))
    draws.commit(
        actor=cast.actor("regulator"), draw_id=draw.id, commitment=commitment(REGULATORS), secret=REGULATORS, at=AT
    )
    draws.advance_due(AT + timedelta(seconds=3))
    draws.advance_due(REVEAL)

    assert queries.draw(draw.id).state == DrawState.DRAWN


def test_secrets_at_rest_are_not_in_the_database_and_open_only_in_their_place(beacon):
    draw = announced(custodians=(PLATFORM, holder("regulator")))
    draws.commit(
        actor=cast.actor("regulator"), draw_id=draw.id, commitment=commitment(REGULATORS), secret=REGULATORS, at=AT
    )
    _mine, theirs = DrawHolder.objects.filter(draw_id=draw.id)
    assert theirs.sealed_secret is not None

    assert REGULATORS not in bytes(theirs.sealed_secret)
    assert safekeeping.take_out(bytes(theirs.sealed_secret), draw_id=draw.id, place="secret:1") == REGULATORS
    with pytest.raises(SealBroken):
        safekeeping.take_out(bytes(theirs.sealed_secret), draw_id=draw.id, place="secret:0")


def test_a_missing_reveal_voids_the_draw_and_is_recorded(two_custodians):
    draws.advance_due(LATER)
    draws.advance_due(END)

    ended = queries.draw(two_custodians.id)
    missed = {("NOT_REVEALED", cast.actor("regulator").ref), ("NOT_REVEALED", cast.actor("buyer1").ref)}
    assert (ended.state, set(ended.violations), ended.selected) == (DrawState.VOID, missed, ())
    assert types(ended)[-1] == "draw.voided"
    assert holds(ended)["state"] == "VOID"
    with pytest.raises(NotAllowedNow):
        draws.reveal(actor=cast.actor("regulator"), draw_id=ended.id, secret=REGULATORS, at=END)


def test_who_does_not_commit_in_time_voids_the_draw():
    draw = announced(custodians=(PLATFORM, holder("regulator")), beacon=None)
    draws.advance_due(REVEAL)

    ended = queries.draw(draw.id)
    assert (ended.state, ended.violations) == (
        DrawState.VOID, (("NOT_COMMITTED", cast.actor("regulator").ref),)
    )  # fmt: skip


def test_a_beacon_that_never_came_voids_the_draw():
    draw = announced()
    draws.advance_due(REVEAL)
    draws.advance_due(END)

    assert queries.draw(draw.id).violations == (("NO_BEACON", "demo-beacon"),)


def test_a_lost_key_voids_the_draw_and_names_the_platform(beacon, settings, tmp_path):
    draw = announced()
    settings.PLATFORM_KEYS_DIR = tmp_path / "other"
    draws.advance_due(REVEAL)
    draws.advance_due(END)

    assert queries.draw(draw.id).violations == (("NOT_REVEALED", "system:platform"),)


def test_a_draw_without_a_checkpoint_in_time_is_void(beacon):
    draw = draws.announce(actor=cast.actor("staff"), plan=plan(), at=AT)
    draws.advance_due(REVEAL)

    ended = queries.draw(draw.id)
    assert (ended.state, ended.violations) == (DrawState.VOID, (("NOT_ANCHORED", "system:platform"),))


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"beacon": None}, DrawNeedsTwoCustodians),
        ({"k": 8}, DrawTooFew),
        ({"k": 0}, DrawTooFew),
        ({"roster": (*AGENCIES, "agency:1")}, DrawEntryTwice),
        ({"roster": (*AGENCIES, "")}, DrawEntryTwice),
        ({"exclusions": ("agency:99",)}, DrawExcludesStranger),
        ({"reveal_from": AT}, DrawOutOfTime),
        ({"reveal_until": REVEAL}, DrawOutOfTime),
        ({"beacon": replace(BEACON, known_from=AT)}, DrawOutOfTime),
        ({"beacon": replace(BEACON, known_from=REVEAL + timedelta(seconds=1))}, DrawOutOfTime),
    ],
)
def test_what_a_draw_may_not_be(change, refusal):
    with pytest.raises(refusal):
        announced(**change)
    assert not Draw.objects.exists()


@pytest.mark.parametrize("key", ["buyer1", "seller", "finance", "auditor"])
def test_who_runs_no_procedure_announces_no_draw(key):
    with pytest.raises(NotPermitted):
        announced(actor=cast.actor(key))


def test_only_the_named_hold_secrets():
    draw = announced(custodians=(PLATFORM, holder("regulator")), beacon=None)

    for key in ("staff", "buyer1", "auditor"):
        with pytest.raises(NotPermitted):
            draws.commit(actor=cast.actor(key), draw_id=draw.id, commitment=commitment(b"x" * 32), at=AT)


def test_a_commitment_is_made_once_by_its_holder_and_nobody_copies_it():
    draw = announced(custodians=(holder("regulator"), holder("auditor"), holder("staff2")), beacon=None)
    first = {"actor": cast.actor("regulator"), "draw_id": draw.id, "commitment": commitment(REGULATORS), "at": AT}
    draws.commit(**first)
    draws.commit(**first)

    with pytest.raises(NotAllowedNow):
        draws.commit(**{**first, "commitment": commitment(BUYERS)})
    with pytest.raises(CommitmentTaken):
        draws.commit(**{**first, "actor": cast.actor("auditor")})
    with pytest.raises(CommitmentMalformed):
        draws.commit(**{**first, "actor": cast.actor("auditor"), "commitment": "00"})
    with pytest.raises(SecretDoesNotFit):
        draws.commit(**{**first, "actor": cast.actor("auditor"), "commitment": "0" * 64, "secret": BUYERS})
    with pytest.raises(DrawTooLate):
        draws.commit(**{**first, "actor": cast.actor("auditor"), "commitment": "0" * 64, "at": REVEAL})


def test_what_is_revealed_must_be_what_was_committed_to(two_custodians):
    with pytest.raises(SecretDoesNotFit):
        draws.reveal(actor=cast.actor("regulator"), draw_id=two_custodians.id, secret=b"x" * 32, at=LATER)
    with pytest.raises(DrawTooLate):
        draws.reveal(actor=cast.actor("regulator"), draw_id=two_custodians.id, secret=REGULATORS, at=END)
    revealed = {"actor": cast.actor("regulator"), "draw_id": two_custodians.id, "secret": REGULATORS, "at": LATER}
    draws.reveal(**revealed)
    draws.reveal(**revealed)

    assert types(two_custodians).count("draw.revealed") == 1


def test_the_beacon_of_another_round_is_refused():
    draw = announced()
    asked = {"actor": cast.actor("staff"), "draw_id": draw.id, "source": "demo-beacon", "value": VALUE, "at": LATER}

    with pytest.raises(BeaconDoesNotFit):
        draws.record_beacon(**asked, round="1843")
    with pytest.raises(NotPermitted):
        draws.record_beacon(**{**asked, "actor": cast.actor("buyer1")}, round="1842")
    draws.record_beacon(**asked, round="1842")
    with pytest.raises(BeaconDoesNotFit):
        draws.record_beacon(**{**asked, "value": VALUE[::-1]}, round="1842")


def test_a_roster_edited_in_the_database_voids_the_draw(beacon):
    draw = announced()
    edited = [entry for entry in queries.draw(draw.id).roster if entry != "agency:1"] + ["agency:9"]
    Draw.objects.filter(pk=draw.id).update(roster=edited)
    draws.advance_due(REVEAL)

    ended = queries.draw(draw.id)
    assert (ended.state, ended.violations) == (DrawState.VOID, (("ROSTER_CHANGED", "system:platform"),))


@pytest.mark.parametrize(
    "change", [{"k": 3}, {"exclusions": ["agency:1"]}, {"beacon_round": "1841"}, {"roster": [1, 2, 3]}]
)
def test_a_plan_edited_in_the_database_draws_nothing(settings, tmp_path, change):
    settings.DRAW_BEACON_FILE = beacon_file(tmp_path / "b", round_=change.get("beacon_round", "1842"))
    draw = announced()
    Draw.objects.filter(pk=draw.id).update(**change)
    draws.advance_due(REVEAL)

    assert queries.draw(draw.id).state == DrawState.VOID


def test_a_draw_that_cannot_be_advanced_holds_up_no_other(beacon, monkeypatch):
    broken, good = announced(), announced()
    honest = ending.advance

    def advance(draw_id, at):
        if draw_id == broken.id:
            raise TypeError("its rows cannot be read")
        return honest(draw_id, at)

    monkeypatch.setattr(ending, "advance", advance)
    draws.advance_due(REVEAL)

    states = [queries.draw(one.id).state for one in (broken, good)]
    assert states == [DrawState.ANNOUNCED, DrawState.DRAWN]


def test_a_salted_roster_shows_no_name_until_the_chosen_are_disclosed(beacon):
    draw = announced(salted=True, roster=tuple(f"expert:{name}" for name in "甲乙丙丁戊"), exclusions=("expert:甲",))
    row = Draw.objects.get(pk=draw.id)
    assert row.sealed_roster is not None
    stored = json.dumps([row.roster, row.exclusions]) + bytes(row.sealed_roster).decode("latin-1")
    assert "expert" not in stored
    draws.advance_due(REVEAL)

    names = queries.chosen(draw.id)
    assert len(names) == 2
    assert "expert:甲" not in names
    assert b"expert:" not in b"".join(link.payload for link in log.entries(f"draw:{draw.id}"))
    draws.disclose(actor=cast.actor("staff"), draw_id=draw.id, at=END)
    draws.disclose(actor=cast.actor("staff"), draw_id=draw.id, at=END)

    opened = holds(queries.draw(draw.id))
    assert (opened["faults"], opened["opened"]) == ([], list(names))
    written = b"".join(link.payload for link in log.entries(f"draw:{draw.id}")).decode()
    assert [name in written for name in ("expert:甲", *names)] == [False, True, True]


def test_a_redraw_needs_a_reason_and_two_persons_and_stays_visible(two_custodians, beacon):
    draws.advance_due(END)
    draw_id, staff = two_custodians.id, cast.actor("staff")
    with pytest.raises(ApprovalNeedsReason):
        draws.request_redraw(actor=staff, draw_id=draw_id, reason=" ", at=END)
    asked = draws.request_redraw(actor=staff, draw_id=draw_id, reason="监管人员未揭示", at=END)
    later = END + timedelta(minutes=20)
    moments = {"reveal_from": later, "reveal_until": later + timedelta(minutes=9), "at": END}
    again = {"actor": staff, "draw_id": draw_id, "approval_id": asked, **moments}
    again["beacon"] = replace(BEACON, known_from=later)
    with pytest.raises(ApprovalNotGiven), transaction.atomic():
        draws.redraw(**again)
    with pytest.raises(ApprovalNeedsAnotherPerson):
        approvals.approve(actor=staff, approval_id=asked, at=END)
    approvals.approve(actor=cast.actor("staff2"), approval_id=asked, at=END)
    second = draws.redraw(**again)
    draws.advance_due(END + timedelta(seconds=1))
    draws.advance_due(later)

    ended = queries.draw(second.id)
    assert (ended.state, ended.attempt, ended.redraw_of, ended.reason) == (
        DrawState.DRAWN, 2, draw_id, "监管人员未揭示",
    )  # fmt: skip
    assert holds(ended)["attempt"] == "2"
    assert [view.attempt for view in queries.about("procurement:7")] == [2, 1]
    assert queries.draw(draw_id).redrawn_as == second.id
    with pytest.raises(NotAllowedNow):
        draws.request_redraw(actor=staff, draw_id=draw_id, reason="again", at=END)


def test_a_running_draw_is_not_drawn_anew():
    draw = announced()

    with pytest.raises(NotAllowedNow):
        draws.request_redraw(actor=cast.actor("staff"), draw_id=draw.id, reason="…", at=AT)


def test_the_database_keeps_no_redraw_without_reason(beacon):
    draw = announced()

    with pytest.raises(IntegrityError), transaction.atomic():
        Draw.objects.filter(pk=draw.id).update(attempt=2)
