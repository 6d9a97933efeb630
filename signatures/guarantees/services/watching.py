"""What time brings about: warnings before a guarantee ends, and its end."""

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, transaction

from commons.domain.actor import system_actor
from commons.domain.deadlines import local_day
from commons.domain.text import gettext_noop
from commons.parameters import queries as parameters
from signatures.guarantees.domain.dossier import Dossier
from signatures.guarantees.domain.states import BEFORE_ISSUE, MACHINE, SECRET, GuaranteeCommand, GuaranteeState
from signatures.guarantees.models import Guarantee, UsedNonce
from signatures.guarantees.services.applying import tell_issuer
from signatures.guarantees.services.common import ends_at, locked, move, tell

log = logging.getLogger(__name__)
TIMEKEEPER = system_actor("timekeeper")
BATCH = 200
NONCES_KEPT_FOR = timedelta(hours=1)


def advance_due(at: datetime) -> int:
    """Warn and expire what is due at `at`; gives the number of guarantees looked at. Idempotent."""
    UsedNonce.objects.filter(at__lt=at - NONCES_KEPT_FOR).delete()
    due = Guarantee.objects.filter(wake_at__lte=at).order_by("wake_at", "id")
    done = 0
    for ref in list(due.values_list("ref", flat=True)[:BATCH]):
        try:
            done += _advance(ref, at)
        except (DatabaseError, InterfaceError):
            raise
        except Exception:
            # One row that cannot be read does not hold up the others.
            log.exception("a guarantee could not be advanced")
    return done


@transaction.atomic
def _advance(ref: str, at: datetime) -> bool:
    row, dossier = locked(ref)
    if row.wake_at is None or row.wake_at > at:
        return False
    state = GuaranteeState(row.state)
    if state is GuaranteeState.CLAIMED:
        _tell_unanswered(row, dossier, at)
        Guarantee.objects.filter(pk=row.pk).update(wake_at=None)
        return True
    if at >= ends_at(dossier.expires_on) or (state in BEFORE_ISSUE and at >= dossier.deadline):
        if MACHINE.allows(state, GuaranteeCommand.EXPIRE):
            _tell_expired(row, dossier, at)
            move(row, dossier, GuaranteeCommand.EXPIRE, actor=TIMEKEEPER, role="platform", at=at)
            return True
        Guarantee.objects.filter(pk=row.pk).update(wake_at=None)
        return False
    _warn(row, dossier, at)
    schedule(row, dossier, at)
    return True


def schedule(row: Guarantee, dossier: Dossier, at: datetime) -> None:
    """Look again at the next warning, or when the last day is over."""
    ahead = [moment for moment in _warnings(dossier, at) if moment > at]
    Guarantee.objects.filter(pk=row.pk).update(wake_at=min([*ahead, ends_at(dossier.expires_on)]))


def _warnings(dossier: Dossier, at: datetime) -> list[datetime]:
    days = parameters.value(
        "guarantee.expiry_warning_days",
        trade_type=dossier.trade_type,
        region=dossier.region,
        on=local_day(at),
    )
    assert isinstance(days, tuple), "the parameter is a list of numbers"
    return [ends_at(dossier.expires_on) - timedelta(days=int(day)) for day in days]


def _warn(row: Guarantee, dossier: Dossier, at: datetime) -> None:
    passed = [moment for moment in _warnings(dossier, at) if moment <= at]
    if not passed or row.state not in (GuaranteeState.SEALED, GuaranteeState.OPENED, GuaranteeState.REFUSED):
        return
    key = f"ends:{dossier.expires_on}:{max(passed):%Y%m%d}"
    if row.state in SECRET:
        tell(dossier.applicant_id, gettext_noop("A guarantee of yours ends soon."), row=row, at=at, key=key)
        return
    subject = gettext_noop("A guarantee for %(project)s ends on %(day)s: extend it, claim or release it in time.")
    facts = {"project": dossier.procedure.title, "day": dossier.expires_on.isoformat()}
    for organisation_id in {dossier.applicant_id, dossier.beneficiary_id}:
        tell(organisation_id, subject, row=row, at=at, key=key, **facts)


def _tell_unanswered(row: Guarantee, dossier: Dossier, at: datetime) -> None:
    """The issuer's time for an answer is over: it is reminded, and the beneficiary learns that it is."""
    assert dossier.claim is not None, "it is claimed"
    key, day = f"claim:{len(dossier.claims)}:unanswered", dossier.claim.due_on.isoformat()
    words = gettext_noop("The answer to a claim under your guarantee was due on %(day)s: pay, or refuse with grounds.")
    tell_issuer(row, dossier, "claim", words, at, key=key, day=day)
    subject = gettext_noop("The issuer was to answer your claim by %(day)s and has not answered.")
    tell(dossier.beneficiary_id, subject, row=row, at=at, key=key, day=day)


def _tell_expired(row: Guarantee, dossier: Dossier, at: datetime) -> None:
    concerned = {dossier.applicant_id} if row.state in SECRET else {dossier.applicant_id, dossier.beneficiary_id}
    for organisation_id in concerned:
        tell(organisation_id, gettext_noop("A guarantee has expired."), row=row, at=at, key="expired")
    tell_issuer(row, dossier, "expiry", gettext_noop("A guarantee that you issued has expired."), at)
