"""The company library: enterprises, authorities and institutions."""

from dataclasses import dataclass

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.evidence import services as evidence
from commons.imports.domain import columns
from commons.imports.importer import ImportContext, Importer
from commons.people.models import Organisation
from commons.people.models.organisation import OrganisationKind
from commons.search import services as search

KINDS = {
    "企业": OrganisationKind.ENTERPRISE.value,
    "机关": OrganisationKind.GOVERNMENT.value,
    "事业单位": OrganisationKind.INSTITUTION.value,
    "enterprise": OrganisationKind.ENTERPRISE.value,
    "government": OrganisationKind.GOVERNMENT.value,
    "institution": OrganisationKind.INSTITUTION.value,
}


class AlreadyRegistered(Refusal):
    """The organisation registered itself; an import does not overwrite what it said."""

    code = "ORGANISATION_ALREADY_REGISTERED"
    message = gettext_noop("An organisation with the code %(uscc)s is registered already; correct it on its own page.")


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """One organisation of the file."""

    uscc: str
    name: str
    region: str
    kind: str | None
    legal_representative: str | None
    controller_uscc: str | None


def create(row: CompanyRow, context: ImportContext) -> str:
    """Enter an organisation. Refuses (`AlreadyRegistered`) a code that is known by another way than imports."""
    if Organisation.objects.filter(uscc=row.uscc).exists():
        raise AlreadyRegistered(uscc=row.uscc)
    made = Organisation.objects.create(
        uscc=row.uscc, provenance=context.provenance, registered_at=context.at, **_fields(row)
    )
    search.store(kind="organisation", ref=made.pk, text=f"{row.name} {row.uscc}")
    _record(row, made.pk, context, "OrganisationImported")
    return f"organisation:{made.pk}"


def correct(row: CompanyRow, reference: str, context: ImportContext) -> str:
    """Bring the organisation to what the correction says; what it said before stays in the superseded row."""
    number = int(reference.removeprefix("organisation:"))
    changed = Organisation.objects.filter(pk=number, uscc=row.uscc).update(**_fields(row))
    assert changed == 1, f"{reference} is not the organisation of this row"
    search.store(kind="organisation", ref=number, text=f"{row.name} {row.uscc}")
    _record(row, number, context, "OrganisationCorrected")
    return reference


def _fields(row: CompanyRow) -> dict[str, str]:
    return {
        "name": row.name,
        "region": row.region,
        "kind": row.kind or OrganisationKind.ENTERPRISE.value,
        "legal_representative": row.legal_representative or "",
        "controller_uscc": row.controller_uscc or "",
    }


def _record(row: CompanyRow, number: int, context: ImportContext, event: str) -> None:
    # The legal representative is a person: the evidence holds the document and the line, not the name.
    evidence.append(
        stream=f"organisation:{number}",
        type=event,
        actor=context.actor,
        payload={
            "uscc": row.uscc,
            "provenance": context.provenance,
            "document": context.document_sha256,
            "run": str(context.run_id),
            "line": str(context.line),
            "reason": context.reason,
        },
        decided_at=context.at,
    )


IMPORTER = Importer(
    kind="companies",
    label=gettext_noop("Companies and other organisations"),
    row=CompanyRow,
    columns=(
        columns.uscc("uscc", "统一社会信用代码", "uscc", "credit code"),
        columns.text("name", "名称", "单位名称", "企业名称", "name"),
        columns.region("region", "行政区划", "行政区划代码", "region"),
        columns.choice("kind", "类型", "kind", choices=KINDS, required=False),
        columns.text("legal_representative", "法定代表人", "legal representative", max_length=64, required=False),
        columns.uscc("controller_uscc", "控股单位代码", "controller", required=False),
    ),
    key=lambda row: row.uscc,
    create=create,
    correct=correct,
)
