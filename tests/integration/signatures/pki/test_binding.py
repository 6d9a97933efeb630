"""Whose certificate is whose."""

from datetime import UTC, datetime
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from commons.domain.refusals import NotPermitted
from signatures.crypto.answers import CertificateRevoked
from signatures.crypto.authorities import Purpose
from signatures.pki import queries, services
from signatures.pki.domain.bindings import (
    BindingState,
    CertificateBoundElsewhere,
    CertificateNamesAnother,
    CertificateNotBound,
    CertificateNotForThis,
    Kind,
)
from signatures.pki.models import CertificateBinding
from tests.cast import actor, organisation, person
from tests.pki import bound, holder, install_trust
from tests.plugins.races import at_once, errors

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)


def bind(name, login, **changes):
    who, acting = holder(name), actor(login)
    values = {
        "actor": acting,
        "person_id": acting.person_id,
        "organisation_id": acting.organisation_id,
        "certificate": who.certificate,
        "intermediates": who.chain,
        "at": NOW,
    }
    return services.bind(**{**values, **changes})


def test_a_bound_certificate_is_found_and_usable():
    bound("buyer1")
    found = queries.certificates_of(person("buyer1").pk)
    assert [one.common_name for one in found] == ["梁一"]
    usable = services.require_signer(actor=actor("buyer1"), certificate=holder("buyer1").certificate, at=NOW)
    assert usable.bound == found[0]
    assert usable.status.proof.ocsps


def test_the_same_subject_with_another_key_is_not_the_bound_certificate():
    bound("buyer1")
    other = holder("buyer1-other-key").certificate
    with pytest.raises(CertificateNotBound):
        services.require_signer(actor=actor("buyer1"), certificate=other, at=NOW)


def test_a_renewed_certificate_replaces_the_older_one():
    bound("buyer1")
    renewed = bind("buyer1-other-key", "buyer1")
    first, second = reversed(queries.certificates_of(person("buyer1").pk, ended=True))
    assert (first.state, second.state, second.replaces_id) == ("REPLACED", "ACTIVE", first.id)
    assert services.active_certificate(
        person_id=person("buyer1").pk, organisation_id=organisation("jinma").pk, at=NOW
    ) == queries.binding(renewed.id)
    with pytest.raises(CertificateNotBound):
        services.require_signer(actor=actor("buyer1"), certificate=holder("buyer1").certificate, at=NOW)


def test_a_certificate_of_somebody_else_is_refused():
    install_trust()
    with pytest.raises(CertificateNamesAnother):
        bind("buyer2", "buyer1")


def test_nobody_binds_for_another_person():
    install_trust()
    with pytest.raises(NotPermitted):
        bind("buyer1", "buyer1", actor=actor("buyer2"))


def test_binding_twice_is_harmless():
    install_trust()
    assert bind("buyer1", "buyer1") == bind("buyer1", "buyer1")


def test_a_seal_is_used_by_who_acts_for_the_organisation_and_signs_nobody_in():
    bound("seal-jinma", login="buyer1")
    seal = holder("seal-jinma").certificate
    assert services.require_signer(actor=actor("buyer1"), certificate=seal, at=NOW).bound.kind == Kind.SEAL
    with pytest.raises(CertificateNotForThis):
        services.require_signer(actor=actor("buyer1"), certificate=seal, at=NOW, purpose=Purpose.LOGIN)
    with pytest.raises(CertificateNotBound):
        services.require_signer(actor=actor("buyer2"), certificate=seal, at=NOW)


def test_a_seal_cannot_be_bound_as_a_personal_certificate():
    install_trust()
    with pytest.raises(CertificateNamesAnother):
        bind("seal-jinma", "buyer1")


def test_a_revoked_certificate_is_not_bound():
    install_trust()
    with pytest.raises(CertificateRevoked):
        bind("revoked", "buyer1")


def test_a_bound_seal_is_not_bound_by_another_member_again():
    bound("seal-centre", login="staff")
    with pytest.raises(CertificateBoundElsewhere):
        bind("seal-centre", "host", kind=Kind.SEAL)


def bindings_of(*logins):
    return CertificateBinding.objects.filter(
        person_id__in=[person(login).pk for login in logins], state=BindingState.ACTIVE
    )


@pytest.mark.django_db(transaction=True)
def test_a_seal_bound_by_two_members_at_once_is_one_members():
    install_trust()
    for login in ("staff", "host"):
        actor(login)

    results = at_once(*(partial(bind, "seal-centre", login, kind=Kind.SEAL) for login in ("staff", "host")))

    (refused,) = errors(results)
    assert isinstance(refused, CertificateBoundElsewhere), refused
    assert bindings_of("staff", "host").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_certificates_of_one_person_bound_at_once_leave_one_in_use():
    install_trust()
    actor("buyer1")

    results = at_once(*(partial(bind, name, "buyer1") for name in ("buyer1", "buyer1-other-key")))

    assert errors(results) == []
    assert [row.state for row in CertificateBinding.objects.order_by("id")] == ["REPLACED", "ACTIVE"]


@pytest.mark.parametrize("kind", [Kind.PERSONAL, Kind.SEAL])
def test_without_the_service_the_table_still_keeps_one_in_use(kind):
    bound("seal-jinma" if kind is Kind.SEAL else "buyer1", login="buyer1")
    row = CertificateBinding.objects.get()
    row.pk, row.fingerprint = None, "0" * 64

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_an_unbound_certificate_cannot_sign():
    bound("buyer1")
    [one] = queries.certificates_of(person("buyer1").pk)
    services.unbind(actor=actor("buyer1"), binding_id=one.id, at=NOW)
    with pytest.raises(CertificateNotBound):
        services.require_signer(actor=actor("buyer1"), certificate=holder("buyer1").certificate, at=NOW)
    with pytest.raises(NotPermitted):
        services.unbind(actor=actor("buyer2"), binding_id=one.id, at=NOW)
