"""What stands in the tables of results, held against what the log was told as each report was entered."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from bidding.awards.models import EvaluationReport
from commons.domain.money import normal_text
from commons.evidence import queries as evidence
from commons.evidence.domain.canonical import JSON, decode
from commons.evidence.domain.report import Report

MOST = 10_000
"""Entries of the longest section."""


def result_faults(report: Report) -> Iterator[str]:
    """Reports whose bidders, ranks or prices are not those that were entered."""
    for row in EvaluationReport.objects.prefetch_related("lines").order_by("pk").iterator(chunk_size=200):
        now = {
            (f"organisation:{line.organisation_id}", str(line.rank), normal_text(line.price))
            for line in row.lines.all()
        }
        if now != _entered(row):
            yield f"section:{row.section_id} report {row.pk} is not what was entered"


def _entered(row: EvaluationReport) -> set[tuple[str, str, str]]:
    for link in evidence.entries(f"section:{row.section_id}", limit=MOST):
        payload = decode(link.payload) if link.type == "ReportEntered" else None
        if isinstance(payload, Mapping) and payload.get("report") == f"report:{row.pk}":
            return {_line(one) for one in _lines(payload)}
    return set()


def _lines(payload: Mapping[str, JSON]) -> list[Mapping[str, JSON]]:
    found = payload["lines"]
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _line(one: Mapping[str, JSON]) -> tuple[str, str, str]:
    return str(one["organisation"]), str(one["rank"]), normal_text(Decimal(str(one["price"])))
