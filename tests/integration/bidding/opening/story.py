"""A section of a construction tender from its deadline to the record of its opening, the devices played in Python."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any

import pikepdf

from bidding.bids.domain.package import FORMAT, NAME
from bidding.opening import services as halls
from bidding.opening.faces import faces
from bidding.opening.models import Hall
from bidding.profiles import queries as profiles
from bidding.profiles.domain.profile import as_content
from bidding.tenders.models import DocumentTaking, PublishedDocument, Section, Tender, TenderProject
from bidding.tenders.queries import section_terms
from commons.domain.actor import Actor, Assurance, Role, system_actor
from commons.domain.money import capital_yuan, money
from commons.secrecy.fields import Party
from signatures.crypto.suites import Suite
from signatures.draws import services as draws
from signatures.envelopes import services as sealing
from signatures.envelopes import store
from signatures.envelopes.domain import layout
from signatures.envelopes.domain.header import Mode
from signatures.envelopes.models import SealedIntake
from tests import cast
from tests.integration.signatures.envelopes import story as envelopes

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
DEADLINE = AT + timedelta(days=20)
LISTED = DEADLINE + timedelta(seconds=11)
SIGNING_IN = DEADLINE - timedelta(hours=1)
DELTAS = "0.015,0.0125,0.01"
CEILING = "9000000.00"
PRICES = {"buyer1": "8200000.00", "buyer2": "8400000.00", "buyer3": "8650000.00"}
CITY = system_actor("story")


@dataclass
class Opening:
    """A section whose bids are sealed, and the hall that waits for them."""

    section: Section
    sealed: envelopes.Story
    hall_id: int = 0

    @property
    def hall(self) -> Hall:
        return Hall.objects.get(pk=self.hall_id)


def bidder(key: str, *, assurance: Assurance = Assurance.CERTIFICATE) -> Actor:
    return replace(cast.actor(key), assurance=assurance)


def face(found: "Opening", key: str, *, device: str = "camera") -> halls.Face:
    """The person's face was seen by its device, on the page drawn for it in this hall."""
    proof = faces().challenge(hall_id=found.hall_id, person_id=cast.person(key).pk)
    return halls.Face(matched=True, proof=proof, device=device)


def owner() -> Actor:
    """The tenderee, who conducts the opening."""
    return replace(cast.actor("seller"), roles=frozenset({Role.TENDEREE}))


def section(profile_code: str = "WORKS_OPEN", **changes: Any) -> Section:
    """A published section that takes bids, straight into the tables."""
    profile = profiles.profile(profile_code, on=AT.date()).profile
    project = TenderProject.objects.create(
        owner_id=cast.organisation("ecology").pk, sector=profile.sector.value, region="440600", title="某道路改造工程",
        code="A014406002609010001", budget=money("10000000"), created_at=AT,
    )  # fmt: skip
    tender = Tender.objects.create(
        project=project, code=f"{project.code}001", title="某道路改造工程施工", profile_code=profile_code,
        profile=as_content(profile), state="PUBLISHED", award_method="floating",
        award_parameters={"full": "100", "above": "1", "below": "0.5", "deltas": DELTAS},
        bid_deadline=DEADLINE, created_at=AT, published_at=AT,
    )  # fmt: skip
    PublishedDocument.objects.create(
        tender=tender, version=1, content={"clauses": [], "scoring": [], "bills": {}}, sha256="0" * 64, published_at=AT
    )
    values = {"number": 1, "code": f"{tender.code}001", "title": "一标段", "kind": "WORKS",
              "estimate": money("9500000"), "ceiling": money(CEILING), "state": "BIDDING", **changes}  # fmt: skip
    return Section.objects.create(tender=tender, **values)


def opening(profile_code: str = "WORKS_OPEN", *, suite: Suite = Suite.INTERNATIONAL, **changes: Any) -> Opening:
    """Officers in office, an intake for the section, and everybody has taken the documents."""
    made = section(profile_code, **changes)
    story = envelopes.ceremony(at=AT, suite=suite)
    story.intake_id = sealing.open_intake(
        actor=CITY,
        subject=sealing.Subject(f"section:{made.pk}", made.title, made.tender.code, f"{made.number:03d}"),
        mode=Mode.AND,
        deadline=DEADLINE,
        roster_id=story.roster_id,
        at=AT,
    )
    made.intake_id = story.intake_id
    made.save(update_fields=["intake_id"])
    for key in PRICES:
        place = Party(made.tender_id, cast.organisation(cast.PARTIES[key].organisation).pk)
        DocumentTaking.objects.create(party=place, facts={})
    found = Opening(made, story)
    halls.prepare_halls(SIGNING_IN)
    found.hall_id = Hall.objects.get(section=made).pk
    return found


def prequalifying(*, deadline: datetime) -> Opening:
    """Applications come in, for an owner who can sign in; the officers are in office, nothing is sealed yet."""
    made = section("WORKS_PREQUALIFIED", state="PREQUALIFYING")
    sealed = envelopes.ceremony(at=AT)
    TenderProject.objects.filter(pk=made.tender.project_id).update(owner=cast.organisation("chengjian"))
    Tender.objects.filter(pk=made.tender_id).update(
        roster_id=sealed.roster_id, bid_deadline=deadline, documents_until=deadline, applications_end_at=deadline
    )
    return Opening(made, sealed)


