"""From the hall that waits to the list: halls are made, bidders sign in, and at the deadline the list is published."""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from bidding.opening import policies
from bidding.opening.domain.refusals import HallNotDue, SignInNeedsFace, SignInNotOpen, SignInPictureUnusable
from bidding.opening.domain.states import SIGN_IN_OVER, HallCommand, HallState, Happening
from bidding.opening.faces import faces
from bidding.opening.models import Hall, HallBid, HallPicture, HallSignIn
from bidding.opening.services.common import KEEPER, locked_hall, minutes_of, move, note, terms_of
from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders import queries as tenders
from bidding.tenders import services as procedures
from bidding.tenders.domain.failing import FailureCause
from bidding.tenders.domain.states import SectionState
from bidding.tenders.models import ENDS_AT, Section
from bidding.tenders.queries import SectionTerms
from commons.domain.actor import Actor
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.time import to_text
from commons.evidence.services import append_secret, reveal
from commons.parameters import queries as parameters
from commons.people import queries as people
from commons.secrecy.fields import Party
from signatures.envelopes import queries as envelopes
from signatures.envelopes import services as sealing
from signatures.envelopes.services.uploading import SETTLING

LARGEST_PICTURE = 400_000
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


@dataclass(frozen=True, slots=True)
class Face:
    """What a device found out about the face of a designated person, or why it could not."""

    matched: bool
    proof: str = ""
    """What the face system says of it (`faces.FacePort`): for this person and this hall alone."""
    declined: bool = False
    """The person shows no face: a host looks at the identity document instead (个人信息保护法 第16条)."""
    device: str = ""
    """The device's own statement, for the record."""
    reason: str = ""
    picture: bytes = b""
    """JPEG or PNG, for the emergency way."""


def prepare_halls(at: datetime) -> int:
    """A hall for every section whose time for signing in has come; how many were made. For the timekeeper."""
    earliest = at + timedelta(days=2)
    rows = Section.objects.annotate(ends_at=ENDS_AT).filter(
        state=SectionState.BIDDING.value, intake_id__isnull=False, ends_at__lte=earliest
    )
    missing = rows.exclude(pk__in=Hall.objects.values("section_id")).values_list("pk", flat=True)
    return sum(_prepare(section_id, at) for section_id in missing)


@transaction.atomic
def _prepare(section_id: int, at: datetime) -> bool:
    terms = tenders.section_terms(section_id)
    assert terms.bid_deadline is not None, "asked for above"
    opens_at = terms.bid_deadline - timedelta(minutes=minutes_of(terms, "opening.sign_in_minutes", at=at))
    if at < opens_at:
        return False
    return Hall.objects.get_or_create(section_id=section_id, defaults={"sign_in_opens_at": opens_at})[1]


@transaction.atomic
def sign_in(*, actor: Actor, hall_id: int, face: Face | None, at: datetime) -> None:
    """Say that the bidder is there. Secret until the list is published; again changes nothing.

    Refuses `NotPermitted` (the certificate is needed), `SignInNotOpen`, `SignInNeedsFace`, `SignInPictureUnusable`,
    and whoever may not bid (`MayNotBid`). After the list: bidders on it, marked late.
    """
    policies.can_sign_in(actor).require()
    hall = locked_hall(hall_id)
    terms = terms_of(hall)
    assert actor.organisation_id is not None, "asked for above"
    way = _way(terms, face, hall_id=hall.pk, person_id=actor.person_id or 0)
    if hall.state != HallState.WAITING:
        _sign_in_late(hall, actor, way, at)
        return
    assert terms.bid_deadline is not None, "a hall has a deadline"
    if not hall.sign_in_opens_at <= at < terms.bid_deadline:
        raise SignInNotOpen(opens=to_text(hall.sign_in_opens_at), deadline=to_text(terms.bid_deadline))
    tenders.eligibility_of(section_id=hall.section_id, organisation_id=actor.organisation_id, at=at).require()
    party = Party(hall.pk, actor.organisation_id)
    facts = {"at": to_text(at), "way": way, "reason": face.reason if face else "", "person": str(actor.person_id)}
    row, made = HallSignIn.objects.get_or_create(party=party, defaults={"facts": facts})
    if not made:
        return
    if way == "EMERGENCY" and face is not None:
        _keep_picture(row, terms, face.picture, at)
    append_secret(
        stream=hall.stream,
        type=Happening.SIGNED_IN.value,
        actor=actor,
        payload={"way": way},
        decided_at=at,
    )


def has_signed_in(hall_id: int, organisation_id: int) -> bool:
    return HallSignIn.objects.filter(party=Party(hall_id, organisation_id)).exists()


