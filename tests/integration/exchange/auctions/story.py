"""The cast plays an auction of the Foshan notice of 2018 by the real services, at fixed instants of 2026."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

from commons.domain.actor import system_actor
from commons.domain.money import Money, Quantity
from commons.people.models import Organisation
from commons.secrecy.fields import Party
from commons.vault import services as vault
from exchange.auctions import services as auctions
from exchange.deposits import queries as deposits
from exchange.deposits import services as money
from exchange.deposits.domain.facts import ExpectedMoney
from exchange.notices.services import NumberedDecision
from exchange.permits import services as permits
from exchange.permits.domain.permits import Industry, Limit, PermitFacts
from exchange.permits.domain.rights import Held
from exchange.projects import services as projects
from exchange.projects.domain.completeness import CODES
from exchange.projects.domain.lots import LotTerms
from exchange.projects.domain.trades import Instrument, TradeType
from exchange.projects.models import Lot
from exchange.rooms.models import RoomParticipant
from exchange.rooms.services.engine import Engine
from exchange.rooms.services.rehearsing import _signed as signed_order
from exchange.rooms.services.timekeeping import Timekeeper
from portal.demo.bank import Receipt, statement
from tests.cast import PARTIES, actor, organisation

KEEPER = system_actor("import")
DRAFTED = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
PUBLISHED = datetime(2026, 6, 8, 1, 0, tzinfo=UTC)
"""A Monday, 09:00 in Shanghai; registration then runs from Wednesday to the next Monday, 17:00."""
OPENS = datetime(2026, 6, 17, 7, 0, tzinfo=UTC)
REGION = "440600"
FOUND = dict.fromkeys(CODES, True)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def entropy(seed: str = "story") -> Callable[[int], bytes]:
    """A fixed stream of random-looking bytes."""
    counter = iter(range(10**9))

    def draw(size: int) -> bytes:
        return sha256(f"{seed}:{next(counter)}".encode()).digest()[:size]

    return draw


def registry(*buyers: str, reserve: str = "60.000") -> None:
    """The reserve of the seller, and a permit with an approved need of 3 t for each buyer."""
    permits.set_basin(actor=KEEPER, region=REGION, basin="珠江三角洲", document_ref="佛环函〔2026〕1号", at=DRAFTED)
    permits.allocate(
        actor=KEEPER,
        organisation_id=organisation("ecology").pk,
        instrument="NH3-N",
        held_as=Held.RESERVE,
        quantity=Quantity(Decimal(reserve)),
        region=REGION,
        paper=permits.Paper("佛环函〔2026〕1号"),
        idempotency_key="reserve",
        at=DRAFTED,
    )
    for number, key in enumerate(buyers, start=1):
        facts = PermitFacts(
            number=permit_no(key),
            organisation_id=company(key).pk,
            region=REGION,
            basin="珠江三角洲",
            industry=Industry.OTHER,
            valid_from=date(2025, 1, 1),
            valid_until=date(2029, 12, 31),
            limits=(Limit("NH3-N", Decimal("10.000"), Decimal("3.000")),),
            document_ref=f"粤佛排许{number:04d}",
        )
        permits.record_permit(actor=KEEPER, facts=facts, at=DRAFTED)


def company(key: str) -> Organisation:
    """The organisation for which somebody of the cast acts."""
    return organisation(PARTIES[key].organisation)


def permit_no(key: str) -> str:
    return f"{company(key).uscc}001P"


def document(key: str, subject: str, at: datetime, content: bytes = PDF) -> int:
    """A PDF that somebody of the cast puts into the vault."""
    stored = vault.store(
        actor=actor(key), stream=[content], name="decision.pdf", media_type="application/pdf", at=at, subject=subject
    )
    return stored.id


def decision(number: str, at: datetime) -> NumberedDecision:
    return NumberedDecision("佛山市生态环境局", number, document("staff", "published:0", at))


def terms(**changes: object) -> LotTerms:
    values: dict[str, object] = {
        "instrument": Instrument.NH3_N,
        "quantity": Decimal("1.680"),
        "start_price": Decimal("20000.00"),
        "step": Decimal("100.00"),
        "profile": "FOSHAN_2018",
        "opens_at": OPENS,
        **changes,
    }
    return LotTerms(**values)  # type: ignore[arg-type]  # the values above fit


def draft(*lots: LotTerms, at: datetime = DRAFTED) -> int:
    """A project handed in by its seller."""
    facts = projects.ProjectFacts(
        title="佛山市2026年第1次氨氮排污权出让",
        region=REGION,
        description="政府储备排污权，公开出让。",
        decision_body="佛山市生态环境局",
        decision_no="佛环函〔2026〕5号",
        contact_name="陈工",
        contact_phone="0757-00000000",
    )
    seller = actor("seller")
    project_id = projects.draft_project(actor=seller, trade_type=TradeType.EMISSION_RIGHTS, facts=facts, at=at)
    for lot in lots or (terms(),):
        projects.add_lot(actor=seller, project_id=project_id, terms=lot, at=at)
    document_id = document("seller", f"project:{project_id}", at)
    projects.attach(actor=seller, project_id=project_id, document_id=document_id, title="出让决定", at=at)
    projects.submit_project(actor=seller, project_id=project_id, at=at)
    return project_id


def publish(project_id: int, *, at: datetime = PUBLISHED) -> list[Lot]:
    """Checked by one person of the exchange, published by another."""
    checked_at = at - timedelta(hours=1)
    projects.pass_check(actor=actor("staff"), project_id=project_id, found=FOUND, at=checked_at)
    auctions.publish_project(actor=actor("staff2"), project_id=project_id, at=at, entropy=entropy("numbers"))
    return list(Lot.objects.filter(project_id=project_id).select_related("project__seller"))


def register(lot: Lot, key: str, *, need: str = "1.680", at: datetime | None = None) -> int:
    """A buyer of the cast registers and submits."""
    assert lot.registration_starts_at is not None
    moment = at or lot.registration_starts_at + timedelta(hours=1)
    buyer = actor(key)
    registration_id = auctions.start_registration(actor=buyer, lot_id=lot.pk, at=moment, entropy=entropy(key))
    facts = auctions.RegistrationFacts(permit_no(key), Decimal(need), "李工", "0757-11111111", "扩建")
    auctions.save_registration(actor=buyer, registration_id=registration_id, facts=facts, at=moment)
    auctions.submit_registration(actor=buyer, registration_id=registration_id, statements_confirmed=True, at=moment)
    return registration_id


def opened_lot(*buyers: str, **changes: object) -> Lot:
    """A published lot whose registration is open."""
    registry(*buyers)
    (lot,) = publish(draft(terms(**changes)))
    assert lot.registration_starts_at is not None
    auctions.advance_due(lot.registration_starts_at)
    lot.refresh_from_db()
    return lot


def registered_lot(needs: Mapping[str, str], **changes: object) -> tuple[Lot, dict[str, int]]:
    """A lot with submitted registrations."""
    lot = opened_lot(*needs, **changes)
    return lot, {key: register(lot, key, need=need) for key, need in needs.items()}


# --- the bank -------------------------------------------------------------------------------------------------------


def bank(*buyers: str) -> None:
    """The collecting account of the exchange, and the basic account of each buyer on the allow-list."""
    money.set_collecting_account(
        actor=KEEPER,
        number="4405016601000000001",
        name="佛山市公共资源交易中心",
        bank_name="建设银行佛山分行",
        bank_code="105588000007",
        at=DRAFTED,
    )
    for key in buyers:
        name = company(key).name
        facts = money.AccountFacts(account_of(key), name, "建设银行佛山分行", "105588000007", "开户许可证")
        money.record_account(actor=KEEPER, organisation_id=company(key).pk, facts=facts, at=DRAFTED)


def account_of(key: str) -> str:
    return f"44050166000000{list(PARTIES).index(key):04d}"


def pay(expected: ExpectedMoney, key: str, *, at: datetime, amount: Decimal | None = None) -> money.ImportReport:
    """The buyer pays what is expected, and finance takes in the bank's file of the day."""
    booked = at - timedelta(minutes=30)
    receipt = Receipt(
        entry_ref=f"E{expected.id:06d}{int(at.timestamp())}",
        amount=Money(amount if amount is not None else expected.amount - expected.received),
        payer_name=company(key).name,
        payer_account=account_of(key),
        sub_account_no=expected.sub_account_no,
        purpose=expected.reference,
    )
    content = statement([receipt], account=expected.account, statement_id=receipt.entry_ref, at=booked)
    report = money.import_file(actor=actor("finance"), content=content, name=f"{receipt.entry_ref}.xml", at=at)
    assert report.taken_in, report.refusal
    assert report.tally.booked == 1, report.tally
    return report


