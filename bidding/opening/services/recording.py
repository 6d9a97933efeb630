"""The record of the opening 开标记录: drafted live, signed by those present, drawn as a sealed paper."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from bidding.opening import policies
from bidding.opening.domain.consequences import consequence_of
from bidding.opening.domain.refusals import NotYours, ObjectionsOpen, PricesOpen
from bidding.opening.domain.states import HallCommand, HallState, Happening, WordKind, WordState
from bidding.opening.labels import bond_state
from bidding.opening.models import Hall, HallBid, HallEntry, HallWord
from bidding.opening.services.common import KEEPER, locked_hall, move, note, own_bid, terms_of
from bidding.profiles.domain.vocabulary import OWNER_OR_AGENT
from bidding.tenders import services as procedures
from bidding.tenders.domain.failing import FailureCause
from bidding.tenders.domain.states import SectionState
from bidding.tenders.queries import SectionTerms
from commons.domain.actor import ALLOWED, Actor, Decision, deny
from commons.domain.money import as_text, capital_yuan, normal_text
from commons.domain.refusals import NotAllowedNow
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON, decode, encode
from commons.people import queries as people
from signatures.crypto.certificates import facts_of
from signatures.documents import services as documents
from signatures.documents.domain.papers import GivenSignature, Mode, Party
from signatures.documents.kinds import PaperKind, SignedPart, register_paper_kind
from signatures.envelopes.domain.states import FAILED, Cause, EnvelopeState
from signatures.signing.domain.sessions import Fact, Signer
from signatures.signing.kinds import Signed, register_kind
from signatures.signing.queries import signatures_about
from signatures.signing.services import SessionRef, request_signature

KIND = "bidding.opening-record"
BIDDER = gettext_noop("Bidder in the tender")


@transaction.atomic
def draft_record(*, actor: Actor, hall_id: int, at: datetime) -> None:
    """Write down what happened, for those present to sign.

    Refuses `NotPermitted`, `NotAllowedNow`, `PricesOpen` while bidders still have time to confirm.
    """
    hall = locked_hall(hall_id)
    terms = terms_of(hall)
    policies.can_conduct(actor, terms).require()
    waiting = HallBid.objects.filter(hall=hall, progress=EnvelopeState.OPENED.value, confirmed__isnull=True).count()
    if waiting and hall.confirm_until is not None and at < hall.confirm_until:
        raise PricesOpen(count=str(waiting), until=to_text(hall.confirm_until))
    HallBid.objects.filter(hall=hall).update(record_signed_at=None)
    move(hall, HallCommand.DRAFT_RECORD, actor=actor, at=at, record=encode(_content(hall, terms)))


@transaction.atomic
def request_record_signature(*, actor: Actor, hall_id: int, at: datetime) -> SessionRef:
    """The signing dialogue for the record: a bidder of this opening, or the owner or agent.

    Refuses `NotYours`; in the dialogue, a certificate of another suite than the tender's.
    """
    hall = locked_hall(hall_id)
    terms = terms_of(hall)
    role = _role(hall, terms, actor)
    if hall.state != HallState.RECORDING:
        raise NotAllowedNow(command="SIGN_RECORD", state=hall.state)
    assert actor.person_id is not None, "sides act through persons"
    return request_signature(
        actor=actor,
        kind=KIND,
        subject=hall.stream,
        title=f"{terms.tender_title} · {terms.title}",
        content=bytes(hall.record),
        signer=Signer(actor.person_id, actor.organisation_id),
        role=role,
        amount=None,
        facts=[Fact(gettext_noop("Section"), terms.code), Fact(gettext_noop("Meeting"), str(hall.meeting))],
        context={"hall": str(hall.pk)},
        return_url=reverse("opening:hall", args=[hall.pk]),
        suite=terms.suite,
        at=at,
    )


def _signed(signed: Signed) -> None:
    """Somebody present has signed the record as it stands."""
    hall = locked_hall(int(signed.order.context["hall"]))
    if hall.state != HallState.RECORDING or signed.order.content != bytes(hall.record):
        raise NotAllowedNow(command="SIGN_RECORD", state=hall.state)
    bid = own_bid(hall, signed.actor)
    if bid is not None:
        bid.record_signed_at = signed.at
        bid.save(update_fields=["record_signed_at"])
    organisation = people.organisation(signed.actor.organisation_id or 0)
    facts: dict[str, JSON] = {"by": organisation.name if organisation else "", "sha256": signed.order.digest}
    note(hall, Happening.RECORD_SIGNED, actor=signed.actor, at=signed.at, facts=facts)


def close(*, actor: Actor, hall_id: int, at: datetime) -> str:
    """End the meeting: the record is drawn with the signatures that were given; the number of the paper.

    Who did not sign is named in it. With fewer opened bids than the law asks the section fails. Refuses
    `NotPermitted`, `NotAllowedNow`, `ObjectionsOpen`.
    """
    hall = Hall.objects.filter(pk=hall_id).first()
    if hall is None or hall.state != HallState.RECORDING:
        raise NotAllowedNow(command="CLOSE", state=hall.state if hall else "–")
    terms = terms_of(hall)
    policies.can_conduct(actor, terms).require()
    _require_answered(hall)
    given = _given(hall)
    drafted = _paper(hall, terms, given, actor=actor, at=at)
    with transaction.atomic():
        hall = locked_hall(hall_id)
        documents.issue(drafted, actor=actor, at=at)
        facts: dict[str, JSON] = {"paper": drafted.number, "signatures": str(len(given))}
        move(hall, HallCommand.CLOSE, actor=actor, at=at, facts=facts, record_number=drafted.number, closed_at=at)
        if terms.state is SectionState.OPENING:
            _end_opening(hall, terms, facts, at)
    return drafted.number


@transaction.atomic
def resume(*, actor: Actor, hall_id: int, reason: str, at: datetime) -> None:
    """Hold the meeting again 复会, with a reason; a further record supplements the first.

    Refuses `NotPermitted`, and `NotAllowedNow` when the hall is not closed.
    """
    hall = locked_hall(hall_id)
    policies.can_conduct(actor, terms_of(hall)).require()
    facts: dict[str, JSON] = {"reason": reason, "meeting": str(hall.meeting + 1)}
    move(hall, HallCommand.RESUME, actor=actor, at=at, facts=facts, meeting=hall.meeting + 1)


def _end_opening(hall: Hall, terms: SectionTerms, facts: dict[str, JSON], at: datetime) -> None:
    opened = HallBid.objects.filter(hall=hall, progress=EnvelopeState.OPENED.value).count()
    if opened >= terms.minimum_bidders:
        procedures.end_opening(actor=KEEPER, section_id=hall.section_id, at=at, payload=facts)
        return
    payload: dict[str, JSON] = {**facts, "opened": str(opened)}
    procedures.fail_section(
        actor=KEEPER, section_id=hall.section_id, cause=FailureCause.TOO_FEW_OPENED, at=at, payload=payload
    )


def _require_answered(hall: Hall) -> None:
    waiting = HallWord.objects.filter(hall=hall, kind=WordKind.OBJECTION.value, state=WordState.SHOWN.value).count()
    if waiting:
        raise ObjectionsOpen(count=str(waiting))


def _role(hall: Hall, terms: SectionTerms, actor: Actor) -> str:
    if policies.can_act_as_bidder(actor) and own_bid(hall, actor) is not None:
        return BIDDER
    if policies.can_answer(actor, terms):
        return conductor_of(terms)
    raise NotYours()


def conductor_of(terms: SectionTerms) -> str:
    """As what the owner or its agent signs: 招标人, 采购人, 出让人 or 转让方."""
    return OWNER_OR_AGENT[terms.profile.owner_kind]


def _content(hall: Hall, terms: SectionTerms) -> dict[str, JSON]:
    """What is signed: canonical JSON, bound to the log of the hall up to here."""
    bids = list(HallBid.objects.filter(hall=hall))
    found = people.organisations(bid.organisation_id for bid in bids)
    words = HallWord.objects.filter(hall=hall, state__in=[WordState.SHOWN.value, WordState.ANSWERED.value])
    last = HallEntry.objects.filter(hall=hall).last()
    return {
        "format": "luochui-opening-record/v1",
        "hall": str(hall.pk),
        "meeting": str(hall.meeting),
        "tender": terms.tender_code,
        "section": terms.code,
        "title": f"{terms.tender_title} · {terms.title}",
        "deadline": to_text(terms.bid_deadline) if terms.bid_deadline else "",
        "listed_at": to_text(hall.listed_at) if hall.listed_at else "",
        "delta": normal_text(hall.delta) if hall.delta is not None else "",
        "reserve": as_text(terms.reserve.amount) if terms.reserve and terms.reserve.amount is not None else "",
        "ceiling": as_text(terms.ceiling) if terms.ceiling is not None else "",
        "bids": [_bid(bid, found[bid.organisation_id], hall) for bid in bids],
        "remarks": hall.analysis.get("remarks", []),
        "words": [{"kind": one.kind, "text": one.text, "answer": one.answer} for one in words],
        "log": {"seq": str(hall.seq), "sha256": last.sha256 if last else ""},
    }


def _bid(bid: HallBid, bidder: people.OrganisationView, hall: Hall) -> JSON:
    """One bid as it was read out: its price and its other main contents (招标投标法 第36条)."""
    bond = hall.analysis.get("bonds", {}).get(str(bid.number))
    failed = bid.progress in FAILED
    failure = consequence_of(Cause(bid.cause)) if failed else None
    return {
        "number": str(bid.number),
        "bidder": bidder.name,
        "uscc": bidder.uscc,
        "received_at": to_text(bid.received_at),
        "receipt": bid.receipt,
        "signed_in": bid.signed_in,
        "state": bid.progress,
        "cause": bid.cause,
        "consequence": failure.consequence.value if failure else "",
        "price": as_text(bid.price) if bid.price is not None else "",
        "capitals": capital_yuan(bid.price) if bid.price is not None else "",
        "duration_days": bid.days("duration_days"),
        "validity_days": bid.days("validity_days"),
        "bond": bond_state(bond),
        "confirmed": "" if bid.confirmed is None else ("YES" if bid.confirmed else "NO"),
        "dispute": bid.dispute,
    }


def _given(hall: Hall) -> list[GivenSignature]:
    """The signatures over the record as it stands, one for each organisation."""
    found: dict[int | None, GivenSignature] = {}
    for one in signatures_about(hall.stream, KIND):
        if one.content == bytes(hall.record):
            field = f"party{one.organisation_id}"
            found[one.organisation_id] = GivenSignature(field, one.content, one.cms, one.certificate, one.signed_at)
    return list(found.values())


def _paper(
    hall: Hall, terms: SectionTerms, given: list[GivenSignature], *, actor: Actor, at: datetime
) -> documents.Draft:
    content = decode(bytes(hall.record))
    parties = [_party(one, terms) for one in given]
    signers = [
        (party.role, facts_of(one.certificate), one.signed_at) for party, one in zip(parties, given, strict=True)
    ]
    absent = HallBid.objects.filter(hall=hall, record_signed_at__isnull=True)
    names = people.organisations(bid.organisation_id for bid in absent)
    context = {
        "record": content,
        "terms": terms,
        "hall": hall,
        "signers": signers,
        "owner": people.organisation(terms.owner_id),
        "agent": people.organisation(terms.agent_id) if terms.agent_id else None,
        "absent": [names[bid.organisation_id].name for bid in absent],
        "at": at,
    }
    return documents.draft(
        actor=actor,
        kind=KIND,
        subject=hall.stream,
        guard=f"hall:{hall.pk}",
        title=f"开标记录 {terms.code}" + (f"-{hall.meeting}" if hall.meeting > 1 else ""),
        template="opening/papers/record.html",
        context=context,
        parties=parties,
        given=given,
        public=True,
        file_name=lambda number: f"opening-{terms.code}.pdf",
        at=at,
    )


def _party(one: GivenSignature, terms: SectionTerms) -> Party:
    organisation_id = int(one.field.removeprefix("party"))
    conducts = organisation_id in (terms.owner_id, terms.agent_id)
    return Party(one.field, conductor_of(terms) if conducts else BIDDER, organisation_id, mode=Mode.PARALLEL)


def _nobody(actor: Actor, subject: str, field: str) -> Decision:
    """The record carries signatures that were given before; the platform alone seals the paper."""
    return deny()


def _anybody(actor: Actor, subject: str) -> Decision:
    return ALLOWED


def _nothing(part: SignedPart) -> None:
    """Nobody signs in the paper itself."""


register_kind(KIND, label=gettext_noop("Record of the opening"), done=_signed)
register_paper_kind(PaperKind(KIND, gettext_noop("Record of the opening"), _nobody, _anybody, _nothing))
