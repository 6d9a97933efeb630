"""Must, may or must not a service be bought through the supermarket 进驻范围; decided and explained. Pure.

粤办函〔2020〕332号: fiscal money, a service of the list, outside the catalogue of centralised procurement and below
the limit of decentralised procurement must use it; others are encouraged to. Disasters and urgent accident
investigations are exempt; what is secret is not published.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from commons.domain.money import as_text
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from marketplace.procurement.domain.methods import FundSource

BASIS = "粤办函〔2020〕332号"


class ScopeVerdict(StrEnum):
    MUST = "MUST"
    MAY = "MAY"
    MUST_NOT = "MUST_NOT"


class Exemption(StrEnum):
    NONE = "NONE"
    DISASTER = "DISASTER"
    ACCIDENT = "ACCIDENT"
    STATE_SECRET = "STATE_SECRET"  # noqa: S105  # a ground of exemption


class OutsideScope(Refusal):
    """The supermarket may not be used."""

    code = "OUTSIDE_SCOPE"
    message = gettext_noop(
        "This service may not be bought through the supermarket. The scope check on the draft says why and where to go."
    )


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount in yuan with the source that sets it."""

    amount: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class ScopeFacts:
    """What decides."""

    fund: FundSource
    amount: Decimal | None
    """The ceiling, in yuan; None: not defined yet."""
    on_list: bool
    in_central_catalogue: bool
    exemption: Exemption = Exemption.NONE


@dataclass(frozen=True, slots=True)
class ScopeLimits:
    """The limits of the region on the day."""

    decentralised: Limit | None
    """分散采购限额标准; None: the region has set none."""
    public_tender: Limit | None
    """公开招标数额标准."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the explanation: an English message id, what stands in its place, and the source."""

    message: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class ScopeDecision:
    verdict: ScopeVerdict
    reasons: tuple[Reason, ...]

    def require_allowed(self) -> None:
        """Refuses (`OutsideScope`)."""
        if self.verdict is ScopeVerdict.MUST_NOT:
            raise OutsideScope()


def decide_scope(facts: ScopeFacts, limits: ScopeLimits) -> ScopeDecision:
    """The verdict with every step that led to it; the last reason decided."""
    steps = list(_steps(facts, limits))
    return ScopeDecision(steps[-1][0], tuple(reason for _, reason in steps))


def _steps(facts: ScopeFacts, limits: ScopeLimits) -> Iterator[tuple[ScopeVerdict, Reason]]:
    """Each step with what it would decide; the first that is final ends the walk."""
    may, must, must_not = ScopeVerdict.MAY, ScopeVerdict.MUST, ScopeVerdict.MUST_NOT
    if facts.exemption is Exemption.STATE_SECRET:
        yield must_not, Reason(gettext_noop("State secrets are not published on a public platform."), "", BASIS)
        return
    if facts.exemption is not Exemption.NONE:
        yield (
            may,
            Reason(gettext_noop("A disaster emergency or an urgent accident investigation is exempt."), "", BASIS),
        )
        return
    if facts.fund is not FundSource.FISCAL:
        yield may, Reason(gettext_noop("The money is not fiscal: the use is encouraged, not compulsory."), "", BASIS)
        return
    yield must, Reason(gettext_noop("The money is fiscal."), "", BASIS)
    if not facts.on_list:
        yield may, Reason(gettext_noop("The service is not on the list of intermediary services."), "", BASIS)
        return
    yield must, Reason(gettext_noop("The service is on the list of intermediary services."), "", BASIS)
    if facts.in_central_catalogue:
        message = gettext_noop("The service is in the catalogue of centralised procurement: buy it there.")
        yield must_not, Reason(message, "", "政府采购法第七条、第十八条")
        return
    if facts.amount is not None:
        yield from _against_limits(facts.amount, limits)


def _against_limits(amount: Decimal, limits: ScopeLimits) -> Iterator[tuple[ScopeVerdict, Reason]]:
    tender, decentralised = limits.public_tender, limits.decentralised
    if tender is not None and amount >= tender.amount:
        message = gettext_noop("The amount reaches the threshold of public tender, %(value)s yuan: hold a tender.")
        yield ScopeVerdict.MUST_NOT, Reason(message, as_text(tender.amount), tender.source)
    elif decentralised is not None and amount >= decentralised.amount:
        message = gettext_noop(
            "The amount reaches the limit of decentralised procurement, %(value)s yuan: use government procurement."
        )
        yield ScopeVerdict.MUST_NOT, Reason(message, as_text(decentralised.amount), decentralised.source)
    elif decentralised is not None:
        message = gettext_noop("The amount is below the limit of decentralised procurement, %(value)s yuan.")
        yield ScopeVerdict.MUST, Reason(message, as_text(decentralised.amount), decentralised.source)
