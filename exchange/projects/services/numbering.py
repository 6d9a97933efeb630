"""Codes of projects and transactions: counted per day under a row lock, so that no two are the same."""

from datetime import date

from commons.domain.codes import ProjectCode, make_deal_code
from exchange.projects.domain.trades import CLASS_CODES, TradeType
from exchange.projects.models import CodeCounter


def next_number(prefix: str) -> int:
    """The next number under `prefix`, from 1. The counter's row stays locked until the transaction ends."""
    CodeCounter.objects.bulk_create([CodeCounter(prefix=prefix)], ignore_conflicts=True)
    counter = CodeCounter.objects.select_for_update().get(prefix=prefix)
    CodeCounter.objects.filter(pk=counter.pk).update(last=counter.last + 1)
    return counter.last + 1


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