@transaction.atomic
def publish_list(*, actor: Actor, hall_id: int, at: datetime) -> int:
    """The deadline has passed: publish who bids and begin the time for unlocking; how many bids there are.

    Fewer than the law asks: nothing is opened, nobody is named, and the section fails (招标投标法 第28条). Refuses
    `NotPermitted`, `HallNotDue`, `NotAllowedNow`.
    """
    hall = locked_hall(hall_id)
    terms = terms_of(hall)
    policies.can_conduct(actor, terms).require()
    if terms.bid_deadline is None or at < terms.bid_deadline + SETTLING:
        raise HallNotDue(deadline=to_text(terms.bid_deadline) if terms.bid_deadline else "–")
    if hall.state != HallState.WAITING or terms.intake_id is None:
        raise NotAllowedNow(command="PUBLISH_LIST", state=hall.state)
    count = sealing.begin_opening(actor=KEEPER, intake_id=terms.intake_id, at=at, minimum=terms.minimum_bidders)
    facts = {"bids": str(count), "minimum": str(terms.minimum_bidders)}
    if count < terms.minimum_bidders:
        move(hall, HallCommand.LEAVE_SEALED, actor=actor, at=at, facts=facts)
        procedures.fail_section(
            actor=KEEPER, section_id=hall.section_id, cause=FailureCause.TOO_FEW_BIDS, at=at, payload=facts
        )
        return count
    procedures.begin_opening(actor=KEEPER, section_id=hall.section_id, at=at, payload={"bids": str(count)})
    listed = _list(hall, terms.intake_id)
    window = envelopes.intake(terms.intake_id).window_ends_at
    names = [{"number": str(bid.number), "bidder": name, "signed_in": bid.signed_in} for bid, name in listed]
    move(
        hall,
        HallCommand.PUBLISH_LIST,
        actor=actor,
        at=at,
        facts={**facts, "list": names},
        listed_at=at,
        window_ends_at=window,
    )
    reveal(stream=hall.stream, actor=KEEPER, at=at)
    return count


def _list(hall: Hall, intake_id: int) -> list[tuple[HallBid, str]]:
    found = envelopes.opening(KEEPER, intake_id).envelopes
    signed = {row.party.organisation_id: row.facts for row in HallSignIn.objects.all() if row.party.place == hall.pk}
    listed = []
    for number, one in enumerate(found, 1):
        bid = HallBid.objects.create(
            hall=hall,
            organisation_id=one.organisation_id,
            number=number,
            envelope_ref=one.ref,
            receipt=one.receipt,
            received_at=one.received_at,
            signed_in=signed.get(one.organisation_id, {}).get("way", ""),
            progress=one.state.value,
        )
        listed.append((bid, one.bidder))
    return listed


def _way(terms: SectionTerms, face: Face | None, *, hall_id: int, person_id: int) -> str:
    """How somebody signs in: by certificate alone, or with the face where the procedure asks for it."""
    if not terms.profile.has(Switch.FACE_SIGN_IN):
        return "CERTIFICATE"
    if face is None:
        raise SignInNeedsFace()
    if face.declined:
        return "DOCUMENT"
    if face.matched:
        if not faces().proves(hall_id=hall_id, person_id=person_id, result=face.proof):
            raise SignInNeedsFace()
        return "FACE"
    if not face.reason.strip():
        raise SignInNeedsFace()
    if len(face.picture) > LARGEST_PICTURE or not face.picture.startswith(_PICTURES):
        raise SignInPictureUnusable(limit_kb=str(LARGEST_PICTURE // 1000))
    return "EMERGENCY"


def _keep_picture(row: HallSignIn, terms: SectionTerms, picture: bytes, at: datetime) -> None:
    days = parameters.integer("face.picture_days", on=at.date())
    HallPicture.objects.create(
        sign_in=row, image=base64.b64encode(picture).decode(), erase_on=at.date() + timedelta(days=days)
    )


def erase_pictures(at: datetime) -> int:
    """Erase what has been kept long enough (个人信息保护法 第47条); how many. For the timekeeper."""
    due = HallPicture.objects.filter(erased_at__isnull=True, erase_on__lte=at.date())
    return due.update(image=None, erased_at=at)


def _sign_in_late(hall: Hall, actor: Actor, way: str, at: datetime) -> None:
    if actor.organisation_id is None:
        raise NotFound()
    bid = HallBid.objects.select_for_update().filter(hall=hall, organisation_id=actor.organisation_id).first()
    if bid is None or hall.state in SIGN_IN_OVER:
        raise NotFound()
    if bid.signed_in:
        return
    bid.signed_in = "LATE"
    bid.save(update_fields=["signed_in"])
    name = people.organisations([bid.organisation_id])[bid.organisation_id].name
    note(hall, Happening.SIGNED_IN, actor=actor, at=at, facts={"bidder": name, "way": "LATE", "by": way})
