"""Identity, licences and intake behind their ports, with the embedded adapters."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from commons import hooks
from commons.domain.actor import ANONYMOUS, Assurance, system_actor
from commons.domain.codes import CitizenId, InvalidCode, Uscc
from commons.domain.refusals import IdempotencyConflict, NotAllowedNow, NotFound, NotPermitted
from commons.evidence.models import EvidenceEntry
from commons.identity import embedded as identity_register
from commons.identity import services as identity
from commons.identity.models import RegisteredIdentity
from commons.identity.port import IdentityAnswer, IdentityPort
from commons.identity.port import identity as identity_port
from commons.intake import queries as cases
from commons.intake import services as intake
from commons.intake.domain import Case, CaseResult, CaseState
from commons.intake.models import IntakeReturn
from commons.licences import queries as licences
from commons.licences.domain import Licence, LicenceKind, LicenceNotValid, Standing
from commons.licences.embedded import report
from commons.licences.models import LicenceRecord
from commons.outbox.domain.delivery import Message
from commons.outbox.models import OutboxMessage
from commons.outbox.services import deliver_due
from commons.people.models import Person
from tests.cast import actor, person

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ON = date(2026, 11, 23)
NUMBER = CitizenId("11010519491231002X")
COMPANY = Uscc("914403001922038216")
CITY = system_actor("intake")

pytestmark = pytest.mark.django_db


# --- identity -------------------------------------------------------------------------------------------------------


def enrol(assurance=Assurance.FACE_OR_LICENCE):
    identity_register.enrol_person(citizen_id=NUMBER, name="欧阳一", assurance=assurance, at=AT)


def test_a_confirmed_person_is_known_more_surely():
    Person.objects.filter(pk=person("buyer1").pk).update(assurance=Assurance.PHONE)
    enrol()

    level = identity.verify_person(actor=actor("buyer1"), number=" 11010519491231002x", name="欧阳一", at=AT)

    assert level is Assurance.FACE_OR_LICENCE
    assert Person.objects.get(pk=person("buyer1").pk).assurance == Assurance.FACE_OR_LICENCE


def test_the_level_never_falls():
    Person.objects.filter(pk=person("buyer1").pk).update(assurance=Assurance.CERTIFICATE, name="欧阳一")
    enrol(Assurance.PHONE)

    assert identity.verify_person(actor=actor("buyer1"), number=NUMBER, name="欧阳一", at=AT) is Assurance.CERTIFICATE


def test_another_name_or_number_is_not_confirmed():
    enrol()
    for number, name in ((NUMBER, "欧阳二"), ("440524188001010014", "欧阳一")):
        with pytest.raises(identity.IdentityNotConfirmed):
            identity.verify_person(actor=actor("buyer1"), number=number, name=name, at=AT)


def test_who_has_a_real_name_rises_by_nobody_elses_card():
    Person.objects.filter(pk=person("buyer1").pk).update(assurance=Assurance.REAL_NAME)
    enrol()

    with pytest.raises(identity.IdentityNotConfirmed):
        identity.verify_person(actor=actor("buyer1"), number=NUMBER, name="欧阳一", at=AT)

    found = Person.objects.get(pk=person("buyer1").pk)
    assert (found.name, found.assurance) == ("梁一", Assurance.REAL_NAME)


def test_an_invalid_number_and_the_anonymous_are_refused():
    with pytest.raises(InvalidCode):
        identity.verify_person(actor=actor("buyer1"), number="110105194912310021", name="欧阳一", at=AT)
    with pytest.raises(NotPermitted):
        identity.verify_person(actor=ANONYMOUS, number=NUMBER, name="欧阳一", at=AT)


def test_neither_register_nor_evidence_keep_the_number_or_the_name():
    Person.objects.filter(pk=person("buyer1").pk).update(assurance=Assurance.PHONE)
    enrol()
    identity.verify_person(actor=actor("buyer1"), number=NUMBER, name="欧阳一", at=AT)

    kept = [str(row) for row in RegisteredIdentity.objects.values_list()]
    kept += [bytes(entry.payload).decode() for entry in EvidenceEntry.objects.all()]
    assert kept
    assert not any(NUMBER in text or "欧阳" in text for text in kept)


def test_who_represents_an_organisation_is_asked_of_the_register():
    enrol()
    identity_register.enrol_representation(citizen_id=NUMBER, uscc=COMPANY, at=AT)

    assert identity_port().represents(citizen_id=NUMBER, uscc=COMPANY)
    assert not identity_port().represents(citizen_id=CitizenId("440524188001010014"), uscc=COMPANY)


def test_an_organisation_is_confirmed_by_code_and_name():
    identity_register.enrol_organisation(uscc=COMPANY, name="华为", assurance=Assurance.FACE_OR_LICENCE, at=AT)

    assert identity.confirm_organisation(code=" ９14403001922038216", name="华为") is Assurance.FACE_OR_LICENCE
    with pytest.raises(identity.IdentityNotConfirmed):
        identity.confirm_organisation(code=COMPANY, name="华威")


class OtherIdentity:
    """An adapter of another city."""

    def person(self, *, citizen_id, name):
        return IdentityAnswer(True, Assurance.CERTIFICATE, "other:1")

    def organisation(self, *, uscc, name):
        return IdentityAnswer(False)

    def represents(self, *, citizen_id, uscc):
        return False


class HalfIdentity:
    """An adapter that forgot a question."""

    def person(self, *, citizen_id, name):
        return IdentityAnswer(False)


def test_a_setting_chooses_the_adapter(settings):
    settings.HOOKS = {"identity": f"{__name__}.OtherIdentity"}
    assert identity.verify_person(actor=actor("buyer1"), number=NUMBER, name="梁一", at=AT) is Assurance.CERTIFICATE


def test_an_adapter_that_cannot_answer_everything_is_found_on_first_use(settings):
    settings.HOOKS = {"identity": f"{__name__}.HalfIdentity"}
    with pytest.raises(AssertionError, match="organisation, represents"):
        hooks.adapter("identity", IdentityPort, embedded="")


# --- licences -------------------------------------------------------------------------------------------------------


def permit(**fields):
    defaults: dict[str, Any] = {
        "kind": LicenceKind.EMISSION_PERMIT,
        "number": "914403001922038216001V",
        "issuer": "佛山市生态环境局",
        "holder": "佛山一号",
        "holder_uscc": COMPANY,
        "valid_from": date(2022, 11, 24),
        "valid_until": date(2027, 11, 23),
    }
    return Licence(**(defaults | fields))


def test_a_standing_permit_is_found():
    report(permit(), at=AT)
    assert licences.valid_emission_permit(uscc=COMPANY, on=ON) == permit()


@pytest.mark.parametrize(
    ("on", "fields", "standing"),
    [
        (date(2022, 11, 23), {}, Standing.NOT_YET),
        (date(2022, 11, 24), {}, Standing.VALID),
        (date(2027, 11, 23), {}, Standing.VALID),
        (date(2027, 11, 24), {}, Standing.EXPIRED),
        (date(2090, 1, 1), {"valid_until": None}, Standing.VALID),
        (ON, {"suspended": True}, Standing.SUSPENDED),
        (ON, {"suspended": True, "revoked": True}, Standing.REVOKED),
    ],
)
def test_the_standing_of_a_licence_follows_its_term_and_its_issuer(on, fields, standing):
    assert permit(**fields).standing(on) is standing


def test_the_newest_report_holds_and_the_older_stays():
    report(permit(), at=AT)
    report(permit(revoked=True), at=AT)

    with pytest.raises(LicenceNotValid) as refused:
        licences.valid_emission_permit(uscc=COMPANY, on=ON)
    assert "revoked" in str(refused.value)
    assert LicenceRecord.objects.count() == 2


def test_a_missing_licence_and_another_kind_are_refused():
    report(permit(), at=AT)
    with pytest.raises(LicenceNotValid):
        licences.valid_business_licence(uscc=COMPANY, on=ON)
    with pytest.raises(InvalidCode):
        licences.valid_business_licence(uscc="914403001922038217", on=ON)


def test_the_database_refuses_a_term_that_ends_before_it_begins():
    with pytest.raises(IntegrityError), transaction.atomic():
        report(permit(valid_until=date(2022, 1, 1)), at=AT)


# --- intake ---------------------------------------------------------------------------------------------------------


def case(**fields):
    defaults: dict[str, Any] = {
        "number": "GDFS-2026-000123",
        "item": "环评报告编制",
        "applicant": "佛山一号",
        "applicant_uscc": COMPANY,
    }
    return Case(**(defaults | fields))


def receive(**fields):
    return intake.receive_case(actor=CITY, case=case(**fields), at=AT)


def test_a_case_comes_in_once():
    assert receive() == receive()
    assert [view.case.number for view in cases.waiting()] == ["GDFS-2026-000123"]


def test_the_same_number_with_other_contents_is_a_conflict():
    receive()
    with pytest.raises(IdempotencyConflict):
        receive(item="其他事项")


def test_only_the_city_s_systems_hand_cases_in():
    with pytest.raises(NotPermitted):
        intake.receive_case(actor=actor("staff"), case=case(), at=AT)
    with pytest.raises(InvalidCode):
        receive(applicant_uscc="914403001922038217")


def test_a_result_goes_back_once_through_the_outbox():
    receive()
    intake.take_case(actor=CITY, number=case().number, at=AT)
    result = CaseResult(case().number, "佛山环评有限公司", "HT-1", "已完成")

    intake.conclude_case(actor=CITY, result=result, at=AT)
    deliver_due(AT)
    row = OutboxMessage.objects.get(topic="intake.result")
    intake.hand_over_result(Message(row.topic, row.key, row.payload, AT, attempt=2))

    (sent,) = IntakeReturn.objects.all()
    assert sent.message["agency"] == "佛山环评有限公司"
    kept = cases.case(case().number)
    assert kept is not None
    assert kept.state is CaseState.CONCLUDED


def test_a_cancelled_case_is_confirmed_and_cannot_go_on():
    receive()
    intake.take_case(actor=CITY, number=case().number, at=AT)

    intake.cancel_case(actor=CITY, number=case().number, at=AT)
    deliver_due(AT)

    assert IntakeReturn.objects.get().message == {"kind": "cancelled"}
    with pytest.raises(NotAllowedNow):
        intake.conclude_case(actor=CITY, result=CaseResult(case().number, "a", "b", "c"), at=AT)
    assert not OutboxMessage.objects.filter(topic="intake.result").exists()


def test_an_unknown_case_is_not_found():
    with pytest.raises(NotFound):
        intake.take_case(actor=CITY, number="no", at=AT)


def test_every_step_of_a_case_leaves_evidence():
    number = receive()
    intake.take_case(actor=CITY, number=case().number, at=AT)
    types = EvidenceEntry.objects.filter(stream=f"intake:{number}").values_list("type", flat=True)
    assert list(types) == ["IntakeCaseReceived", "IntakeCaseTaken"]
