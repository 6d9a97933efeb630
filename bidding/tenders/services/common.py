"""What the services of tenders share: editable drafts, words, evidence, counting by the calendar, telling."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bidding.profiles import queries as profiles
from bidding.profiles.domain.profile import Limit, ProcedureProfile, parse
from bidding.tenders.domain.states import TenderState
from bidding.tenders.domain.timetable import Count
from bidding.tenders.models import DocumentTaking, Invitation, Section, Tender
from bidding.tenders.policies import can_change_tender
from bidding.tenders.services.transitions import locked_tender
from commons.calendar import queries as calendar
from commons.domain.actor import Actor
from commons.domain.deadlines import Direction, Unit, local_day
from commons.domain.refusals import NotAllowedNow, Refusal
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON, digest
from commons.evidence.services import append
from commons.inbox import services as inbox
from commons.people import queries as people
from commons.vault import services as vault
from exchange.notices.services import NumberedDecision
from exchange.projects.services import StateMoved

EDITABLE = (TenderState.DRAFT.value, TenderState.RETURNED.value)


class WordsMissing(Refusal):
    code = "TENDER_WORDS_MISSING"
    message = gettext_noop("Say in at least five characters what is meant, so that the other side knows what to do.")
    status = 400


def words_of(text: str, least: int = 5) -> str:
    """The words without surrounding space. Refuses (`WordsMissing`) empty or token ones."""
    words = text.strip()
    if len(words) < least:
        raise WordsMissing()
    return words


def editable(actor: Actor, tender_id: int) -> Tender:
    """The draft, locked, for its owner or agent. Refuses `NotFound`, `NotPermitted`, `NotAllowedNow`."""
    tender = locked_tender(tender_id)
    can_change_tender(actor, tender).require()
    if tender.state not in EDITABLE:
        raise NotAllowedNow(command="CHANGE", state=tender.state)
    return tender


def save(tender: Tender, version: int | None = None, **values: object) -> int:
    """Store `values` in the draft; gives its new version. Refuses (`StateMoved`) when somebody else saved meanwhile."""
    before = tender.version if version is None else version
    if Tender.objects.filter(pk=tender.pk, version=before).update(version=before + 1, **values) != 1:
        raise StateMoved()
    for name, value in values.items():
        setattr(tender, name, value)
    tender.version = before + 1
    return before + 1


def profile_of(tender: Tender, at: datetime) -> ProcedureProfile:
    """The snapshot of a published tender; for a draft the profile in force."""
    return parse(tender.profile) if tender.profile else profiles.profile(tender.profile_code, on=local_day(at)).profile


def counter(region: str) -> Count:
    """Counting by the calendar of a region; hours and minutes count as the day itself."""

    def count(start: date, limit: Limit, direction: Direction) -> date:
        if limit.unit not in (Unit.DAY, Unit.WORKING_DAY):
            return start
        found = calendar.deadline(start=start, add=limit.count, unit=limit.unit, direction=direction, region=region)
        return found.on

    return count


def record(tender: Tender, type: str, *, actor: Actor, at: datetime, key: str | None = None, **payload: JSON) -> None:
    """One entry in the tender's stream; free text goes in as its digest."""
    append(stream=f"tender:{tender.pk}", type=type, actor=actor, payload=payload, decided_at=at, idempotency_key=key)


def digest_of(text: str) -> str:
    return digest(text.encode())


def takers(tender_id: int) -> list[int]:
    """Whoever took the documents. Every row of the city is looked into: no column tells which are of this tender."""
    return sorted(row.organisation_id for row in DocumentTaking.objects.iterator() if row.party.place == tender_id)


def invited(tender_id: int) -> list[int]:
    """Whoever is invited, found in the same way."""
    return sorted(row.organisation_id for row in Invitation.objects.iterator() if row.party.place == tender_id)


class UnknownCode(Refusal):
    code = "TENDER_UNKNOWN_CODE"
    message = gettext_noop("No registered organisation has the code %(uscc)s.")
    status = 400


def organisations_of(codes: str) -> tuple[int, ...]:
    """The organisations with these unified social credit codes. Refuses (`UnknownCode`) one that is not registered."""
    found = []
    for code in codes.split():
        organisation = people.organisation_by_uscc(code)
        if organisation is None:
            raise UnknownCode(uscc=code)
        found.append(organisation.id)
    return tuple(found)


def tell(
    tender: Tender, organisation_ids: list[int], subject: str, *, at: datetime, key: str, link: str = "",
    fields: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Tell organisations something about a tender; `subject` may name %(tender)s."""
    for organisation_id in organisation_ids:
        inbox.deliver(
            organisation_id=organisation_id,
            subject_msgid=subject,
            fields={"tender": tender.title, **(fields or {})},
            link=link or f"/tenders/{tender.pk}/",
            at=at,
            key=f"tender:{tender.pk}:{key}:{organisation_id}",
        )


def tell_takers(
    tender: Tender, subject: str, *, at: datetime, key: str, fields: Mapping[str, str] | None = None
) -> None:
    """Tell everybody who took the documents or is invited; nobody learns who else was told."""
    told = sorted({*takers(tender.pk), *invited(tender.pk)})
    tell(tender, told, subject, at=at, key=key, fields=fields)


def store_decision(actor: Actor, said: Mapping[str, Any], *, subject: str, at: datetime) -> NumberedDecision:
    """Put the document of a decision (`file`) into the vault; `body` and `number` say whose it is."""
    file = said["file"]
    kept = vault.store(
        actor=actor, stream=file, name=file.name, media_type="application/pdf", at=at, sensitive=True, subject=subject
    )
    return NumberedDecision(said["body"], said["number"], kept.id)


def open_sections(tender: Tender) -> list[Section]:
    """The sections of a tender, locked in the order of their numbers."""
    rows = Section.objects.select_for_update(of=("self",)).select_related("tender__project")
    return list(rows.filter(tender=tender).order_by("number"))
