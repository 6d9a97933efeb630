"""Questions about imports."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.imports import policies
from commons.imports.models import ImportedRow, ImportRun, RefusedRow, RunState
from commons.paging import Part, numbered
from commons.texts import render

RUNS = 50
"""Runs on one page."""


@dataclass(frozen=True, slots=True)
class RunView:
    """A run and its counts."""

    id: int
    kind: str
    document_id: int
    document_sha256: str
    file_name: str
    dry_run: bool
    correction_reason: str
    finished: bool
    started_by: str
    started_at: datetime
    ignored_headings: tuple[str, ...]
    created: int
    corrected: int
    unchanged: int
    refused: int

    @property
    def would_change(self) -> int:
        """How many rows the run brought in, or would."""
        return self.created + self.corrected


@dataclass(frozen=True, slots=True)
class RefusedRowView:
    """A refused row with its reasons in the reader's language."""

    line: int
    cells: tuple[str, ...]
    codes: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a thing came from: run, document, line; and why it replaced what was there."""

    run_id: int
    document_sha256: str
    line: int
    reference: str
    replaces: str
    reason: str


def run(*, viewer: Actor, run_id: int) -> RunView:
    """One run. Raises `NotPermitted` and `NotFound`."""
    policies.can_see_runs(viewer).require()
    row = ImportRun.objects.select_related("started_by").filter(pk=run_id).first()
    if row is None:
        raise NotFound()
    return view(row)


def runs(*, viewer: Actor, page: int | str | None = 1) -> Part[RunView]:
    """The runs, the latest first. Raises `NotPermitted`."""
    policies.can_see_runs(viewer).require()
    rows = ImportRun.objects.select_related("started_by").order_by("-id")
    return numbered(rows, partial(map, view), number=page, size=RUNS)


def refused_rows(*, viewer: Actor, run_id: int, limit: int | None = None) -> Iterator[RefusedRowView]:
    """The refused rows of a run in the order of the file. Raises `NotPermitted`."""
    policies.can_see_runs(viewer).require()
    rows = RefusedRow.objects.filter(run_id=run_id).order_by("line", "id")
    for row in rows[:limit].iterator():
        yield RefusedRowView(
            line=row.line,
            cells=tuple(row.cells),
            codes=tuple(refusal["code"] for refusal in row.refusals),
            reasons=tuple(render(refusal["message"], refusal["fields"]) for refusal in row.refusals),
        )


def provenance(*, kind: str, key: str) -> list[Provenance]:
    """The rows that described one thing, the newest first."""
    rows = ImportedRow.objects.select_related("run", "replaces").filter(kind=kind, key=key).order_by("-id")
    return [
        Provenance(
            run_id=row.run_id,
            document_sha256=row.run.document_sha256,
            line=row.line,
            reference=row.reference,
            replaces=row.replaces.reference if row.replaces else "",
            reason=row.reason,
        )
        for row in rows
    ]


def view(row: ImportRun) -> RunView:
    """The row as a value."""
    return RunView(
        id=row.pk,
        kind=row.kind,
        document_id=row.document_id,
        document_sha256=row.document_sha256,
        file_name=row.file_name,
        dry_run=row.dry_run,
        correction_reason=row.correction_reason,
        finished=row.state == RunState.FINISHED,
        started_by=row.started_by.name if row.started_by else "",
        started_at=row.started_at,
        ignored_headings=tuple(row.ignored_headings),
        created=row.created,
        corrected=row.corrected,
        unchanged=row.unchanged,
        refused=row.refused,
    )
