"""From the sealed bid to the opened one, and every way in which an opening fails, with whose fault it is."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from commons.domain.refusals import NotAllowedNow, NotFound, NotPermitted, Refusal
from commons.evidence.models import EvidenceEntry
from commons.outbox.models import OutboxMessage
from commons.vault import services as vault
from signatures.crypto.cms import SignatureOverSomethingElse, SignatureUnreadable
from signatures.crypto.suites import Suite
from signatures.envelopes import queries, services
from signatures.envelopes.domain import cipher, layout, sealing, shamir, slots
from signatures.envelopes.domain.encoding import to_base64
from signatures.envelopes.domain.header import Mode
from signatures.envelopes.domain.rules import (
    AlreadyUnlocked,
    IntakeNotOver,
    KeyDoesNotOpen,
    SupervisionNotDue,
    WindowOver,
)
from signatures.envelopes.models import EnvelopeUnlock, SealedEnvelope
from signatures.pki.domain.bindings import CertificateNotBound
from tests import cast, pki
from tests.envelopes import key_of, prefix_of
from tests.integration.signatures.envelopes import story as stories
from tests.integration.signatures.envelopes.story import (
    AT,
    FILES,
    OPENS,
    Story,
    bidder_unlocks,
    officer_unlocks,
    state_of,
)
from tests.signing import sign_as

pytestmark = pytest.mark.django_db
WINDOW_ENDS = OPENS + timedelta(minutes=61)


@pytest.fixture
def suite() -> Suite:
    return Suite.INTERNATIONAL


@pytest.fixture
def story(suite: Suite) -> Story:
    return stories.story_of(suite=suite)


in_either_suite = pytest.mark.parametrize("suite", list(Suite), ids=lambda suite: suite.value)


def opened_by(story: Story, *officers: str, bidder: str = "buyer1") -> str:
    (ref,) = stories.begin(story)
    bidder_unlocks(story, bidder, ref)
    for key in officers:
        officer_unlocks(story, key)
    services.decrypt_ready(story.intake_id, at=OPENS)
    return ref


def read(document_id: str) -> bytes:
    opened = vault.open_document(actor=cast.actor("host"), document_id=int(document_id), at=OPENS)
    return b"".join(opened.chunks)


@in_either_suite
@pytest.mark.parametrize("officers", [("officer1", "officer2"), ("officer3", "officer1")])
def test_the_bidder_and_two_of_three_officers_open_a_bid(story: Story, officers: tuple[str, str]) -> None:
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))

    ref = opened_by(story, *officers)

    found = queries.envelope(cast.actor("host"), ref)
    assert found.state == "OPENED"
    assert [file["name"] for file in found.files] == [name for name, _ in FILES]
    assert [read(file["document"]) for file in found.files] == [body for _, body in FILES]
    assert queries.intake(story.intake_id).state == "FINISHED"
    assert not EnvelopeUnlock.objects.exclude(secret=b"").exists()


def test_the_officers_may_come_before_the_bidder(story: Story) -> None:
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    (ref,) = stories.begin(story)

    officer_unlocks(story, "officer1")
    officer_unlocks(story, "officer2")
    assert state_of(ref) == "DECRYPT_WINDOW"
    bidder_unlocks(story, "buyer1", ref)

    assert state_of(ref) == "QUORUM_UNLOCKED"
    assert OutboxMessage.objects.filter(topic="envelopes.decrypt").count() == 1


def test_in_mode_officers_they_open_it_without_the_bidder() -> None:
    story = stories.story_of(mode=Mode.OFFICERS)
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    (ref,) = stories.begin(story)

    officer_unlocks(story, "officer1")
    officer_unlocks(story, "officer2")
    services.decrypt_ready(story.intake_id, at=OPENS)

    assert state_of(ref) == "OPENED"


def test_nothing_is_opened_before_the_deadline(story: Story) -> None:
    with pytest.raises(IntakeNotOver):
        services.begin_opening(actor=cast.actor("host"), intake_id=story.intake_id, at=stories.DEADLINE)


def test_an_opening_begins_once_and_by_a_host(story: Story) -> None:
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    with pytest.raises(NotPermitted):
        services.begin_opening(actor=cast.actor("buyer1"), intake_id=story.intake_id, at=OPENS)

    stories.begin(story)

    with pytest.raises(NotAllowedNow):
        stories.begin(story)


@in_either_suite
def test_without_the_bidders_key_in_time_it_is_the_bidders_failure(story: Story) -> None:
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    (ref,) = stories.begin(story)
    officer_unlocks(story, "officer1")
    officer_unlocks(story, "officer2")

    assert services.end_windows(OPENS + timedelta(minutes=59)) == 0
    assert services.end_windows(WINDOW_ENDS) == 1

    found = queries.envelope(cast.actor("host"), ref)
    assert (found.state, found.cause) == ("FAILED_BIDDER", "BIDDER_NO_KEY")
    assert found.findings["unlocked"] == ["officer:1", "officer:2"]
    assert queries.intake(story.intake_id).state == "FINISHED"


@in_either_suite
def test_with_too_few_officers_it_is_the_centres_failure(story: Story) -> None:
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    (ref,) = stories.begin(story)
    bidder_unlocks(story, "buyer1", ref)
    officer_unlocks(story, "officer2")

    services.end_windows(WINDOW_ENDS)

    found = queries.envelope(cast.actor("host"), ref)
    assert (found.state, found.cause) == ("FAILED_CENTRE", "NO_QUORUM")


def test_one_officer_twice_is_no_quorum(story: Story) -> None:
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    (ref,) = stories.begin(story)
    bidder_unlocks(story, "buyer1", ref)
    locked = services.locked_for_officer(actor=cast.actor("officer1"), intake_id=story.intake_id)
    codes = {ref: stories.code_of(locked[0], story.officers["officer1"])}

    for _ in range(2):
        services.unlock_as_officer(actor=cast.actor("officer1"), intake_id=story.intake_id, codes=codes, at=OPENS)

    assert state_of(ref) == "BIDDER_UNLOCKED"
    assert services.locked_for_officer(actor=cast.actor("officer1"), intake_id=story.intake_id) == []


@in_either_suite
def test_an_officer_cannot_give_anothers_key(story: Story) -> None:
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    (ref,) = stories.begin(story)
    locked = services.locked_for_officer(actor=cast.actor("officer1"), intake_id=story.intake_id)
    codes = {ref: stories.code_of(locked[0], story.officers["officer1"])}

    with pytest.raises(KeyDoesNotOpen):
        services.unlock_as_officer(actor=cast.actor("officer2"), intake_id=story.intake_id, codes=codes, at=OPENS)
    with pytest.raises(NotPermitted):
        services.unlock_as_officer(actor=cast.actor("host"), intake_id=story.intake_id, codes=codes, at=OPENS)


@in_either_suite
def test_a_wrong_bidder_key_can_be_tried_again_in_time(story: Story) -> None:
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    (ref,) = stories.begin(story)

    with pytest.raises(KeyDoesNotOpen):
        services.unlock_as_bidder(
            actor=cast.actor("buyer1"), envelope_ref=ref, unlock_code=to_base64(bytes(32)), at=OPENS
        )
    with pytest.raises(KeyDoesNotOpen):
        services.unlock_as_bidder(actor=cast.actor("buyer1"), envelope_ref=ref, unlock_code="?", at=OPENS)
    bidder_unlocks(story, "buyer1", ref)
    with pytest.raises(AlreadyUnlocked):
        bidder_unlocks(story, "buyer1", ref)

    assert state_of(ref) == "BIDDER_UNLOCKED"


def test_a_rival_neither_unlocks_nor_learns_of_it(story: Story) -> None:
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    (ref,) = stories.begin(story)

    with pytest.raises(NotFound):
        services.locked_for_bidder(actor=cast.actor("buyer2"), envelope_ref=ref)
    with pytest.raises(NotFound):
        queries.envelope(cast.actor("buyer2"), ref)
    assert queries.own_envelope(cast.actor("buyer2"), story.intake_id) is None


def test_after_the_window_no_key_is_taken(story: Story) -> None:
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    (ref,) = stories.begin(story)

    with pytest.raises(WindowOver):
        bidder_unlocks(story, "buyer1", ref, at=WINDOW_ENDS)


def cheating(story: Story, *, false_commit: bool = False, false_share: bool = False) -> bytes:
    """An envelope whose first share misses its commitment, or is a share of another secret."""
    original = slots.wrap
    seen = iter(range(100))

    def wrap(secret, recipient, *, ctx, entropy):
        if recipient.label != "officer:1":
            return original(secret, recipient, ctx=ctx, entropy=entropy)
        next(seen)
        if false_share:
            other = shamir.split(entropy(32), n=3, k=2, entropy=entropy)[0]
            return original(other, recipient, ctx=ctx, entropy=entropy)
        return original(secret, recipient, ctx=ctx, entropy=entropy, false_commit="0" * 64)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "wrap", wrap)
        return stories.sealed(story, "buyer1")


@in_either_suite
def test_a_share_that_misses_its_commitment_fails_the_bidder_with_the_proof(story: Story) -> None:
    stories.hand_in(story, "buyer1", cheating(story, false_commit=True))
    (ref,) = stories.begin(story)
    bidder_unlocks(story, "buyer1", ref)

    officer_unlocks(story, "officer1")

    found = queries.envelope(cast.actor("host"), ref)
    assert (found.state, found.cause) == ("FAILED_BIDDER", "BIDDER_FALSE_COMMIT")
    assert found.findings["slot"] == "officer:1"


@in_either_suite
def test_shares_of_two_secrets_fail_the_bidder(story: Story) -> None:
    stories.hand_in(story, "buyer1", cheating(story, false_share=True))

    ref = opened_by(story, "officer1", "officer2")

    found = queries.envelope(cast.actor("host"), ref)
    assert (found.state, found.cause) == ("FAILED_BIDDER", "BIDDER_FALSE_SHARES")


@in_either_suite
def test_a_bid_sealed_in_anothers_name_fails(story: Story) -> None:
    rival = cast.uscc(cast.PARTIES["buyer2"].organisation)
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1", bidder=rival))

    ref = opened_by(story, "officer1", "officer2")

    found = queries.envelope(cast.actor("host"), ref)
    assert (found.state, found.cause) == ("FAILED_BIDDER", "BIDDER_RELABELLED")


@in_either_suite
def test_content_sealed_under_another_key_fails_the_bidder(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = cipher.ChunkSealer
    monkeypatch.setattr(cipher, "ChunkSealer", lambda cek, header: honest(bytes(len(cek)), header))
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))

    ref = opened_by(story, "officer1", "officer2")

    found = queries.envelope(cast.actor("host"), ref)
    assert (found.state, found.cause) == ("FAILED_BIDDER", "BIDDER_FALSE_CONTENT")


@in_either_suite
@pytest.mark.parametrize("place", ["chunk", "end", "prefix"])
def test_what_the_platform_altered_is_blamed_on_nobody_else(story: Story, tmp_path: Path, place: str) -> None:
    data = stories.sealed(story, "buyer1")
    stories.hand_in(story, "buyer1", data)
    (ref,) = stories.begin(story)
    bidder_unlocks(story, "buyer1", ref)
    officer_unlocks(story, "officer1")
    officer_unlocks(story, "officer2")
    stored = next((tmp_path / "vault" / "sealed").rglob(ref))
    altered = bytearray(data)
    altered[{"chunk": len(data) // 2, "end": -layout.ATTESTATION - 40, "prefix": 40}[place]] ^= 1
    stored.write_bytes(altered)

    services.decrypt_ready(story.intake_id, at=OPENS)

    found = queries.envelope(cast.actor("host"), ref)
    assert (found.state, found.cause) == ("COMMIT_MISMATCH", "STORED_ALTERED")
    assert not list((tmp_path / "opening").iterdir())


def test_a_bidder_whose_stored_bid_was_altered_is_not_blamed_for_a_missing_key(story: Story, tmp_path: Path) -> None:
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    (ref,) = stories.begin(story)
    next((tmp_path / "vault" / "sealed").rglob(ref)).unlink()

    services.end_windows(WINDOW_ENDS)

    assert state_of(ref) == "COMMIT_MISMATCH"


def test_the_others_go_on_when_one_fails(story: Story) -> None:
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    stories.hand_in(story, "buyer2", stories.sealed(story, "buyer2"), at=AT + timedelta(seconds=1))
    first, second = stories.begin(story)
    bidder_unlocks(story, "buyer2", second)
    officer_unlocks(story, "officer1")
    officer_unlocks(story, "officer2")

    services.decrypt_ready(story.intake_id, at=OPENS)
    services.end_windows(WINDOW_ENDS)

    assert (state_of(first), state_of(second)) == ("FAILED_BIDDER", "OPENED")
    assert queries.intake(story.intake_id).state == "FINISHED"


@pytest.fixture
def failed() -> str:
    """An envelope that its bidder did not unlock in time."""
    story = stories.story_of()
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    (ref,) = stories.begin(story)
    services.end_windows(WINDOW_ENDS)
    return ref


def supervision(ref: str, key: str = "regulator", remark: str = "见证") -> bytes:
    """The CMS of that person's certificate over the failure."""
    return pki.sign(key, services.statement(SealedEnvelope.objects.get(pk=ref), remark), at=WINDOW_ENDS)


