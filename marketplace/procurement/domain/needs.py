"""The need 采购需求: what the owner asks for, and what must be said before it can be published. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from marketplace.catalogue.domain.requirements import NOTHING, Requirement
from marketplace.procurement.domain.methods import FIXED_PRICE, QUOTED, FundSource, Method, QuoteKind
from marketplace.procurement.domain.scope import Exemption

HUNDRED = Decimal(100)


class Source(StrEnum):
    """Where a draft came from."""

    HAND = "HAND"
    CASE = "CASE"
    """A case of the intake."""
    NOTICE = "NOTICE"
    """An earlier notice of the owner."""
    TABLE = "TABLE"
    """A line of a file with many."""


class NeedIncomplete(Refusal):
    """Something is still to be said; `field` names the first place."""

    code = "NEED_INCOMPLETE"
    message = gettext_noop("The need is not complete: %(reason)s.")
    status = 400


@dataclass(frozen=True, slots=True)
class Gap:
    """What is still missing, and in which field."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line by which proposals are scored."""

    label: str
    points: int


@dataclass(frozen=True, slots=True)
class NeedFacts:
    """Everything that a notice says. Amounts in yuan; a discount rate is percent off the ceiling."""

    title: str
    item_id: int
    region: str
    fund: FundSource
    method: Method
    scale: str = ""
    content: str = ""
    service_time: str = ""
    amount_defined: bool = True
    """Whether the ceiling is an amount; False: by result, e.g. percent of a settlement that is not known yet."""
    floor_price: Decimal | None = None
    ceiling_price: Decimal | None = None
    quote_kind: QuoteKind = QuoteKind.AMOUNT
    requirement: Requirement = NOTHING
    sign_up_days: int = 0
    """Working days for signing up; 0: the least that the rule allows."""
    urgent: bool = False
    urgent_reason: str = ""
    exemption: Exemption = Exemption.NONE
    investment_approval: bool = False
    case_number: str = ""
    avoided: tuple[str, ...] = ()
    """Codes (GB 32100) of organisations that drafted the need or wrote what is to be reviewed."""
    avoidance_reason: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    complaint_phone: str = ""
    disclose_price: bool = True
    disclose_contract: bool = True
    named_agency_id: int | None = None
    direct_reason: str = ""
    big_list: int | None = None
    small_list: int | None = None
    criteria: tuple[Criterion, ...] = field(default_factory=tuple)
    bid_step: Decimal | None = None

    def gaps(self) -> tuple[Gap, ...]:
        """What is still to be said before the need can be handed in."""
        return (*_words(self), *_prices(self), *_method(self))

    def require_complete(self) -> None:
        """Refuses (`NeedIncomplete`) with the first gap."""
        for gap in self.gaps():
            raise NeedIncomplete(field=gap.field, reason=gap.message)


def _words(need: NeedFacts) -> Iterator[Gap]:
    for name in ("title", "content", "service_time", "contact_name", "contact_phone", "complaint_phone"):
        if not str(getattr(need, name)).strip():
            yield Gap(name, gettext_noop("a field is empty"))
    if need.urgent and not need.urgent_reason.strip():
        yield Gap("urgent_reason", gettext_noop("say why it is urgent"))
    if need.avoided and not need.avoidance_reason.strip():
        yield Gap("avoidance_reason", gettext_noop("say why an organisation is excluded"))
    if need.investment_approval and not need.case_number.strip():
        yield Gap("case_number", gettext_noop("name the case of the investment approval"))


def _prices(need: NeedFacts) -> Iterator[Gap]:
    floor, ceiling = need.floor_price, need.ceiling_price
    if need.amount_defined and (ceiling is None or ceiling <= 0):
        yield Gap("ceiling_price", gettext_noop("name the highest price"))
    if floor is not None and ceiling is not None and floor > ceiling:
        yield Gap("floor_price", gettext_noop("the lowest price is above the highest"))
    if need.method in FIXED_PRICE and need.quote_kind is QuoteKind.DISCOUNT_RATE:
        yield Gap("quote_kind", gettext_noop("the price of this method is fixed: no discount is quoted"))
    if need.method is Method.LIVE_BIDDING and need.quote_kind is QuoteKind.DISCOUNT_RATE:
        yield Gap("quote_kind", gettext_noop("live bidding is in yuan"))
    if not need.amount_defined and need.method in QUOTED and need.quote_kind is QuoteKind.AMOUNT:
        yield Gap("quote_kind", gettext_noop("without a defined amount, discounts are quoted"))


def _method(need: NeedFacts) -> Iterator[Gap]:
    if need.method is Method.DIRECT:
        if need.named_agency_id is None:
            yield Gap("named_agency", gettext_noop("name the agency"))
        if not need.direct_reason.strip():
            yield Gap("direct_reason", gettext_noop("say why this agency is named"))
    if need.method is Method.CREDIT_MERIT:
        big, small = need.big_list or 0, need.small_list or 0
        if not 0 < small <= big:
            yield Gap("big_list", gettext_noop("say how long the long and the short list are"))
    if need.method is Method.PROPOSAL_MERIT and sum(one.points for one in need.criteria) != HUNDRED:
        yield Gap("criteria", gettext_noop("the points of the criteria add up to 100"))
    if need.method is Method.LIVE_BIDDING and not (need.bid_step and need.bid_step > 0):
        yield Gap("bid_step", gettext_noop("name the step of the live bidding"))
