"""Running an import: the same code for the dry run, which rolls back, and for the import itself.

Rows go in by the hundred, each in a savepoint of its own: a refused row leaves no trace, a crash leaves whole rows, and
the same file can simply be run again, for rows that are there already count as unchanged. Short transactions also keep
the writers of a live room from waiting.
"""

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO

from django.db import DataError, IntegrityError, transaction

from commons.domain.actor import Actor
from commons.domain.refusals import Malformed, NotAllowedNow, NotFound, Refusal
from commons.domain.text import gettext_noop
from commons.evidence import services as evidence
from commons.imports import importer as registry
from commons.imports import policies, sheets
from commons.imports.domain.columns import as_stored
from commons.imports.domain.tables import Layout, Limits, Line, SameKeyTwice, match_headings
from commons.imports.importer import ImportContext, Importer
from commons.imports.models import ImportedRow, ImportRun, RefusedRow, RunState
from commons.imports.queries import RunView, view
from commons.vault import services as vault
from commons.vault.queries import StoredDocument

ROWS_AT_ONCE = 100
LONGEST_REASON = 200

ORDINARY = Limits()


class DiffersFromImported(Refusal):
    """The same thing was imported before with other values."""

    code = "IMPORT_DIFFERS"
    message = gettext_noop(
        "Line %(line)s of run %(run)s says something else about this (%(key)s). To replace it, import the file as a "
        "correction and give the reason."
    )


class CannotBeCorrected(Refusal):
    code = "IMPORT_CANNOT_BE_CORRECTED"
    message = gettext_noop("This was imported before (%(key)s) and cannot be replaced by an import.")


class ImportCollision(Refusal):
    code = "IMPORT_COLLISION"
    message = gettext_noop("Another entry with the same number exists already.")


class ValueTooLarge(Refusal):
    code = "IMPORT_VALUE_TOO_LARGE"
    message = gettext_noop("A number or text of this row is larger than can be kept.")
    status = 400


@dataclass(slots=True)
class _Work:
    """A run in progress."""

    importer: Importer[Any]
    run: ImportRun
    actor: Actor
    at: datetime
    layout: Layout
    counts: Counter[str] = field(default_factory=Counter)
    seen: dict[str, int] = field(default_factory=dict)
    refused: list[RefusedRow] = field(default_factory=list)


def import_file(
    *,
    actor: Actor,
    kind: str,
    file: BinaryIO,
    name: str,
    at: datetime,
    dry_run: bool,
    correction_reason: str = "",
    limits: Limits = ORDINARY,
) -> RunView:
    """Read a file and bring its rows in, or only say what would happen. Gives the run with its counts.

    Refuses (`NotFound`) an unknown kind, actors without the right, a reason that is too long (`Malformed`), and
    the file as a whole: `FileRefused`, `HeadingsMissing`, `HeadingTwice`, and the vault's refusals.
    Refused rows do not stop the others.
    """
    importer = _importer(kind)
    policies.can_import(actor, importer).require()
    if len(correction_reason.strip()) > LONGEST_REASON:
        raise Malformed(field="correction_reason", reason=gettext_noop("it is too long"))
    content = file.read(limits.file_bytes + 1)
    lines = list(sheets.read(io.BytesIO(content), name=name, limits=limits))
    layout = match_headings(lines[0], importer.columns)
    document = vault.store(
        actor=actor,
        stream=io.BytesIO(content),
        name=name,
        media_type=sheets.media_type(name),
        at=at,
        sensitive=True,
        subject=f"import:{kind}",
    )
    return _run(importer, actor, document, lines[1:], layout, at, dry_run, correction_reason.strip())


def carry_out(*, actor: Actor, run_id: int, at: datetime, limits: Limits = ORDINARY) -> RunView:
    """Import the very document that a dry run looked at, with the same reason for corrections.

    Refuses (`NotFound`) unknown runs, (`NotAllowedNow`) runs that were no dry run, and actors without the right.
    """
    dry = ImportRun.objects.filter(pk=run_id).first()
    if dry is None:
        raise NotFound()
    importer = _importer(dry.kind)
    policies.can_import(actor, importer).require()
    if not dry.dry_run or dry.state != RunState.FINISHED:
        raise NotAllowedNow(command=gettext_noop("import"), state=dry.state)
    opened = vault.open_document(
        actor=actor, document_id=dry.document_id, at=at, decision=policies.can_import(actor, importer)
    )
    lines = list(sheets.read(io.BytesIO(b"".join(opened.chunks)), name=dry.file_name, limits=limits))
    layout = match_headings(lines[0], importer.columns)
    return _run(importer, actor, opened.document, lines[1:], layout, at, False, dry.correction_reason)


