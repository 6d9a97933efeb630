"""An opening hall of the demo city: three sealed bids opened this hour, the float drawn, one price open."""

import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO

from bidding.bids import pdf_facts
from bidding.bids import services as bids
from bidding.bids.domain.library import ItemKind
from bidding.bids.domain.package import FORMAT, NAME
from bidding.opening import queries as hall_queries
from bidding.opening import services as halls
from bidding.opening.domain.states import WordKind
from bidding.opening.faces import faces
from bidding.profiles.domain.vocabulary import Sector
from bidding.tenders import services as tenders
from bidding.tenders.queries import SectionTerms, published_tender, section_terms
from commons.domain.actor import Assurance
from commons.domain.deadlines import local_day
from commons.domain.money import as_text, capital_yuan, money
from commons.pdf import services as pdf
from portal.demo.authority.city import CityAuthority
from portal.demo.authority.past import answered_by_the_story
from portal.demo.authority.signing import sign_as
from portal.demo.cast import PARTIES, actor, uscc
from portal.demo.plans import BUILDERS, TenderPlan, publish
from portal.demo.sealing import hand_in, open_intake
from portal.demo.tenders import ask_for_bond_guarantee, pay_bonds
from signatures.draws import services as draws
from signatures.guarantees import services as guarantees

PAYERS = BUILDERS[:2]
"""Who pays the bond in money; the third bidder gives a guarantee of the bank."""
PRICES = {"builder1": "17640000.00", "builder2": "17980000.00", "builder3": "18215000.00"}
LICENCE = ("市政公用工程施工总承包二级", "D244100001")


def open_bids(authority: CityAuthority, roster_id: int, issuer_id: int, *, at: datetime) -> None:
    """A tender whose deadline was a quarter of an hour ago; bidders and visitors meet in its hall now."""
    deadline = at - timedelta(minutes=15)
    plan = TenderPlan(
        title="汾江路人行景观桥工程施工",
        profile="WORKS_OPEN",
        sector=Sector.WORKS,
        owner="tenderee",
        kind="WORKS",
        estimates=("18800000",),
        published_at=deadline - timedelta(days=25),
        deadline=deadline,
        in_the_morning=False,
        description="新建人行景观桥一座,含照明与绿化。",
        roster_id=roster_id,
        award="floating",
        grades=("市政公用工程施工总承包二级",),
    )
    tender_id = publish(plan)
    for key in BUILDERS:
        tenders.take_documents(actor=actor(key), tender_id=tender_id, at=deadline - timedelta(days=20))
    terms = section_terms(published_tender(tender_id).sections[0].section_id)
    _secure(authority, tender_id, issuer_id, at=deadline - timedelta(days=6))
    before = deadline - timedelta(hours=3)
    halls.prepare_halls(before)
    hall_id = hall_queries.hall_of_section(terms.section_id)
    assert hall_id is not None, "its day has come"
    for place, key in enumerate(BUILDERS):
        _hand_in(authority, terms, key, at=before + timedelta(minutes=11 * place))
        halls.sign_in(
            actor=replace(actor(key), assurance=Assurance.CERTIFICATE),
            hall_id=hall_id,
            face=halls.Face(matched=True, proof=_face(key, hall_id), device="demo"),
            at=deadline - timedelta(minutes=30 - place),
        )
    _conduct(authority, terms, hall_id, at=deadline)


def _secure(authority: CityAuthority, tender_id: int, issuer_id: int, *, at: datetime) -> None:
    """Two bonds in money; for the third the bank issues a guarantee, sealed until the bids are opened."""
    pay_bonds(published_tender(tender_id).sections[0].section_id, PAYERS, at=at)
    ref = ask_for_bond_guarantee(tender_id, issuer_id, at=at)
    guarantees.take_up(actor=actor("underwriter"), ref=ref, at=at)
    note = "授信额度内，同意出具。"
    guarantees.assess(actor=actor("underwriter"), ref=ref, number=f"LNSY-BH-{at:%Y%m%d}-01", note=note, at=at)
    with answered_by_the_story(authority):
        sign_as(authority, "manager", guarantees.request_signing(actor=actor("manager"), ref=ref, at=at), at=at)


