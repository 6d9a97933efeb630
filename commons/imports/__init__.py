"""Bulk import: what a city had before Luochui, row by row, with a dry run, a report and its provenance.

A subject declares an `Importer` beside its own services and registers it in its app's `ready()`; the pages, the
command, limits, dry run, report, re-runs and corrections come with it:

    @dataclass(frozen=True, slots=True)
    class PermitRow:
        permit_no: str
        uscc: str
        instrument: str
        quantity: Decimal
        valid_from: date
        valid_until: date

    def create(row: PermitRow, context: ImportContext) -> str:
        permit = services.record_permit(actor=context.actor, …, provenance=context.provenance,
                                        document_sha256=context.document_sha256, at=context.at)
        return f"permit:{permit.id}"          # the reference that a correction names later

    register(
        Importer(
            kind="permits",
            label=gettext_noop("Emission permits"),
            row=PermitRow,
            columns=(
                columns.text("permit_no", "许可证编号", "permit_no", max_length=40),
                columns.uscc("uscc", "统一社会信用代码", "uscc"),
                columns.choice("instrument", "污染物", "instrument", choices={"COD": "COD", "化学需氧量": "COD", …}),
                columns.decimal("quantity", "许可排放量（吨/年）", "quantity", places=3),
                columns.day("valid_from", "有效期起", "valid_from"),
                columns.day("valid_until", "有效期止", "valid_until"),
            ),
            key=lambda row: f"{row.permit_no}/{row.instrument}",
            create=create,
            correct=correct,              # (row, replaced reference, context) -> reference; leave out where none may be
        )
    )

`create` and `correct` run inside the row's own savepoint and raise any `Refusal` to refuse the row; they write to the
database only (a dry run really runs them, and rolls back). Rows of one file stand alone: a later row must not need an
earlier one of the same file. `key` says which rows are the same thing: a row seen before with the same values is
"unchanged"; with other values it is refused, unless the run is a correction with a reason.
"""