def supervise(ref: str, signature: bytes, *, key: str = "regulator", remark: str = "见证") -> None:
    services.supervise(actor=cast.actor(key), envelope_ref=ref, remark=remark, signature=signature, at=WINDOW_ENDS)


def test_a_supervisor_signs_for_a_failure_once(failed: str) -> None:
    pki.bound("regulator")
    signature = supervision(failed)
    with pytest.raises(NotPermitted):
        supervise(failed, signature, key="host")

    supervise(failed, signature)
    with pytest.raises(SupervisionNotDue):
        supervise(failed, signature)

    found = queries.envelope(cast.actor("host"), failed)
    assert (found.supervised_at, found.remark) == (WINDOW_ENDS, "见证")
    assert SealedEnvelope.objects.get(pk=failed).supervision["signature"] == to_base64(signature)


def test_what_has_not_failed_is_not_signed_for(story: Story) -> None:
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    (ref,) = stories.begin(story)

    with pytest.raises(SupervisionNotDue):
        supervise(ref, b"")


def test_a_supervisors_signature_is_verified_before_it_is_stored(failed: str) -> None:
    pki.bound("regulator")
    pki.bound("auditor")
    for wrong, refused in (
        (b"no signature", SignatureUnreadable),
        (supervision(failed, remark="另一句"), SignatureOverSomethingElse),
        (supervision(failed, key="auditor"), CertificateNotBound),
        (pki.sign("rogue", services.statement(SealedEnvelope.objects.get(pk=failed), "见证"), at=WINDOW_ENDS), Refusal),
    ):
        with pytest.raises(refused):
            supervise(failed, wrong)

    assert SealedEnvelope.objects.get(pk=failed).supervision == {}