def _face(key: str, hall_id: int) -> str:
    """What the person's device says of the face before it."""
    return faces().challenge(hall_id=hall_id, person_id=actor(key).person_id or 0)


def _conduct(authority: CityAuthority, terms: SectionTerms, hall_id: int, *, at: datetime) -> None:
    """List, keys, draw, reading out; an objection that the owner has answered; one bidder has not confirmed yet."""
    assert terms.intake_id is not None, "the section seals its bids"
    tenderee, listed = actor("tenderee"), at + timedelta(seconds=20)
    halls.publish_list(actor=actor("host"), hall_id=hall_id, at=listed)
    opened = listed + timedelta(minutes=2)
    open_intake(authority, terms.intake_id, BUILDERS, at=opened)
    halls.follow(opened)
    announced = opened + timedelta(minutes=1)
    halls.announce_draw(actor=tenderee, hall_id=hall_id, nonce=halls.fresh_nonce(), at=announced)
    draws.advance_due(announced + timedelta(seconds=1))
    drawn = announced + timedelta(seconds=70)
    draws.advance_due(drawn)
    halls.follow(drawn)
    halls.read_out(actor=tenderee, hall_id=hall_id, at=drawn + timedelta(minutes=1))
    said = drawn + timedelta(minutes=2)
    word = halls.speak(
        actor=actor("builder3"),
        hall_id=hall_id,
        kind=WordKind.OBJECTION,
        text="唱标顺序与递交顺序不同,请说明。",
        at=said,
    )
    answered = said + timedelta(minutes=1)
    halls.answer(actor=tenderee, word_id=word, text="按递交时间先后排列,与公布的名单一致。", at=answered)
    for key in BUILDERS[:2]:
        halls.confirm_price(actor=actor(key), hall_id=hall_id, agrees=True, at=said)


def _hand_in(authority: CityAuthority, terms: SectionTerms, key: str, *, at: datetime) -> None:
    """The bidder's library, its bid sealed to its own certificate, and its receipt."""
    assert terms.intake_id is not None, "the section seals its bids"
    hand_in(authority, terms.intake_id, key, _files(terms, key, at), at=at)


def _files(terms: SectionTerms, key: str, at: datetime) -> list[tuple[str, bytes]]:
    title, number = LICENCE
    until = local_day(at) + timedelta(days=700)
    facts = bids.ItemFacts(kind=ItemKind.LICENCE, title=title, number=number, valid_until=until)
    bids.keep_item(actor=actor(key), facts=facts, at=at - timedelta(days=9))
    volumes = [
        (part.code, f"{part.code.lower()}.pdf", _volume(part.label_zh)) for part in terms.bid_parts if part.required
    ]
    price = money(PRICES[key])
    bid = {
        "format": FORMAT,
        "tender": terms.envelope_tender,
        "section": terms.envelope_lot,
        "bidder": {"uscc": uscc(PARTIES[key].organisation)},
        "price": {"figures": as_text(price), "words": capital_yuan(price), "rate": ""},
        "bill": [
            {"code": line.code, "quantity": as_text(line.quantity), "unit_price": "0", "total": "0.00"}
            for line in terms.document.bills.get(terms.number, ())
        ],
        "validity_days": "90",
        "duration_days": "240",
        "licences": [{"title": title, "number": number, "valid_until": until.isoformat()}],
        "bond": "DEPOSIT" if key in PAYERS else "GUARANTEE",
        "volumes": [
            {"part": part, "name": name, "sha256": hashlib.sha256(content).hexdigest(), "size": str(len(content))}
            for part, name, content in volumes
        ],
    }
    return [(NAME, json.dumps(bid, ensure_ascii=False).encode()), *((name, content) for _, name, content in volumes)]


def _volume(title: str) -> bytes:
    """A page with the title of its part, without author, program and dates."""
    content = pdf.render("portal/demo/decision.html", {"title": title, "decision_no": "投标文件", "lots": ()})
    return pdf_facts.cleaned(BytesIO(content))
