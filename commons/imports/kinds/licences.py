"""The licence library of a city without an electronic licence system: what issuers say of each licence."""

from dataclasses import dataclass
from datetime import date

from commons.domain.codes import Uscc
from commons.domain.refusals import Malformed
from commons.domain.text import gettext_noop
from commons.evidence import services as evidence
from commons.imports.domain import columns
from commons.imports.importer import ImportContext, Importer
from commons.licences.domain import Licence, LicenceKind
from commons.licences.embedded import report

KINDS = {
    "营业执照": LicenceKind.BUSINESS_LICENCE.value,
    "排污许可证": LicenceKind.EMISSION_PERMIT.value,
    "资质证书": LicenceKind.QUALIFICATION.value,
    "business licence": LicenceKind.BUSINESS_LICENCE.value,
    "emission permit": LicenceKind.EMISSION_PERMIT.value,
    "qualification": LicenceKind.QUALIFICATION.value,
}
STATES = {"有效": "valid", "暂扣": "suspended", "吊销": "revoked", "valid": "valid", "suspended": "suspended"}
STATES |= {"注销": "revoked", "revoked": "revoked"}


@dataclass(frozen=True, slots=True)
class LicenceRow:
    """One licence as its issuer says it stands."""

    kind: str
    number: str
    issuer: str
    holder: str
    holder_uscc: str
    valid_from: date
    valid_until: date | None
    state: str | None
    scope: str | None
    grade: int | None


def create(row: LicenceRow, context: ImportContext) -> str:
    """Enter what the issuer says. Refuses (`Malformed`) a licence that ends before it begins."""
    if row.valid_until is not None and row.valid_until < row.valid_from:
        raise Malformed(field="有效期至", reason=gettext_noop("it ends before it begins"))
    report(
        Licence(
            kind=LicenceKind(row.kind),
            number=row.number,
            issuer=row.issuer,
            holder=row.holder,
            holder_uscc=Uscc(row.holder_uscc),
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            suspended=row.state == "suspended",
            revoked=row.state == "revoked",
            identifier="",
            scope=row.scope or "",
            grade=row.grade or 0,
        ),
        at=context.at,
    )
    evidence.append(
        stream="licences",
        type="LicenceReported",
        actor=context.actor,
        payload={
            "kind": row.kind,
            "number": row.number,
            "holder": row.holder_uscc,
            "state": row.state or "valid",
            "document": context.document_sha256,
            "run": str(context.run_id),
            "line": str(context.line),
            "reason": context.reason,
        },
        decided_at=context.at,
    )
    return f"licence:{row.number}"[:80]


def correct(row: LicenceRow, reference: str, context: ImportContext) -> str:
    """What is said later counts; what was said before stays in the library."""
    return create(row, context)


IMPORTER = Importer(
    kind="licences",
    label=gettext_noop("Licences, permits and qualifications"),
    row=LicenceRow,
    columns=(
        columns.choice("kind", "证照类型", "kind", choices=KINDS),
        columns.text("number", "证照编号", "number", max_length=40),
        columns.text("issuer", "发证机关", "issuer", max_length=120),
        columns.text("holder", "持证主体", "holder", max_length=120),
        columns.uscc("holder_uscc", "统一社会信用代码", "holder uscc", "credit code"),
        columns.day("valid_from", "有效期起", "valid from"),
        columns.day("valid_until", "有效期至", "valid until", required=False),
        columns.choice("state", "状态", "state", choices=STATES, required=False),
        columns.text("scope", "资质代码", "scope", max_length=24, required=False),
        columns.integer("grade", "等级", "grade", required=False),
    ),
    key=lambda row: f"{row.kind}/{row.number}",
    create=create,
    correct=correct,
)