def test_the_dialogue_asks_the_supervisor_and_stores_what_was_signed(failed: str) -> None:
    actor = cast.actor("regulator")
    asked = services.request_supervision(
        actor=actor, envelope_ref=failed, remark="见证", cause="…", return_url="/", at=WINDOW_ENDS
    )

    sign_as("regulator", asked, at=WINDOW_ENDS)

    assert queries.envelope(cast.actor("host"), failed).supervised_at == WINDOW_ENDS
    with pytest.raises(SupervisionNotDue):
        services.request_supervision(
            actor=actor, envelope_ref=failed, remark="", cause="", return_url="/", at=WINDOW_ENDS
        )


def test_every_step_stands_in_the_log(story: Story) -> None:
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))

    ref = opened_by(story, "officer1", "officer2")

    entries = EvidenceEntry.objects.filter(stream=f"intake:{story.intake_id}").order_by("seq")
    assert [entry.type for entry in entries] == [
        "intake.opened",
        "intake.opening-began",
        "envelope.window-began",
        "envelope.bidder-unlocked",
        "envelope.officer-unlocked",
        "envelope.officer-unlocked",
        "envelope.quorum-unlocked",
        "envelope.opened",
        "intake.finished",
    ]
    opened = json.loads(bytes(entries[7].payload))
    assert opened["envelope"] == ref
    assert FILES[0][0] not in bytes(entries[7].payload).decode()


