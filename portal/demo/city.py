"""Builds the demo city: one project in live rooms, one open for registration, one that ended with its certificate."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from commons.domain.deadlines import local_day
from commons.parameters import services as parameters
from exchange.auctions.queries import public_lot
from exchange.projects.domain.trades import Instrument, TradeType
from portal.demo import newcomer, selections, supermarket
from portal.demo.authority.city import CityAuthority
from portal.demo.authority.holders import equip_city, install_platform_seal
from portal.demo.authority.past import answered_by_the_story
from portal.demo.bank import open_accounts
from portal.demo.calling import framework
from portal.demo.cast import LONG_AGO, PARTIES, REGION, actor
from portal.demo.draws import draw_by_lot
from portal.demo.finished import finish_by_negotiation
from portal.demo.issuers import open_issuers
from portal.demo.methods import build_methods
from portal.demo.negotiating import consult
from portal.demo.opening import open_bids
from portal.demo.projects import LotPlan, ProjectPlan, bring_to_method, publish, terms
from portal.demo.registry import build_registry
from portal.demo.robots import Robot
from portal.demo.tenders import agree_on_consortium, ask_for_bond_guarantee, build_tenders

OPENS_IN = timedelta(seconds=15)
BIDDERS = {"buyer1": Decimal("1.680"), "buyer2": Decimal("1.680")}
ROBOTS = {"robot1": Decimal("1.680"), "robot2": Decimal("1.680"), "robot3": Decimal("1.680")}


@dataclass(frozen=True, slots=True)
class City:
    """What was built: the rooms that open now, and who bids in them."""

    live_room_id: int
    quotes_room_id: int
    call_room_id: int
    certificate: str
    robots: tuple[Robot, ...]


def build(authority: CityAuthority, *, at: datetime) -> City:
    """Fill an empty database with the demo city as of `at`; everybody has a certificate of `authority`."""
    for key in PARTIES:
        actor(key)
    equip_city(authority, at=LONG_AGO)
    install_platform_seal(authority)
    newcomer.settle(at=LONG_AGO)
    open_accounts(at=LONG_AGO)
    build_registry(at=LONG_AGO)
    issuers = open_issuers(at=LONG_AGO)
    ask_for_certificates(at=LONG_AGO)
    roster_id, takes_bids = build_tenders(authority, at=at)
    ask_for_bond_guarantee(takes_bids, issuers["bank"], at=at - timedelta(hours=3))
    with answered_by_the_story(authority):
        certificate = finish_by_negotiation(authority, at=at)
        agree_on_consortium(authority, takes_bids, at=at - timedelta(days=1))
        framework(authority, roster_id, at=at)
    consult(authority, roster_id, at=at)
    build_methods(roster_id, at=at)
    draw_by_lot(at=at)
    register_now(at=at)
    market = supermarket.build(at=at)
    selections.select_and_serve(market.items, at=at)
    open_bids(authority, roster_id, issuers["bank"], at=at)
    rights = emission_rights(at)
    lots = publish(rights)
    bring_to_method(rights, lots)
    carbon = carbon_allowances(at)
    carbon_lots = publish(carbon)
    bring_to_method(carbon, carbon_lots)
    live, quotes, call = (room_of(lot_id) for lot_id in (*lots, *carbon_lots))
    return City(live, quotes, call, certificate, tuple(robots(live, quotes)))


def ask_for_certificates(*, at: datetime) -> None:
    """From `at` on, rooms for emission rights ask for the bidder's certificate, as a city may decide for itself."""
    parameters.enter_value(
        actor=actor("staff"),
        key="room.entry_certificate",
        value="true",
        source="示范城市规定：排污权竞价大厅凭数字证书进场",
        mark="D",
        valid_from=local_day(at),
        reason="示范城市的排污权竞价大厅凭数字证书进场",
        at=at,
        trade_type=TradeType.EMISSION_RIGHTS,
        region=REGION,
    )


def emission_rights(at: datetime) -> ProjectPlan:
    """The facts of Foshan's notice of 2018 (NH3-N, 1.68 t from 20,000 yuan) and a COD lot in Wuyi's format."""
    opens_at = at + OPENS_IN
    return ProjectPlan(
        title="佛山市2026年第3期排污权公开出让",
        decision_no="PW2026(SZ)GK0005",
        trade_type=TradeType.EMISSION_RIGHTS,
        lots=(
            LotPlan(terms(Instrument.NH3_N, "1.680", "20000.00", "100.00", "FOSHAN_DEMO", opens_at), BIDDERS | ROBOTS),
            LotPlan(
                terms(Instrument.COD, "3.000", "4000.00", "50.00", "WUYI_2021", opens_at),
                {key: Decimal("1.000") for key in BIDDERS | ROBOTS},
            ),
        ),
        published_at=at - timedelta(days=24),
    )


def carbon_allowances(at: datetime) -> ProjectPlan:
    """The facts of Guangdong's paid allocation of 2017: 500,000 t, reserve price 16.09, one price for all."""
    quantity = Decimal("60000.000")
    return ProjectPlan(
        title="2026年度碳排放配额有偿发放",
        decision_no="佛环函〔2026〕77号",
        trade_type=TradeType.CARBON_ALLOWANCES,
        lots=(
            LotPlan(
                terms(Instrument.CARBON, "200000.000", "16.09", "0.01", "GUANGDONG_2017", at + OPENS_IN),
                dict.fromkeys([*BIDDERS, "robot1"], quantity),
            ),
        ),
        published_at=at - timedelta(days=24),
    )


def register_now(*, at: datetime) -> None:
    """A lot that takes registrations today: buyers can try the way from the notice to the deposit."""
    publish(
        ProjectPlan(
            title="佛山市2026年第4期排污权公开出让",
            decision_no="PW2026(SZ)GK0006",
            trade_type=TradeType.EMISSION_RIGHTS,
            lots=(
                LotPlan(terms(Instrument.NOX, "4.048", "21000.00", "500.00", "NINGXIA_2025", at + timedelta(days=20))),
            ),
            published_at=at - timedelta(days=3),
        )
    )


def room_of(lot_id: int) -> int:
    room_id = public_lot(lot_id).room_id
    assert room_id is not None, "the method is a live room"
    return int(room_id)


def robots(live: int, quotes: int) -> list[Robot]:
    """Robots that keep the ascending room alive for a quarter of an hour, and spend a few quotes in the other."""
    ascending = [Robot(key, live, limit=Decimal(26_000), thinks_s=(6.0, 18.0)) for key in ROBOTS]
    quoting = [
        Robot(key, quotes, limit=Decimal(4_000 + 150 * number), quantity="1.000", thinks_s=(20.0, 60.0))
        for number, key in enumerate(ROBOTS, start=1)
    ]
    return ascending + quoting
