"""Questions about cases; the package that works on them pulls what waits."""

from collections.abc import Collection
from dataclasses import dataclass

from commons.intake.domain import Case, CaseState
from commons.intake.models import IntakeCase
from commons.people.domain.natural import is_reference
from commons.people.models import Organisation


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case and how far it is."""

    case: Case
    state: CaseState


def waiting(*, limit: int = 100) -> list[CaseView]:
    """Cases that nobody has taken yet, the oldest first."""
    return [_view(row) for row in IntakeCase.objects.filter(state=CaseState.RECEIVED.value)[:limit]]


def waiting_of(organisation_id: int, *, limit: int = 20) -> list[CaseView]:
    """The cases of one applicant that nobody has taken yet, the oldest first; one query."""
    code = Organisation.objects.filter(pk=organisation_id).values("uscc")
    rows = IntakeCase.objects.filter(state=CaseState.RECEIVED.value, applicant_uscc__in=code)
    return [_view(row) for row in rows[:limit]]


def case(number: str) -> CaseView | None:
    """One case by its number."""
    row = IntakeCase.objects.filter(number=number).first()
    return _view(row) if row else None


def _view(row: IntakeCase) -> CaseView:
    code = row.applicant_uscc
    case = Case(row.number, row.item, row.applicant, code, row.due_on, natural_person=is_reference(code))
    return CaseView(case, CaseState(row.state))


def cancelled(numbers: Collection[str]) -> list[str]:
    """Those of the cases that the intake has withdrawn; one query."""
    rows = IntakeCase.objects.filter(number__in=list(numbers), state=CaseState.CANCELLED.value)
    return list(rows.order_by("id").values_list("number", flat=True)) if numbers else []