def test_the_bidders_signature_inside_the_seal_is_checked_at_the_opening() -> None:
    story = stories.story_of()
    pki.bound("buyer1")
    for number, key in enumerate(("buyer1", "buyer2")):
        at = AT + timedelta(seconds=number)
        stories.hand_in(story, key, stories.sealed(story, key, signer=key), at=at)
    first, second = stories.begin(story)
    for key, ref in (("buyer1", first), ("buyer2", second)):
        bidder_unlocks(story, key, ref)
    officer_unlocks(story, "officer1")
    officer_unlocks(story, "officer2")

    services.decrypt_ready(story.intake_id, at=OPENS)

    good = queries.envelope(cast.actor("host"), first).findings["signature"]
    assert (good["valid"], good["of_the_bidder"]) == (True, True), good
    strange = queries.envelope(cast.actor("host"), second).findings["signature"]
    assert (strange["valid"], strange["of_the_bidder"]) == (True, False), strange


def test_an_abandoned_intake_is_never_opened(story: Story) -> None:
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))

    services.abandon_intake(actor=stories.TENDER, intake_id=story.intake_id, at=stories.AT)

    with pytest.raises(NotAllowedNow):
        stories.begin(story)


def test_an_intake_without_envelopes_is_over_at_once(story: Story) -> None:
    assert stories.begin(story) == []
    assert queries.intake(story.intake_id).state == "FINISHED"


@in_either_suite
def test_the_slot_of_a_stranger_opens_for_nobody(story: Story) -> None:
    data = stories.sealed(story, "buyer1")
    stranger = key_of(story.suite)

    with pytest.raises(slots.WrongKey):
        slots.unwrap_kek(prefix_of(data).manifest.officer(1), stranger)
