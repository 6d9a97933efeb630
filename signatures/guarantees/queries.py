"""Questions about guarantees; each takes the viewer, so that applicant and issuer alone see what is secret."""

import base64
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from commons.domain.actor import Actor, Role
from commons.domain.money import Money
from commons.domain.refusals import NotFound
from commons.evidence.domain import canonical
from signatures.guarantees import policies, safe
from signatures.guarantees.domain.chain import Entry
from signatures.guarantees.domain.checks import FAULT_TEXTS, Fault
from signatures.guarantees.domain.dossier import Dossier
from signatures.guarantees.domain.states import ALIVE, GuaranteeState
from signatures.guarantees.domain.terms import IssuerKind, IssuerStatus
from signatures.guarantees.labels import CLAIM_GROUNDS, ISSUER_KINDS, ISSUER_STATUSES, STATES
from signatures.guarantees.models import CreditLine, Guarantee, Issuer, StatusEntry, StatusPublication

_GROUNDS = {ground.value: label for ground, label in CLAIM_GROUNDS.items()}
_STANDING = [
    state.value for state in (GuaranteeState.APPLIED, GuaranteeState.UNDERWRITING, *ALIVE, GuaranteeState.PAID)
]
_ISSUED = [state.value for state in (*ALIVE, GuaranteeState.PAID)]


@dataclass(frozen=True, slots=True)
class GuaranteeView:
    """A guarantee as one of those concerned sees it."""

    ref: str
    state: GuaranteeState
    dossier: Dossier
    opened_at: datetime | None
    as_issuer: bool
    """The viewer works for the issuer, which learns the procedure at the opening."""

    @property
    def state_label(self) -> str:
        return str(STATES[self.state][0])

    @property
    def tone(self) -> str:
        return STATES[self.state][1]

    @property
    def title(self) -> str:
        """For what: the procedure, or its blinded reference for an issuer before the opening."""
        if self.procedure_hidden:
            return gettext("Procedure %(commitment)s…") % {"commitment": self.dossier.commitment[:12]}
        procedure = self.dossier.procedure
        return f"{procedure.title} · {procedure.section_code}"

    @property
    def procedure_hidden(self) -> bool:
        return self.as_issuer and self.opened_at is None

    @property
    def findings(self) -> list[str]:
        """The differences found at the opening, in the reader's language."""
        return [
            gettext(FAULT_TEXTS[Fault(fault)]) % {"found": found, "wanted": _GROUNDS.get(wanted, wanted)}
            for fault, found, wanted in self.dossier.findings
        ]


@dataclass(frozen=True, slots=True)
class IssuerView:
    """An issuer on the list."""

    id: int
    organisation_id: int
    name: str
    uscc: str
    kind: IssuerKind
    status: IssuerStatus
    channel: str
    licence_no: str
    premium_rate: Decimal
    premium_minimum: Decimal

    @property
    def kind_label(self) -> str:
        return str(ISSUER_KINDS[self.kind])

    @property
    def status_label(self) -> str:
        return str(ISSUER_STATUSES[self.status][0])

    @property
    def tone(self) -> str:
        return ISSUER_STATUSES[self.status][1]


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit line, and what of it is in use by guarantees that stand."""

    id: int
    organisation_id: int
    name: str
    limit: Money
    used: Money
    valid_until: date

    @property
    def free(self) -> Money:
        return Money(max(self.limit - self.used, Decimal("0.00")))


def issuers(*, taking: bool = False) -> list[IssuerView]:
    """The list of issuers; `taking`: only those that take applications."""
    found = Issuer.objects.select_related("organisation")
    if taking:
        found = found.filter(status=IssuerStatus.LISTED.value)
    return [_issuer_view(row) for row in found]


def issuer_of(viewer: Actor) -> IssuerView:
    """The issuer that the viewer works for. Refuses (`NotPermitted`, `NotFound`)."""
    policies.can_work_at_issuer(viewer).require()
    if viewer.organisation_id is None:
        raise NotFound()
    row = Issuer.objects.select_related("organisation").filter(organisation_id=viewer.organisation_id).first()
    if row is None:
        raise NotFound()
    return _issuer_view(row)


def mine(viewer: Actor) -> list[GuaranteeView]:
    """The viewer's own applications and guarantees, the latest first."""
    if viewer.organisation_id is None or not viewer.has(Role.BIDDER):
        return []
    rows = Guarantee.objects.filter(applicant_tag=safe.applicant_tag(viewer.organisation_id))
    return _views(rows, as_issuer=False)