def pay_deposit(lot: Lot, key: str, *, at: datetime) -> None:
    deposit = deposits.deposit_of(lot.pk, company(key).pk)
    assert deposit is not None
    pay(deposit, key, at=at)


def qualified_lot(needs: Mapping[str, str], **changes: object) -> Lot:
    """A lot whose registrations have ended, with every deposit paid and every buyer qualified by the seller."""
    bank(*needs)
    lot, registrations = registered_lot(needs, **changes)
    assert lot.registration_starts_at is not None
    assert lot.registration_ends_at is not None
    for key in needs:
        pay_deposit(lot, key, at=lot.registration_starts_at + timedelta(days=1))
    auctions.advance_due(lot.registration_ends_at)
    at = lot.registration_ends_at + timedelta(minutes=5)
    for registration_id in registrations.values():
        auctions.qualify_buyer(actor=actor("seller"), registration_id=registration_id, at=at)
    auctions.advance_due(at)
    lot.refresh_from_db()
    return lot


# --- the room -------------------------------------------------------------------------------------------------------


def bid(lot: Lot, key: str, price: str, *, at: datetime, quantity: str | None = None) -> str:
    """A buyer bids in the lot's room, signed with its room key; gives the refusal code, empty when accepted."""
    assert lot.room_id is not None
    participant = RoomParticipant.objects.get(party=Party(lot.room_id, company(key).pk))
    order = signed_order(lot.room_id, participant.alias, price, quantity, at)
    (outcome,) = Engine(clock=lambda: at).commit([order]).outcomes
    assert outcome.receipt is not None, outcome.refusal
    return outcome.receipt.code


def run_room(lot: Lot, until: datetime) -> None:
    """The timekeeper of rooms brings the room to `until`."""
    for _ in range(20):
        keeper = Timekeeper(Engine(clock=lambda: until))
        if not keeper.advance(at=until):
            return
