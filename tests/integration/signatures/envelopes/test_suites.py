"""One procedure, one suite: officers' keys, bidders' keys and certificates, and the sealed file itself."""

from typing import Any

import pytest

from signatures.crypto import suites as providers
from signatures.crypto.mixing import NationalAsked, SuiteMissing, SuitesMixed
from signatures.crypto.suites import Suite
from signatures.envelopes import queries, services
from signatures.envelopes.domain import suites
from signatures.envelopes.domain.header import Mode
from signatures.envelopes.domain.rules import SuiteMixed
from signatures.envelopes.domain.sealing import Terms
from signatures.envelopes.domain.slots import KeyNotUsable, spki_of
from signatures.envelopes.models import SealedEnvelope
from tests import cast, pki
from tests.envelopes import key_of
from tests.integration.signatures.envelopes import story as stories
from tests.integration.signatures.envelopes.story import AT, DEADLINE, OFFICERS

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("suite", list(Suite), ids=lambda suite: suite.value)


def other(suite: Suite) -> Suite:
    return next(one for one in Suite if one is not suite)


@BOTH
def test_an_officers_key_is_of_the_rosters_suite(suite: Suite) -> None:
    members = [cast.actor(key).person_id or 0 for key in OFFICERS]
    desk = cast.actor("staff")
    roster_id = services.draft_roster(actor=desk, name="组", members=members, k=2, suite=suite, at=AT)
    seat, officer = stories.seat_of(roster_id, "officer1"), cast.actor("officer1")

    with pytest.raises(SuiteMixed):
        services.enrol_key(actor=officer, seat_id=seat.pk, spki=spki_of(key_of(other(suite))), kept_on="device", at=AT)

    services.enrol_key(actor=officer, seat_id=seat.pk, spki=spki_of(key_of(suite)), kept_on="device", at=AT)


@BOTH
def test_a_file_of_the_other_suite_is_not_taken_in(suite: Suite) -> None:
    story, strange = stories.story_of(suite=suite), stories.ceremony(suite=other(suite))
    stories.add_intake(strange, name="tender:2/lot:1")
    data = stories.sealed(strange, "buyer1")

    with pytest.raises(SuiteMixed) as refusal:
        stories.hand_in(story, "buyer1", data)

    assert not SealedEnvelope.objects.exists()
    assert refusal.value.code == "ENVELOPE_SUITE_MIXED"


@BOTH
def test_the_terms_say_the_suite_and_a_bidder_with_other_keys_seals_nothing(suite: Suite) -> None:
    story = stories.story_of(suite=suite)
    terms = queries.terms_published(story.intake_id)

    assert (terms["alg"], Terms.parse(terms).suite) == (suites.of_suite(suite).algorithm, suite)
    story.bidders["buyer1"] = key_of(other(suite))
    with pytest.raises(KeyNotUsable):
        stories.sealed(story, "buyer1")


CERTIFICATES = {Suite.INTERNATIONAL: "buyer1", Suite.SM: "buyer1-sm"}


@BOTH
def test_only_a_certificate_of_the_intakes_suite_signs_inside_the_seal(suite: Suite) -> None:
    """One person may have a certificate of each bound at a time."""
    who = {one: pki.bound(name).certificate for one, name in CERTIFICATES.items()}
    asked: dict[str, Any] = {
        "actor": cast.actor("buyer1"), "commit": "ab" * 32, "suite": suite,
        "title": "道路工程", "origin": "https://trade.example.cn", "at": AT,
    }  # fmt: skip

    with pytest.raises(NationalAsked if suite is Suite.SM else SuitesMixed):
        services.prepare_attestation(**asked, certificate=who[other(suite)])

    made = services.prepare_attestation(**asked, certificate=who[suite])
    digest = suites.of_suite(suite).digest(bytes.fromhex("ab" * 32)).digest()
    assert digest in made.attributes


@pytest.mark.parametrize("signer", list(Suite), ids=lambda suite: suite.value)
def test_a_signature_inside_a_national_seal_counts_when_it_is_national_too(signer: Suite) -> None:
    """The offline command, which no page stops, may have sealed in a good signature of the other suite."""
    pki.bound(CERTIFICATES[signer])
    story = stories.story_of(suite=Suite.SM)
    data = stories.sealed(story, "buyer1", signer=CERTIFICATES[signer])
    stories.hand_in(story, "buyer1", data)
    (ref,) = stories.begin(story)
    stories.bidder_unlocks(story, "buyer1", ref)
    for key in OFFICERS[:2]:
        stories.officer_unlocks(story, key)

    services.decrypt_ready(story.intake_id, at=stories.OPENS)

    found = queries.envelope(cast.actor("host"), ref)
    assert found.state == "OPENED"
    signature = found.findings["signature"]
    good = signer is Suite.SM
    assert (signature["valid"], signature["of_the_bidder"]) == (good, True)
    assert signature["refusal"] == ("" if good else "SUITES_MIXED_NATIONAL_ASKED")


def test_an_intake_asks_for_its_rosters_suite_alone() -> None:
    story = stories.ceremony()

    with pytest.raises(SuiteMixed):
        services.open_intake(
            actor=stories.TENDER,
            subject=services.Subject("tender:9/lot:1", "道路工程", "FS2026-009", "1"),
            mode=Mode.AND,
            deadline=DEADLINE,
            roster_id=story.roster_id,
            suite=Suite.SM,
            at=AT,
        )


def test_a_seat_passes_on_only_to_a_key_of_its_suite() -> None:
    story = stories.ceremony(suite=Suite.SM)
    strange = stories.ceremony(officers=("host", "officer3"))
    seat, officer = stories.seat_of(story.roster_id, "officer1"), cast.actor("officer1")

    assert services.successors(actor=officer, seat_id=seat.pk) == []
    with pytest.raises(SuiteMixed):
        services.hand_over(
            actor=officer,
            seat_id=seat.pk,
            successor_id=cast.actor("host").person_id or 0,
            spki=spki_of(strange.officers["host"]),
            slots=[],
            at=AT,
        )


def test_without_the_extra_nothing_national_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    story = stories.ceremony(suite=Suite.SM)
    monkeypatch.delitem(providers._PROVIDERS, Suite.SM)
    members = [cast.actor(key).person_id or 0 for key in OFFICERS]

    with pytest.raises(SuiteMissing):
        services.draft_roster(actor=cast.actor("staff"), name="组", members=members, k=2, suite=Suite.SM, at=AT)
    with pytest.raises(SuiteMissing):
        stories.add_intake(story)
