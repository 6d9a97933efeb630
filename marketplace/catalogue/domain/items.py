"""Service items 中介服务事项: what an agency can be asked to do for an approval. Pure."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from commons.domain.refusals import Malformed, Refusal
from commons.domain.text import gettext_noop
from marketplace.catalogue.domain.requirements import NOTHING, Requirement


class ItemUnknown(Refusal):
    code = "ITEM_UNKNOWN"
    message = gettext_noop("There is no service item %(item)s in the catalogue, or it is withdrawn.")


class QualificationUnknown(Refusal):
    code = "QUALIFICATION_UNKNOWN"
    message = gettext_noop("The register of qualifications has no “%(qualification)s”. Enter it there first.")


class PriceUnit(StrEnum):
    """What the guidance price is for."""

    TOTAL = "TOTAL"
    """For the whole service."""
    PERCENT = "PERCENT"
    """Percent of the investment."""


@dataclass(frozen=True, slots=True)
class Matter:
    """An approval item 行政许可事项 for which the service is needed: its code, name and authority."""

    code: str
    name: str
    authority: str = ""


@dataclass(frozen=True, slots=True)
class PriceGuidance:
    """The span that a price list names, in yuan (`TOTAL`) or percent, and the list; none where nothing is set."""

    low: Decimal | None = None
    high: Decimal | None = None
    unit: PriceUnit = PriceUnit.TOTAL
    basis: str = ""

    def require(self) -> "PriceGuidance":
        """Refuses (`Malformed`) a span whose end is below its start."""
        if self.low is not None and self.high is not None and self.high < self.low:
            raise Malformed(field="price_high", reason=gettext_noop("it is below the lowest price"))
        return self


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """Everything that the catalogue says of an item."""

    code: str
    name: str
    service_type: str
    legal_basis: str
    requirement: Requirement = NOTHING
    matters: tuple[Matter, ...] = ()
    price: PriceGuidance = field(default_factory=PriceGuidance)
    region: str = ""
    in_central_catalogue: bool = False
    """Whether the service stands in the catalogue of centralised procurement 集中采购目录."""

    def require(self) -> "ItemFacts":
        """Refuses (`Malformed`) an item without code, name or legal basis."""
        for name in ("code", "name", "service_type", "legal_basis"):
            if not getattr(self, name).strip():
                raise Malformed(field=name, reason=gettext_noop("it is empty"))
        self.price.require()
        return self