def of_issuer(viewer: Actor, *states: GuaranteeState) -> list[GuaranteeView]:
    """What the viewer's issuer was asked for or has issued, the latest first."""
    issuer = issuer_of(viewer)
    rows = Guarantee.objects.filter(issuer_tag=safe.issuer_tag(issuer.id))
    if states:
        rows = rows.filter(state__in=[state.value for state in states])
    return _views(rows, as_issuer=True)


def for_beneficiary(viewer: Actor) -> list[GuaranteeView]:
    """The opened guarantees in the viewer's favour, the latest first."""
    if viewer.organisation_id is None or not viewer.has(*policies.BENEFICIARIES):
        return []
    rows = Guarantee.objects.filter(beneficiary_id=viewer.organisation_id, opened_at__isnull=False)
    return _views(rows, as_issuer=False)


def opened_for(subject: str) -> list[GuaranteeView]:
    """The guarantees that a procedure has opened, for its own desk, which asks with its own policy."""
    return _views(Guarantee.objects.filter(subject=subject, opened_at__isnull=False), as_issuer=False)


def opened(viewer: Actor) -> list[GuaranteeView]:
    """Every opened guarantee, for regulator and auditor. Refuses (`NotPermitted`) others."""
    policies.can_oversee(viewer).require()
    return _views(Guarantee.objects.filter(opened_at__isnull=False), as_issuer=False)


def one(viewer: Actor, ref: str) -> GuaranteeView:
    """One guarantee. Refuses (`NotFound`), also where the viewer may not know of it."""
    row = Guarantee.objects.filter(ref=ref).defer("paper").first()
    if row is None:
        raise NotFound()
    return _seen(viewer, row)


def paper(viewer: Actor, ref: str) -> bytes:
    """The signed PDF. Refuses (`NotFound`)."""
    row = Guarantee.objects.filter(ref=ref).first()
    if row is None:
        raise NotFound()
    _seen(viewer, row)
    found = safe.open_paper(row)
    if found is None:
        raise NotFound()
    return found


def standing_row(subject: str, organisation_id: int) -> Guarantee | None:
    """The issued guarantee of an applicant for a procedure; for the services of this subject."""
    tag = safe.binding_tag(subject, organisation_id)
    return Guarantee.objects.filter(binding_tag=tag, state__in=_ISSUED).defer("paper").first()


def own_for(viewer: Actor, subject: str) -> GuaranteeView | None:
    """The viewer's own application or guarantee for a procedure."""
    if viewer.organisation_id is None or not viewer.has(Role.BIDDER):
        return None
    tag = safe.binding_tag(subject, viewer.organisation_id)
    rows = Guarantee.objects.filter(binding_tag=tag, state__in=_STANDING)
    return next(iter(_views(rows, as_issuer=False)), None)


def credit_of(issuer: Issuer, organisation_id: int, *, on: date) -> Credit | None:
    """The credit line of an applicant that is valid on a day."""
    lines = CreditLine.objects.filter(issuer=issuer, organisation_id=organisation_id, ended_at__isnull=True)
    row = lines.filter(valid_until__gte=on).select_related("organisation").first()
    return _credit(row) if row else None


