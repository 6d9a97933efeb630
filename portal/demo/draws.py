"""Draws of the demo city: one that a public beacon decided, one in which the regulator still has to commit."""

from datetime import datetime, timedelta
from decimal import Decimal

from portal.demo.cast import actor
from signatures.draws import services as draws
from signatures.draws.domain import hs1

SOURCE = "demo-beacon"
ROUND = "20260101-1"
VALUE = bytes.fromhex("5f0c1bd2a94e7733c0de8a11f4b29e60d17a3385c2f9046bbe71d8a05c94ef12")
AGENCIES = (
    "佛山澜石工程咨询有限公司",
    "禅城建翔监理有限公司",
    "南海桂城造价咨询有限公司",
    "顺德容桂测绘院",
    "三水西南环评有限公司",
)
"""Invented names."""


def draw_by_lot(*, at: datetime) -> str:
    """An agency drawn some hours ago, and a floating point that is drawn tomorrow; the number of the first."""
    began = at - timedelta(hours=6)
    known_from = began + timedelta(hours=1)
    done = draws.announce(
        actor=actor("staff"),
        plan=draws.Plan(
            subject="procurement:demo",
            title="某道路工程造价咨询服务：抽取中介服务机构",
            roster=AGENCIES,
            k=1,
            reveal_from=known_from + timedelta(minutes=1),
            reveal_until=known_from + timedelta(hours=1),
            exclusions=(AGENCIES[0],),
            beacon=draws.Beacon(SOURCE, ROUND, known_from),
        ),
        at=began,
    )
    draws.advance_due(began + timedelta(minutes=1))
    revealed_at = known_from + timedelta(minutes=1)
    draws.record_beacon(actor=actor("staff"), draw_id=done.id, source=SOURCE, round=ROUND, value=VALUE, at=revealed_at)
    draws.advance_due(revealed_at)
    _wait_for_the_regulator(at=at)
    return str(done.id)


def _wait_for_the_regulator(*, at: datetime) -> None:
    regulator = actor("regulator")
    draws.announce(
        actor=actor("staff"),
        plan=draws.Plan(
            subject="tender:demo",
            title="某学校修缮工程：抽取评标基准价浮动点（%）",
            roster=tuple(hs1.number_roster(Decimal("1.0"), Decimal("4.0"), Decimal("0.5"))),
            k=1,
            reveal_from=at + timedelta(hours=20),
            reveal_until=at + timedelta(hours=24),
        ),
        custodians=(draws.PLATFORM, draws.Holder(regulator.person_id, regulator.organisation_id)),
        at=at,
    )
