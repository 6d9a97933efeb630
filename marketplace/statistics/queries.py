"""The figures of the supermarket as cities report them, live from the tables; public."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Substr, TruncMonth

from commons.domain.regions import region_name
from commons.domain.time import SHANGHAI
from commons.people.domain.natural import KIND as PERSON
from marketplace.catalogue.models import ServiceItem
from marketplace.entry.domain.entrants import EntrantKind
from marketplace.entry.models import Entrant
from marketplace.procurement.models import Procurement
from marketplace.selection.domain.case import Way
from marketplace.selection.domain.states import SelectionState
from marketplace.selection.models import Selection
from marketplace.signups.domain.signups import SignUpState
from marketplace.signups.models import SignUp

BY_PRICE = (Way.LOWEST_PRICE.value, Way.BEST_PRICE.value)
"""竞价: whose saving is reported."""
COUNTED = (SignUpState.ACTIVE.value, SignUpState.DISQUALIFIED.value)
FEN = Decimal("0.0001")
_SIGN_UPS_OF_ONE = Subquery(
    SignUp.objects.filter(procurement=OuterRef("pk"), state__in=COUNTED)
    .order_by()
    .values("procurement")
    .annotate(number=Count("*"))
    .values("number"),
    output_field=IntegerField(),
)
"""Of a notice, read from its index; joining a year of sign-ups to its notices takes three times as long."""


class Rates:
    """The shares that follow from the counts and sums of a report or of one of its lines; of one, four places."""

    __slots__ = ()
    notices: int
    sign_ups: int
    selected: int
    ceiling_by_price: Decimal
    amount_by_price: Decimal

    @property
    def sign_ups_per_notice(self) -> Decimal:
        return _share(self.sign_ups, self.notices).quantize(Decimal("0.01"))

    @property
    def selection_rate(self) -> Decimal:
        """Selected of the notices."""
        return _share(self.selected, self.notices)

    @property
    def saving_rate(self) -> Decimal:
        """(Σ ceilings − Σ awards) ÷ Σ ceilings over price selection alone."""
        return _share(self.ceiling_by_price - self.amount_by_price, self.ceiling_by_price)

    @property
    def saving_percent(self) -> Decimal:
        return self.saving_rate * 100

    @property
    def selection_percent(self) -> Decimal:
        return self.selection_rate * 100


@dataclass(frozen=True, slots=True)
class Figures(Rates):
    """What a city reports. Amounts in yuan."""

    owners: int
    owners_in_person: int
    """Of them natural persons."""
    agencies: int
    items: int
    notices: int
    sign_ups: int
    selected: int
    failed: int
    amount: Decimal
    ceiling_by_price: Decimal
    amount_by_price: Decimal

    def as_json(self) -> dict[str, str]:
        told = {name: str(value) for name, value in asdict(self).items()}
        rates = ("sign_ups_per_notice", "selection_rate", "saving_rate")
        return told | {name: str(getattr(self, name)) for name in rates}


@dataclass(frozen=True, slots=True)
class Row(Rates):
    """One line of a breakdown."""

    key: str
    label: str
    notices: int
    sign_ups: int
    selected: int
    amount: Decimal
    ceiling_by_price: Decimal
    amount_by_price: Decimal


def overview(first: date, last: date, *, sign_ups: int | None = None) -> Figures:
    """The figures of a period: notices by their publication, everything else by its notice. Seven queries.

    `sign_ups`, where a breakdown has counted them already, saves the dearest.
    """
    found = _notices(first, last)
    decided = _decided(found)
    sums = decided.aggregate(
        number=Count("pk"),
        total=Sum("amount"),
        top=Sum("ceiling", filter=_by_price()),
        priced=Sum("amount", filter=_by_price()),
    )
    entrants = Entrant.objects.filter(published_at__isnull=False)
    persons = Count("pk", filter=Q(organisation__kind=PERSON))
    kinds = {
        kind: counts for kind, *counts in entrants.values_list("kind").annotate(number=Count("pk"), persons=persons)
    }
    owners, owners_in_person = kinds.get(EntrantKind.OWNER.value, (0, 0))
    return Figures(
        owners=owners,
        owners_in_person=owners_in_person,
        agencies=kinds.get(EntrantKind.AGENCY.value, (0, 0))[0],
        items=ServiceItem.objects.filter(withdrawn_at__isnull=True).count(),
        notices=found.count(),
        sign_ups=_sign_ups(found) if sign_ups is None else sign_ups,
        selected=sums["number"],
        failed=found.filter(failed_rounds__gt=0, state__in=["FAILED", "EXPIRED", "VOID"]).count(),
        amount=sums["total"] or Decimal(0),
        ceiling_by_price=sums["top"] or Decimal(0),
        amount_by_price=sums["priced"] or Decimal(0),
    )


def by_month(first: date, last: date) -> list[Row]:
    """Month by month."""
    month = TruncMonth("published_at", tzinfo=SHANGHAI)
    selected = TruncMonth("procurement__published_at", tzinfo=SHANGHAI)
    rows = _breakdown(_notices(first, last), month, selected)
    return [_row(f"{key:%Y-%m}", f"{key:%Y-%m}", *values) for key, *values in rows]


def by_item(first: date, last: date) -> list[Row]:
    """Item by item, those with most notices first."""
    rows = _breakdown(_notices(first, last), F("item_id"), F("procurement__item_id"))
    names = dict(ServiceItem.objects.values_list("pk", "name"))
    return [_row(str(key), names[key], *values) for key, *values in sorted(rows, key=lambda row: -row[1])]


def by_district(first: date, last: date) -> list[Row]:
    """District by district, by the region of the notice."""
    rows = _breakdown(_notices(first, last), Substr("region", 1, 6), Substr("procurement__region", 1, 6))
    return [_row(key, region_name(key), *values) for key, *values in rows]


def by_way(first: date, last: date) -> list[Row]:
    """Method by method."""
    rows = _breakdown(_notices(first, last), F("method"), F("procurement__method"))
    return [_row(key, key, *values) for key, *values in rows]


def _breakdown(found: "QuerySet[Procurement]", notices_by: Any, selections_by: Any) -> list[tuple[Any, ...]]:
    """(key, notices, sign-ups, selected, amount, ceilings, awards of price selection); two queries."""
    counted = (
        found.order_by()
        .annotate(key=notices_by, signed=_SIGN_UPS_OF_ONE)
        .values("key")
        .annotate(number=Count("pk"), sign_ups=Sum("signed"))
        .values_list("key", "number", "sign_ups")
    )
    sums = {
        row["key"]: row
        for row in _decided(found)
        .order_by()
        .annotate(key=selections_by)
        .values("key")
        .annotate(
            number=Count("pk"),
            total=Sum("amount"),
            top=Sum("ceiling", filter=_by_price()),
            priced=Sum("amount", filter=_by_price()),
        )
    }
    empty = {"number": 0, "total": None, "top": None, "priced": None}
    rows = []
    for key, number, sign_ups in sorted(counted):
        found_sums = sums.get(key, empty)
        told = (found_sums[name] for name in ("number", "total", "top", "priced"))
        rows.append((key, number, sign_ups or 0, *told))
    return rows


def _row(
    key: str, label: str, notices: int, sign_ups: int, selected: int, amount: Any, ceiling: Any, by_price: Any
) -> Row:
    zero = Decimal(0)
    return Row(key, label, notices, sign_ups, selected, amount or zero, ceiling or zero, by_price or zero)


def _notices(first: date, last: date) -> "QuerySet[Procurement]":
    begins, ends = _instants(first, last)
    return Procurement.objects.filter(version__gt=0, published_at__gte=begins, published_at__lt=ends)


def _decided(found: "QuerySet[Procurement]") -> "QuerySet[Selection]":
    return Selection.objects.filter(state=SelectionState.DECIDED.value, procurement__in=found)


def _sign_ups(found: "QuerySet[Procurement]") -> int:
    return SignUp.objects.filter(procurement__in=found, state__in=COUNTED).count()


def _by_price() -> Q:
    return Q(way__in=BY_PRICE, amount__isnull=False, ceiling__isnull=False)


def _instants(first: date, last: date) -> tuple[datetime, datetime]:
    return (
        datetime.combine(first, time(), tzinfo=SHANGHAI),
        datetime.combine(last + timedelta(days=1), time(), tzinfo=SHANGHAI),
    )


def _share(part: Decimal | int, whole: Decimal | int) -> Decimal:
    return (Decimal(part) / Decimal(whole)).quantize(FEN) if whole else Decimal(0)
