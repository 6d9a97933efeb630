"""Keeping the trust list: load it from a file, suspend an authority at once, resume it with a second person."""

import base64
import hashlib
from datetime import datetime

from django.db import transaction

from commons.approvals import services as approvals
from commons.approvals.kinds import register_kind
from commons.domain.actor import Actor, Role
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.evidence import services as evidence
from signatures.crypto.authorities import TrustedAuthority
from signatures.pki import policies
from signatures.pki.domain import trust_list
from signatures.pki.domain.trusting import AUTHORITIES, AuthorityCommand, AuthorityState
from signatures.pki.models import CertificateAuthority, TimeStampService

STREAM = "trust-list"
RESUME = register_kind(
    "signatures.resume_authority",
    request=(Role.OPERATOR,),
    approve=(Role.OPERATOR, Role.HOST),
    label=gettext_noop("Trust a suspended certificate authority again"),
)


@transaction.atomic
def load_trust_list(*, actor: Actor, document: object, at: datetime) -> trust_list.TrustList:
    """Make the trust list that of the document; authorities that it no longer names are withdrawn.

    A suspended authority stays suspended. Raises `NotPermitted`, `TrustListUnreadable`; then nothing is changed.
    """
    policies.can_edit_trust_list(actor).require()
    listed = trust_list.read(document)
    rows = {row.key: row for row in CertificateAuthority.objects.select_for_update()}
    for authority in listed.authorities:
        _list(rows.get(authority.key), authority, actor=actor, at=at)
    for key in rows.keys() - {one.key for one in listed.authorities}:
        if rows[key].state != AuthorityState.WITHDRAWN:
            _step(rows[key], AuthorityCommand.WITHDRAW, actor=actor, at=at)
    TimeStampService.objects.all().delete()
    TimeStampService.objects.bulk_create(
        TimeStampService(url=url, place=place) for place, url in enumerate(listed.time_stamps)
    )
    return listed


def _list(row: CertificateAuthority | None, authority: TrustedAuthority, *, actor: Actor, at: datetime) -> None:
    values = {
        "name": authority.name,
        "suite": authority.suite.value,
        "root": authority.root,
        "intermediates": [base64.b64encode(one).decode() for one in authority.intermediates],
        "purposes": sorted(one.value for one in authority.purposes),
        "profile": trust_list.profile_as_json(authority.profile),
        "ocsp_urls": list(authority.ocsp_urls),
        "crl_urls": list(authority.crl_urls),
    }
    if row is None:
        row = CertificateAuthority.objects.create(key=authority.key, listed_at=at, changed_at=at, **values)
        _record(row, "AuthorityListed", actor=actor, at=at)
        return
    if row.state == AuthorityState.WITHDRAWN:
        _step(row, AuthorityCommand.LIST_AGAIN, actor=actor, at=at)
    if any(_comparable(getattr(row, name)) != _comparable(value) for name, value in values.items()):
        CertificateAuthority.objects.filter(pk=row.pk).update(changed_at=at, **values)
        row.refresh_from_db()
        _record(row, "AuthorityChanged", actor=actor, at=at)


def _comparable(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


@transaction.atomic
def suspend_authority(*, actor: Actor, key: str, reason: str, at: datetime) -> None:
    """Stop trusting an authority at once. Raises `NotPermitted`, `NotFound`, `NotAllowedNow`."""
    policies.can_edit_trust_list(actor).require()
    row = _load(key)
    _step(row, AuthorityCommand.SUSPEND, actor=actor, at=at, reason=reason)


@transaction.atomic
def ask_to_resume(*, actor: Actor, key: str, reason: str, at: datetime) -> int:
    """Ask a second person to trust a suspended authority again. Raises `NotPermitted`, `NotFound`, `NotAllowedNow`."""
    policies.can_edit_trust_list(actor).require()
    AUTHORITIES.fire(AuthorityState(_load(key).state), AuthorityCommand.RESUME)
    return approvals.request(
        actor=actor, kind=RESUME.name, subject=subject_of(key), reason=reason, payload={"authority": key}, at=at
    )


@transaction.atomic
def resume_authority(*, actor: Actor, key: str, approval_id: int, at: datetime) -> None:
    """Trust a suspended authority again, as a second person approved. Raises what the approval and the state say."""
    policies.can_edit_trust_list(actor).require()
    approvals.consume(actor=actor, approval_id=approval_id, kind=RESUME.name, subject=subject_of(key), at=at)
    _step(_load(key), AuthorityCommand.RESUME, actor=actor, at=at)


def subject_of(key: str) -> str:
    """What an approval about an authority is about."""
    return f"authority:{key}"


def _load(key: str) -> CertificateAuthority:
    row = CertificateAuthority.objects.select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound()
    return row


def _step(
    row: CertificateAuthority, command: AuthorityCommand, *, actor: Actor, at: datetime, reason: str = ""
) -> None:
    step = AUTHORITIES.fire(AuthorityState(row.state), command)
    held = CertificateAuthority.objects.filter(pk=row.pk, state=step.source)
    if held.update(state=step.target, reason=reason[:200], changed_at=at) != 1:
        raise NotAllowedNow(command=command.value, state=row.state)
    row.state, row.reason = step.target, reason[:200]
    _record(row, step.event, actor=actor, at=at)


def _record(row: CertificateAuthority, event: str, *, actor: Actor, at: datetime) -> None:
    evidence.append(
        stream=STREAM,
        type=event,
        actor=actor,
        payload={
            "authority": row.key,
            "root_sha256": hashlib.sha256(bytes(row.root)).hexdigest(),
            "suite": str(row.suite),
            "reason": row.reason,
        },
        decided_at=at,
    )
