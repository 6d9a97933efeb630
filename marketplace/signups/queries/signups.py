"""Sign-ups as values: for the selection, for their agency, and for everybody once the sign-up is closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet

from commons.domain.actor import Actor
from commons.repeated import Repeated
from commons.secrecy.fields import Party
from marketplace.entry import queries as entry
from marketplace.procurement.domain.states import UNPUBLISHED, ProcurementState
from marketplace.procurement.queries import ProcurementView
from marketplace.signups.domain.signups import SignUpState
from marketplace.signups.models import SignUp, Subscription


@dataclass(frozen=True, slots=True)
class SignUpView:
    """One sign-up. `quote` (yuan, or percent off) and `salt` are there from the opening on."""

    id: int
    procurement_id: int
    version: int
    agency_id: int
    organisation_id: int
    agency_name: str
    agency_uscc: str
    state: SignUpState
    signed_up_at: datetime
    quote: Decimal | None
    opened_at: datetime | None
    salt: str
    proposal_id: int | None
    commitment: str
    evidence_hash: str
    bars: tuple[Mapping[str, Any], ...]

    @property
    def opened(self) -> bool:
        return self.opened_at is not None


def sign_ups_of(procurement_id: int) -> list[SignUpView]:
    """Every sign-up that counts for the version in force, active or disqualified, in the order of arrival; one query.

    Once the sign-up is closed: before, nobody is named, not even to the selection.
    """
    return [view(row) for row in _NAMED.rows(procurement_id)]


_NAMED: Repeated[SignUp] = Repeated(
    lambda number: (
        SignUp.objects.select_related("agency__organisation")
        .filter(procurement_id=number, version=F("procurement__version"), agency__isnull=False)
        .filter(state__in=[SignUpState.ACTIVE.value, SignUpState.DISQUALIFIED.value])
        .order_by("id")
    )
)


def counted(procurement_id: int) -> int:
    """How many active sign-ups the version in force has."""
    rows = SignUp.objects.filter(procurement_id=procurement_id, state=SignUpState.ACTIVE.value)
    return rows.filter(version=F("procurement__version")).count()


def visible_sign_ups(found: ProcurementView) -> list[SignUpView]:
    """What everybody may read: nothing while sign-ups are taken, then who took part, and from the opening on what."""
    return [] if is_hidden(found) else sign_ups_of(found.id)


def count_shown(found: ProcurementView) -> int | None:
    """How many signed up, to everybody; None while it is hidden."""
    return None if is_hidden(found) else counted(found.id)


def is_hidden(found: ProcurementView) -> bool:
    """Who signed up, and how many, stays secret until the sign-up is closed."""
    return found.state in UNPUBLISHED or found.state in (ProcurementState.SIGNING_UP, ProcurementState.SUSPENDED)


def own_sign_up(actor: Actor, procurement_id: int) -> SignUp | None:
    """The newest sign-up of the actor's agency for a procurement, unless it was withdrawn; the agency's own row."""
    if actor.organisation_id is None:
        return None
    rows = _rows().filter(party=Party(procurement_id, actor.organisation_id))
    return rows.exclude(state=SignUpState.WITHDRAWN.value).order_by("-id").first()


def own_sign_ups(actor: Actor) -> "QuerySet[SignUp]":
    """Every sign-up of the actor's agency, the newest first; those that are named to nobody yet are looked up."""
    if actor.organisation_id is None:
        return SignUp.objects.none()
    entries = entry.numbers_of(actor.organisation_id)
    unnamed = SignUp.objects.filter(agency__isnull=True).order_by().values_list("procurement_id", flat=True).distinct()
    parties = [Party(number, actor.organisation_id) for number in unnamed]
    return _rows().filter(Q(agency_id__in=entries) | Q(party__in=parties)).order_by("-id")


def subscriptions_of(agency_id: int) -> list[Subscription]:
    """What an agency wants to hear of."""
    return list(Subscription.objects.select_related("item").filter(agency_id=agency_id).order_by("id"))


def view(row: SignUp) -> SignUpView:
    """A row that names its agency, read with it, as a value; what is sealed stays so."""
    assert row.agency is not None, "the sign-up is closed"
    salt = row.sealed["salt"] if row.opened_at is not None else ""
    return SignUpView(
        id=row.pk,
        procurement_id=row.procurement_id,
        version=row.version,
        agency_id=row.agency.pk,
        organisation_id=row.agency.organisation_id,
        agency_name=row.agency.organisation.name,
        agency_uscc=row.agency.organisation.uscc,
        state=SignUpState(row.state),
        signed_up_at=row.signed_up_at,
        quote=row.quote,
        opened_at=row.opened_at,
        salt=salt,
        proposal_id=row.proposal_id,
        commitment=row.commitment,
        evidence_hash=row.evidence_hash,
        bars=tuple(row.bars),
    )


def _rows() -> "QuerySet[SignUp]":
    return SignUp.objects.select_related("agency__organisation", "procurement__item")
