"""What ends a guarantee or lets it last longer: extension, release, time."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from commons.domain.refusals import NotAllowedNow, NotFound
from commons.inbox.models import InboxMessage
from commons.inbox.queries import receiver
from signatures.guarantees import queries, waiting
from signatures.guarantees import services as guarantees
from signatures.guarantees.domain import chain
from signatures.guarantees.domain.refusals import (
    ExtensionShort,
    NoExtensionAsked,
)
from signatures.guarantees.models import Guarantee
from tests.cast import actor, organisation, person
from tests.integration.signatures.guarantees import story

pytestmark = pytest.mark.django_db


def test_an_extension_is_a_new_signed_version_that_names_the_one_before(bank: int) -> None:
    ref = story.opened(bank)
    with pytest.raises(ExtensionShort):
        guarantees.ask_extension(actor=actor("buyer1"), ref=ref, until=date(2026, 9, 15), at=story.later(1))
    guarantees.ask_extension(actor=actor("buyer1"), ref=ref, until=date(2026, 12, 31), at=story.later(1))
    story.signed(ref, at=story.later(2))
    dossier = queries.one(actor("seller"), ref).dossier

    assert dossier.expires_on == date(2026, 12, 31)
    assert dossier.versions[1].facts.supersedes == dossier.versions[0].facts.anchor
    entries = queries.chain_of(dossier.anchor)
    assert list(chain.faults(entries, anchor=dossier.anchor, trusted=story.published())) == []


def test_the_back_office_shows_an_extension_to_be_signed_and_by_when_a_claim_is_to_be_answered(bank: int) -> None:
    ref = story.opened(bank)
    client = Client()
    client.force_login(person("manager"), backend="allauth.account.auth_backends.AuthenticationBackend")

    def shown() -> list[list[str]]:
        return [[row.ref for row in rows] for _, rows in client.get("/issuer/guarantees/").context["parts"]]

    assert shown() == [[], [], [ref], []]
    guarantees.ask_extension(actor=actor("buyer1"), ref=ref, until=date(2026, 12, 31), at=story.later(1))
    assert shown() == [[ref], [], [], []]
    story.claim(ref, at=story.later(1))
    assert shown() == [[], [ref], [], []]
    (task,) = waiting.of_issuer(actor("manager"), story.later(1))
    assert task.due_at == datetime.fromisoformat("2026-06-26T16:00:00+00:00")


def test_nothing_is_extended_that_was_not_asked_for(bank: int) -> None:
    ref = story.opened(bank)
    with pytest.raises(NoExtensionAsked):
        guarantees.prepare(actor=actor("manager"), ref=ref, at=story.later(1))


def test_a_released_guarantee_is_over(bank: int) -> None:
    ref = story.opened(bank)
    guarantees.release_own(actor=actor("seller"), ref=ref, reason="合同已签", at=story.later(3))
    assert story.state_of(ref) == "RELEASED"
    with pytest.raises(NotAllowedNow):
        story.claim(ref, at=story.later(4))


def test_one_that_was_never_opened_is_released_without_being_shown(bank: int) -> None:
    ref = story.issued(bank)
    seller = organisation("ecology").pk
    assert guarantees.release(
        actor=actor("host"),
        subject="lot:901",
        organisation_id=organisation("jinma").pk,
        reason="未竞得",
        at=story.OPENING,
    )

    assert Guarantee.objects.filter(ref=ref, state="RELEASED", applicant=None, subject="").exists()
    assert not InboxMessage.objects.filter(party=receiver(seller)).exists()
    with pytest.raises(NotFound):
        queries.one(actor("regulator"), ref)


def test_time_ends_it_once_its_last_day_is_over(bank: int) -> None:
    ref = story.opened(bank)
    guarantees.advance_due(datetime.fromisoformat("2026-09-15T15:59:59+00:00"))
    assert story.state_of(ref) == "OPENED"
    guarantees.advance_due(datetime.fromisoformat("2026-09-15T16:00:00+00:00"))

    assert story.state_of(ref) == "EXPIRED"


def test_time_does_not_end_a_claim(bank: int) -> None:
    ref = story.opened(bank)
    story.claim(ref, at=story.later(1))
    guarantees.advance_due(datetime.fromisoformat("2026-12-01T00:00:00+00:00"))

    assert story.state_of(ref) == "CLAIMED"


def test_a_claim_that_nobody_answered_in_time_is_told_to_issuer_and_beneficiary_once(bank: int) -> None:
    ref = story.opened(bank)
    story.claim(ref, at=story.later(1))

    def told() -> list[str]:
        words = ("has not answered", "The answer to a claim")
        found = [one for one in InboxMessage.objects.all() if any(part in one.subject_msgid for part in words)]
        return sorted(str(one.party) for one in found)

    guarantees.advance_due(datetime.fromisoformat("2026-06-26T15:59:59+00:00"))
    assert told() == [], "its last day is not over"
    for hour in ("16", "17"):
        guarantees.advance_due(datetime.fromisoformat(f"2026-06-26T{hour}:00:00+00:00"))

    assert told() == sorted(str(receiver(organisation(name).pk)) for name in ("bank", "ecology"))
    assert story.state_of(ref) == "CLAIMED"
    guarantees.pay(actor=actor("manager"), ref=ref, payment_ref="TX-2", at=story.later(12))
    assert story.state_of(ref) == "PAID"


def test_an_application_that_nobody_answered_ends_with_the_deadline(bank: int) -> None:
    ref = story.ask(bank)
    guarantees.advance_due(story.DEADLINE - timedelta(seconds=1))
    assert story.state_of(ref) == "APPLIED"
    guarantees.advance_due(story.DEADLINE)

    assert story.state_of(ref) == "EXPIRED"


def warned() -> int:
    return sum("ends on" in one.subject_msgid for one in InboxMessage.objects.all())


def test_the_end_is_announced_thirty_seven_and_one_day_ahead_once_each(bank: int) -> None:
    story.opened(bank)
    counts = []
    for day in ("08-16", "08-17", "08-18", "09-09", "09-15"):
        at = datetime.fromisoformat(f"2026-{day}T00:00:00+00:00")
        guarantees.advance_due(at)
        guarantees.advance_due(at + timedelta(seconds=1))
        counts.append(warned())

    assert counts == [0, 2, 2, 4, 6]