def credits(viewer: Actor) -> list[Credit]:
    """The credit lines of the viewer's issuer."""
    issuer = issuer_of(viewer)
    rows = CreditLine.objects.filter(issuer_id=issuer.id, ended_at__isnull=True).select_related("organisation")
    return [_credit(row) for row in rows]


def chain_of(anchor: str) -> list[Entry]:
    """The status chain of a guarantee whose anchor one knows. Refuses (`NotFound`).

    Who knows the anchor has the guarantee: applicant, issuer and, from the opening on, beneficiary.
    """
    rows = list(StatusEntry.objects.filter(anchor=anchor).order_by("guarantee_id", "seq"))
    if not rows:
        raise NotFound()
    newest = rows[-1].guarantee_id
    return [_entry(row) for row in rows if row.guarantee_id == newest]


def feed(*, after: int, limit: int) -> list[tuple[int, Entry]]:
    """Published entries after a cursor, oldest first: only of guarantees that were opened."""
    rows = StatusPublication.objects.filter(pk__gt=after).select_related("entry").order_by("pk")[:limit]
    return [(row.pk, _entry(row.entry)) for row in rows]


def bundle(viewer: Actor, ref: str) -> dict[str, Any]:
    """Everything that a stranger needs to check one guarantee offline, `luochui-guarantee-bundle/v1`."""
    row = Guarantee.objects.filter(ref=ref).defer("paper").first()
    if row is None:
        raise NotFound()
    seen = _seen(viewer, row)
    dossier = seen.dossier
    disclosure = None
    if not seen.procedure_hidden:
        disclosure = {"procedure": dossier.procedure.as_json(), "salt": dossier.salt}
    return {
        "format": "luochui-guarantee-bundle/v1",
        "versions": [
            {"data": canonical.decode(one.data), "signature": _base64(one.signature)} for one in dossier.versions
        ],
        "disclosure": disclosure,
        "status": [one.as_json() for one in chain_of(dossier.anchor)] if dossier.anchor else [],
    }


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _seen(viewer: Actor, row: Guarantee) -> GuaranteeView:
    dossier = safe.open_dossier(row)
    issuer = safe.connected_issuer(dossier)
    issuer_org = issuer.organisation_id if issuer else None
    state = GuaranteeState(row.state)
    seen = policies.can_see(viewer, dossier, state, opened=row.opened_at is not None, issuer_org=issuer_org)
    if not seen:
        raise NotFound()
    as_issuer = viewer.organisation_id == issuer_org and viewer.organisation_id != dossier.applicant_id
    return GuaranteeView(row.ref, state, dossier, row.opened_at, as_issuer)


def _views(rows: QuerySet[Guarantee], *, as_issuer: bool) -> list[GuaranteeView]:
    found = rows.defer("paper").order_by("-id")
    return [
        GuaranteeView(row.ref, GuaranteeState(row.state), safe.open_dossier(row), row.opened_at, as_issuer)
        for row in found
    ]


def _credit(row: CreditLine) -> Credit:
    tags = {"issuer_tag": safe.issuer_tag(row.issuer_id), "applicant_tag": safe.applicant_tag(row.organisation_id)}
    standing = Guarantee.objects.filter(**tags, state__in=_ISSUED).defer("paper")
    used = sum((safe.open_dossier(one).amount for one in standing), Decimal("0.00"))
    return Credit(row.pk, row.organisation_id, row.organisation.name, Money(row.limit), Money(used), row.valid_until)


def _entry(row: StatusEntry) -> Entry:
    return Entry(bytes(row.body), row.key, bytes(row.signature))


def _issuer_view(row: Issuer) -> IssuerView:
    return IssuerView(
        id=row.pk,
        organisation_id=row.organisation_id,
        name=row.organisation.name,
        uscc=row.organisation.uscc,
        kind=IssuerKind(row.kind),
        status=IssuerStatus(row.status),
        channel=row.channel,
        licence_no=row.licence_no,
        premium_rate=row.premium_rate,
        premium_minimum=row.premium_minimum,
    )