def _importer(kind: str) -> Importer[Any]:
    found = registry.importer(kind)
    if found is None:
        raise NotFound()
    return found


def _run(
    importer: Importer[Any],
    actor: Actor,
    document: StoredDocument,
    lines: Sequence[Line],
    layout: Layout,
    at: datetime,
    dry_run: bool,
    correction_reason: str,
) -> RunView:
    run = ImportRun.objects.create(
        kind=importer.kind,
        document_id=document.id,
        document_sha256=document.sha256,
        file_name=document.name,
        dry_run=dry_run,
        correction_reason=correction_reason,
        started_by_id=actor.person_id,
        started_at=at,
        ignored_headings=list(layout.ignored),
    )
    work = _Work(importer, run, actor, at, layout)
    remaining = iter(lines)
    while batch := list(islice(remaining, ROWS_AT_ONCE)):
        _take_batch(work, batch)
    return _finish(work)


def _take_batch(work: _Work, batch: Sequence[Line]) -> None:
    with transaction.atomic():
        for line in batch:
            work.counts[_take(work, line)] += 1
        if work.run.dry_run:
            transaction.set_rollback(True)
    RefusedRow.objects.bulk_create(work.refused)
    work.refused.clear()


def _take(work: _Work, line: Line) -> str:
    """Bring one line in; gives what became of it: created, corrected, unchanged or refused."""
    values, wrong = work.layout.values(line, work.importer.columns)
    if wrong:
        return _refuse(work, line, wrong)
    row = work.importer.row(**values)
    try:
        with transaction.atomic():
            return _store(work, line, row, {name: as_stored(value) for name, value in values.items()})
    except Refusal as refusal:
        return _refuse(work, line, (refusal,))
    except IntegrityError:
        return _refuse(work, line, (ImportCollision(),))
    except (DataError, OverflowError):
        return _refuse(work, line, (ValueTooLarge(),))


def _store(work: _Work, line: Line, row: Any, values: dict[str, str | None]) -> str:
    key = work.importer.key(row)
    if key in work.seen:
        raise SameKeyTwice(line=work.seen[key], key=key)
    work.seen[key] = line.number
    current = (
        ImportedRow.objects.select_for_update(of=("self",))
        .filter(kind=work.importer.kind, key=key, replaced_by__isnull=True)
        .first()
    )
    if current is not None and current.values == values:
        return "unchanged"
    reference = _apply(work, line, row, key, current)
    ImportedRow.objects.create(
        run=work.run,
        kind=work.importer.kind,
        key=key,
        line=line.number,
        values=values,
        reference=reference,
        replaces=current,
        reason=work.run.correction_reason if current else "",
    )
    return "corrected" if current else "created"


def _apply(work: _Work, line: Line, row: Any, key: str, current: ImportedRow | None) -> str:
    """Call the subject's own service; gives the reference of what it made."""
    reason = work.run.correction_reason
    context = ImportContext(
        actor=work.actor,
        at=work.at,
        run_id=work.run.pk,
        document_sha256=work.run.document_sha256,
        line=line.number,
        reason=reason if current else "",
    )
    if current is None:
        return work.importer.create(row, context)
    if work.importer.correct is None:
        raise CannotBeCorrected(key=key)
    if not reason:
        raise DiffersFromImported(line=current.line, run=current.run_id, key=key)
    return work.importer.correct(row, current.reference, context)


def _refuse(work: _Work, line: Line, refusals: Sequence[Refusal]) -> str:
    reasons = [{"code": refusal.code, "message": refusal.message, "fields": refusal.fields} for refusal in refusals]
    work.refused.append(RefusedRow(run=work.run, line=line.number, cells=line.as_text(), refusals=reasons))
    return "refused"


def _finish(work: _Work) -> RunView:
    run = work.run
    counts = {name: work.counts[name] for name in ("created", "corrected", "unchanged", "refused")}
    with transaction.atomic():
        ImportRun.objects.filter(pk=run.pk).update(state=RunState.FINISHED, **counts)
        evidence.append(
            stream=f"import:{run.pk}",
            type="DryRunFinished" if run.dry_run else "ImportFinished",
            actor=work.actor,
            payload={
                "kind": run.kind,
                "document": run.document_sha256,
                "reason": run.correction_reason,
                **{name: str(count) for name, count in counts.items()},
            },
            decided_at=work.at,
        )
    return view(ImportRun.objects.select_related("started_by").get(pk=run.pk))