def invited(found: Opening, *, at: datetime) -> None:
    """Those prequalified are invited: there is an intake for their bids, and a hall."""
    found.section.refresh_from_db()
    found.sealed.intake_id = found.section.intake_id or 0
    halls.prepare_halls(at)
    found.hall_id = Hall.objects.get(section=found.section).pk


def move_deadline(found: Opening, deadline: datetime) -> None:
    """The same section with another deadline; signing in is open for a day before it."""
    Tender.objects.filter(pk=found.section.tender_id).update(bid_deadline=deadline)
    SealedIntake.objects.filter(pk=found.sealed.intake_id).update(deadline=deadline)
    Hall.objects.filter(pk=found.hall_id).update(sign_in_opens_at=deadline - timedelta(days=1))


def bid_of(found: Opening, key: str, **changes: Any) -> list[tuple[str, bytes]]:
    """The files of a bid as the composer makes them."""
    amount = PRICES.get(key, "8500000.00")
    parts = [part.code for part in section_terms(found.section.pk).bid_parts if part.required]
    volumes = [(part, f"{part.lower()}.pdf", pdf()) for part in parts]
    bid = {
        "format": FORMAT,
        "tender": found.section.tender.code,
        "section": f"{found.section.number:03d}",
        "bidder": {"uscc": cast.uscc(cast.PARTIES[key].organisation)},
        "price": {"figures": amount, "words": capital_yuan(money(amount))},
        "bill": [],
        "validity_days": "90",
        "duration_days": "180",
        "licences": [{"title": "市政公用工程施工总承包二级", "number": "D244000001", "valid_until": "2028-12-31"}],
        "bond": "GUARANTEE",
        "volumes": [
            {"part": part, "name": name, "sha256": hashlib.sha256(data).hexdigest(), "size": str(len(data))}
            for part, name, data in volumes
        ],
        **changes,
    }
    return [(NAME, json.dumps(bid, ensure_ascii=False).encode()), *((name, data) for _, name, data in volumes)]


@cache
def pdf() -> bytes:
    """One empty page that tells nothing."""
    with pikepdf.new() as document, BytesIO() as target:
        document.add_blank_page()
        document.save(target, deterministic_id=True)
        return target.getvalue()


def hand_in(found: Opening, key: str, *, at: datetime = SIGNING_IN, files: Any = None, **changes: Any) -> str:
    data = envelopes.sealed(found.sealed, key, files or bid_of(found, key, **changes))
    actor = cast.actor(key)
    deadline = SealedIntake.objects.values_list("deadline", flat=True).get(pk=found.sealed.intake_id)
    begun = min(at, deadline - timedelta(seconds=1))
    token = sealing.authorise_upload(actor=actor, intake_id=found.sealed.intake_id, at=begun)
    upload = sealing.begin_upload(token=token, length=len(data), at=begun)
    path = store.upload_path(upload.ref)
    path.write_bytes(data)
    return sealing.accept(upload=upload, path=path, reckoned=layout.reckon([data]), received_at=at)


def listed(*keys: str, profile_code: str = "WORKS_OPEN", **changes: Any) -> Opening:
    """Everybody handed in and signed in; the list is published."""
    found = opening(profile_code, **changes)
    for key in keys or tuple(PRICES):
        hand_in(found, key)
        halls.sign_in(actor=bidder(key), hall_id=found.hall_id, face=face(found, key), at=SIGNING_IN)
    halls.publish_list(actor=cast.actor("host"), hall_id=found.hall_id, at=LISTED)
    return found


def unlock(found: Opening, *keys: str, at: datetime = LISTED) -> None:
    """The bidders named and two officers unlock; what is unlocked is decrypted."""
    refs = {bid.organisation_id: bid.envelope_ref for bid in found.hall.bids.all()}
    for key in keys:
        ref = refs[cast.organisation(cast.PARTIES[key].organisation).pk]
        envelopes.bidder_unlocks(found.sealed, key, ref, at=at)
    for key in ("officer1", "officer2"):
        envelopes.officer_unlocks(found.sealed, key, at=at)
    sealing.decrypt_ready(found.sealed.intake_id, at=at)


def decrypted(found: Opening, *keys: str) -> datetime:
    """Those named unlock, the window ends for the others; gives the time then."""
    unlock(found, *keys)
    at = LISTED
    if len(keys) < found.hall.bids.count():
        assert found.hall.window_ends_at is not None
        at = found.hall.window_ends_at + timedelta(seconds=1)
        sealing.end_windows(at)
    halls.follow(at)
    return at


def drawn(found: Opening, at: datetime) -> datetime:
    """The floating point is announced and drawn; gives the time then."""
    halls.announce_draw(actor=cast.actor("host"), hall_id=found.hall_id, nonce=halls.fresh_nonce(), at=at)
    draws.advance_due(at + timedelta(seconds=1))
    after = at + timedelta(seconds=61)
    draws.advance_due(after)
    halls.follow(after)
    return after
