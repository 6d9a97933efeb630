"""Codes of projects and transactions: counted per day under a row lock, so that no two are the same."""

from datetime import date

from commons.domain.codes import ProjectCode, make_deal_code
from commons.postgresql import repeat
from exchange.projects.domain.trades import CLASS_CODES, TradeType
from exchange.projects.models import CodeCounter

_COUNTERS = CodeCounter._meta.db_table
_NEXT = (
    f"INSERT INTO {_COUNTERS} (prefix, last) VALUES (%s, 1) "  # noqa: S608
    f"ON CONFLICT (prefix) DO UPDATE SET last = {_COUNTERS}.last + 1 RETURNING last"
)


def next_number(prefix: str) -> int:
    """The next number under `prefix`, from 1. The counter's row stays locked until the transaction ends."""
    return int(repeat(_NEXT, [prefix]).rows[0][0])


def project_code(*, trade_type: TradeType, region: str, on: date) -> str:
    """Class, region, day and sequence: 19 characters (发改办法规〔2018〕1156号)."""
    trade_class = CLASS_CODES[trade_type]
    number = next_number(f"project:{trade_class}:{region}:{on:%y%m%d}")
    return str(ProjectCode(trade_class=trade_class, region=region, on=on, sequence=number))


def deal_code(*, trade_type: TradeType, platform: str, on: date) -> str:
    """The unified transaction code 统一交易标识码 with its check character (发改办法规〔2018〕1156号)."""
    trade_class = CLASS_CODES[trade_type]
    number = next_number(f"deal:{trade_class}:{platform}:{on:%Y%m%d}")
    return str(make_deal_code(trade_class=trade_class, platform=platform, on=on, sequence=number))
