"""Handing in, replacing, withdrawing: each with a receipt; late, foreign and repeated envelopes are refused."""

import base64
import hashlib
import json
from datetime import datetime, timedelta

import pytest

from commons.domain.refusals import NotFound
from commons.evidence.domain import canonical
from commons.evidence.domain.trust import Keyring
from commons.evidence.models import EvidenceEntry
from commons.evidence.queries import keyring
from signatures.crypto.timestamps import StampUnavailable, verify
from signatures.envelopes import queries, services
from signatures.envelopes.domain import layout
from signatures.envelopes.domain.rules import EnvelopeElsewhere, EnvelopeMissing, EnvelopeReplayed, IntakeLate
from signatures.envelopes.models import SealedEnvelope
from signatures.verify.checking import check_receipts
from tests import cast, pki
from tests.integration.signatures.envelopes import story as stories
from tests.integration.signatures.envelopes.story import AT, DEADLINE, Story

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Story:
    return stories.story_of()


def test_a_receipt_says_what_was_handed_in_and_can_be_checked_offline(story: Story, tmp_path) -> None:
    data = stories.sealed(story, "buyer1")

    number = stories.hand_in(story, "buyer1", data)

    document = queries.receipt(cast.actor("buyer1"), number).document
    assert document is not None
    signed = document["receipt"]
    body = signed["body"]  # type: ignore[index, call-overload]
    assert body["receipt_id"] == number  # type: ignore[index, call-overload]
    assert body["commit"] == layout.reckon([data]).commit  # type: ignore[index, call-overload]
    assert body["bidder"] == cast.uscc(cast.PARTIES["buyer1"].organisation)  # type: ignore[index, call-overload]
    assert body["received_at"] == "2026-03-02T01:00:00.000Z"  # type: ignore[index, call-overload]
    assert body["log_index"].isdecimal()  # type: ignore[index, union-attr, call-overload]
    assert body["checkpoint"].startswith("localhost")  # type: ignore[index, union-attr, call-overload]
    (tmp_path / "receipt.json").write_text(json.dumps(signed))
    with (tmp_path / "receipt.json").open("rb") as file:
        report = check_receipts(file, Keyring.parse(keyring().as_json()))
    assert report.holds, report.faults


def test_only_its_bidder_sees_a_receipt(story: Story) -> None:
    number = stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))

    for key in ("buyer2", "host", "staff", "regulator", "auditor"):
        with pytest.raises(NotFound):
            queries.receipt(cast.actor(key), number)


def test_a_replacement_supersedes_and_the_old_receipt_is_told_so(story: Story) -> None:
    first = stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    second = stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"), at=AT + timedelta(days=1))

    shown = queries.own_receipts(cast.actor("buyer1"), story.intake_id)
    assert [one.number for one in shown] == [second, first]
    assert shown[0].supersedes == first
    old = queries.check_receipt(shown[1].document, at=AT)
    assert (old.holds, old.facts["current"]) == (False, False)
    assert "superseded" in old.faults[0]
    assert queries.check_receipt(shown[0].document, at=AT).holds
    assert len(stories.begin(story)) == 1


def test_what_was_withdrawn_is_not_opened_and_can_be_handed_in_anew(story: Story) -> None:
    first = stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))

    gone = services.withdraw(actor=cast.actor("buyer1"), intake_id=story.intake_id, at=AT)
    with pytest.raises(EnvelopeMissing):
        services.withdraw(actor=cast.actor("buyer1"), intake_id=story.intake_id, at=AT)
    again = stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    services.withdraw(actor=cast.actor("buyer1"), intake_id=story.intake_id, at=AT)

    kinds = [(one.kind, one.supersedes) for one in queries.own_receipts(cast.actor("buyer1"), story.intake_id)]
    assert kinds == [("WITHDRAWN", again), ("SEALED", gone), ("WITHDRAWN", first), ("SEALED", "")]
    assert stories.begin(story) == []


def test_the_same_envelope_again_is_refused_from_whomever(story: Story) -> None:
    data = stories.sealed(story, "buyer1")
    stories.hand_in(story, "buyer1", data)
    services.withdraw(actor=cast.actor("buyer1"), intake_id=story.intake_id, at=AT)

    for key in ("buyer1", "buyer2"):
        with pytest.raises(EnvelopeReplayed):
            stories.hand_in(story, key, data)


@pytest.mark.parametrize("what", ["lot", "roster"])
def test_an_envelope_for_something_else_is_refused(story: Story, what: str) -> None:
    other = stories.ceremony() if what == "roster" else Story(story.roster_id, officers=story.officers)
    stories.add_intake(other, name="tender:2/lot:1", lot="2" if what == "lot" else "1")
    data = stories.sealed(other, "buyer1")

    with pytest.raises(EnvelopeElsewhere):
        stories.hand_in(story, "buyer1", data)
    assert not SealedEnvelope.objects.exists()


def test_late_is_refused_with_how_late_it_was(story: Story) -> None:
    data = stories.sealed(story, "buyer1")

    with pytest.raises(IntakeLate) as late:
        stories.hand_in(story, "buyer1", data, at=DEADLINE + timedelta(milliseconds=1234))

    assert late.value.fields["late_by"] == "1.234"
    entry = EvidenceEntry.objects.get(type="envelope.late")
    assert json.loads(bytes(entry.payload))["late_by"] == "1.234"
    assert not SealedEnvelope.objects.exists()


def test_at_the_deadline_is_late(story: Story) -> None:
    with pytest.raises(IntakeLate):
        stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"), at=DEADLINE)


def test_a_made_up_receipt_is_not_the_platforms(story: Story) -> None:
    number = stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    document = queries.receipt(cast.actor("buyer1"), number).document
    forged = json.loads(json.dumps(document))
    forged["receipt"]["body"]["received_at"] = "2026-03-01T01:00:00.000Z"

    assert not queries.check_receipt(forged, at=AT).holds
    assert not queries.check_receipt({"receipt": 1}, at=AT).holds
    assert not queries.check_receipt([], at=AT).holds


@pytest.mark.parametrize("source", ["NoStamps", "RogueStamps"])
def test_without_a_time_stamp_that_holds_a_receipt_says_so_and_is_stamped_later(
    story: Story, settings, source: str
) -> None:
    pki.install_trust()
    settings.HOOKS = {**settings.HOOKS, "time_stamps": f"tests.integration.signatures.envelopes.test_receipts.{source}"}
    number = stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    assert services.stamp_pending(AT) == 0
    document = queries.receipt(cast.actor("buyer1"), number).document
    assert document is not None
    assert document["ts_pending"] is True

    settings.HOOKS = {**settings.HOOKS, "time_stamps": "tests.pki.Stamps"}
    assert services.stamp_pending(AT) == 1

    stamped = queries.receipt(cast.actor("buyer1"), number).document
    assert stamped is not None
    assert stamped["ts_pending"] is False
    digest = hashlib.sha256(canonical.encode(stamped["receipt"]["body"])).digest()  # type: ignore[index, call-overload]
    token = base64.b64decode(str(stamped["tsa_token"]))
    assert verify(token, digest=digest, at=AT, trust=pki.trust(), revocation=pki.Revocation()).valid


class NoStamps:
    """An authority that is away."""

    def stamp(self, digest: bytes, *, at: datetime) -> bytes:
        raise StampUnavailable("away")


class RogueStamps(pki.Stamps):
    """An authority that nobody trusts."""

    def __init__(self) -> None:
        super().__init__("rogue-tsa")
