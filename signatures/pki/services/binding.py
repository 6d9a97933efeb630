"""Binding certificates to people and organisations, and ending it."""

import base64
from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from commons.domain.actor import Actor
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.evidence import services as evidence
from commons.people import queries as people
from commons.people import services as people_services
from signatures.crypto.answers import CertificateStatus
from signatures.pki import policies
from signatures.pki.domain.bindings import (
    BINDINGS,
    MAIN_PURPOSE,
    BindingCommand,
    BindingState,
    CertificateBoundElsewhere,
    Kind,
    check_names,
)
from signatures.pki.models import CertificateBinding
from signatures.pki.queries import BoundCertificate, view
from signatures.pki.services.judging import status_of


def bind(
    *,
    actor: Actor,
    person_id: int,
    organisation_id: int,
    certificate: bytes,
    intermediates: Iterable[bytes] = (),
    kind: Kind = Kind.PERSONAL,
    at: datetime,
) -> BoundCertificate:
    """Bind a certificate (DER) whose possession the caller has proven; the same one again gives the first binding.

    An older active certificate of the same person, organisation, kind and suite is replaced. Raises `NotPermitted`,
    what the certificate's status says, `CertificateNamesAnother`, `CertificateBoundElsewhere`.
    """
    policies.can_bind(actor, person_id=person_id, organisation_id=organisation_id).require()
    chain = list(intermediates)
    status = status_of(certificate=certificate, intermediates=chain, purpose=MAIN_PURPOSE[kind], at=at)
    status.require()
    _check_holder(status, kind, person_id=person_id, organisation_id=organisation_id)
    for _ in range(2):
        try:
            with transaction.atomic():
                return _store(actor, status, kind, person_id=person_id, organisation_id=organisation_id, at=at)
        except IntegrityError:
            # Somebody else bound at the same moment; the second look sees what they bound.
            continue
    raise CertificateBoundElsewhere()


def _check_holder(status: CertificateStatus, kind: Kind, *, person_id: int, organisation_id: int) -> None:
    organisation, name = people.organisation(organisation_id), people.name_of(person_id)
    if organisation is None or name is None:
        raise NotFound()
    assert status.facts is not None, "a usable certificate is readable"
    check_names(
        status.facts,
        kind,
        person_name=name,
        organisation_name=organisation.name,
        organisation_uscc=organisation.uscc,
    )


def _store(
    actor: Actor, status: CertificateStatus, kind: Kind, *, person_id: int, organisation_id: int, at: datetime
) -> BoundCertificate:
    assert status.facts is not None, "a usable certificate is readable"
    fingerprint = status.facts.fingerprint
    same_place = Q(organisation_id=organisation_id, kind=kind, suite=status.facts.suite)
    if kind == Kind.PERSONAL:
        same_place &= Q(person_id=person_id)
    # One look for both: between two looks somebody else could bind this very certificate, and be taken for its elder.
    active = CertificateBinding.objects.select_for_update().filter(state=BindingState.ACTIVE)
    found = list(active.filter(Q(fingerprint=fingerprint) | same_place).order_by("-id"))
    known = next((one for one in found if one.fingerprint == fingerprint), None)
    if known is not None:
        if (known.person_id, known.organisation_id, known.kind) != (person_id, organisation_id, kind.value):
            raise CertificateBoundElsewhere()
        return view(known)
    before = found[0] if found else None
    row = _row(status, kind, person_id=person_id, organisation_id=organisation_id, at=at)
    row.replaces = before
    if before is not None:
        _end(before, BindingCommand.REPLACE, actor=actor, at=at)
    row.save()
    _record(row, "CertificateBound", actor=actor, at=at)
    return view(row)


def _row(
    status: CertificateStatus, kind: Kind, *, person_id: int, organisation_id: int, at: datetime
) -> CertificateBinding:
    facts = status.facts
    assert facts is not None, "a usable certificate is readable"
    assert facts.suite is not None, "a usable certificate is of a known suite"
    return CertificateBinding(
        kind=kind,
        person_id=person_id,
        organisation_id=organisation_id,
        fingerprint=facts.fingerprint,
        certificate=status.path[0],
        chain=[base64.b64encode(one).decode() for one in status.path[1:-1]],
        authority=status.authority,
        suite=facts.suite,
        subject=facts.subject[:400],
        common_name=facts.common_name[:200],
        issuer=facts.issuer[:400],
        serial=facts.serial[:64],
        key_kind=facts.key_kind,
        key_sha256=facts.key_sha256,
        not_before=facts.not_before,
        not_after=facts.not_after,
        bound_at=at,
    )


@transaction.atomic
def unbind(*, actor: Actor, binding_id: int, at: datetime) -> BoundCertificate:
    """End a binding, and the sessions that began with it; what was signed with it stays signed.

    Raises `NotFound`, `NotPermitted`, `NotAllowedNow`.
    """
    row = CertificateBinding.objects.select_for_update().filter(pk=binding_id).first()
    if row is None:
        raise NotFound()
    policies.can_unbind(actor, person_id=row.person_id, organisation_id=row.organisation_id).require()
    _end(row, BindingCommand.UNBIND, actor=actor, at=at)
    people_services.end_certificate_sessions(
        person_id=row.person_id, fingerprint=row.fingerprint, reason="CERTIFICATE_UNBOUND", at=at, actor=actor
    )
    return view(row)


def _end(row: CertificateBinding, command: BindingCommand, *, actor: Actor, at: datetime) -> None:
    step = BINDINGS.fire(BindingState(row.state), command)
    held = CertificateBinding.objects.filter(pk=row.pk, state=step.source)
    if held.update(state=step.target, ended_at=at) != 1:
        raise NotAllowedNow(command=command.value, state=row.state)
    row.state, row.ended_at = step.target, at
    _record(row, step.event, actor=actor, at=at)


def _record(row: CertificateBinding, event: str, *, actor: Actor, at: datetime) -> None:
    stream = f"person:{row.person_id}" if row.kind == Kind.PERSONAL else f"organisation:{row.organisation_id}"
    evidence.append(
        stream=stream,
        type=event,
        actor=actor,
        payload={
            "binding": str(row.pk),
            "kind": str(row.kind),
            "fingerprint": row.fingerprint,
            "authority": row.authority,
            "organisation": str(row.organisation_id),
            "replaces": str(row.replaces_id) if row.replaces_id else None,
        },
        decided_at=at,
    )
