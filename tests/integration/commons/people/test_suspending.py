"""An organisation is suspended by an authority's decision and two persons: nobody acts for it until it is over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from commons.approvals.domain.approval import ApprovalNeedsAnotherPerson
from commons.domain.actor import Assurance, Role, system_actor
from commons.domain.refusals import Malformed, NotAllowedNow, NotPermitted
from commons.evidence.models import EvidenceEntry
from commons.inbox.models import InboxMessage
from commons.people import announcements, queries, suspensions
from commons.people import services as people
from commons.people.models import OrganisationSuspension, Person
from commons.people.suspensions import OrganisationSuspended
from commons.registration.services import suspending
from tests import cast

AT = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
ENDS = AT + timedelta(days=30)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(AT, tick=False)


def house() -> int:
    cast.person("buyer1")
    return cast.organisation(cast.PARTIES["buyer1"].organisation).pk


def propose(**changes: Any) -> int:
    facts: dict[str, Any] = {
        "organisation_id": house(),
        "decision_body": "佛山市生态环境局",
        "decision_no": "佛环罚〔2026〕7号",
        "reason": "弄虚作假",
        "ends_at": ENDS,
        "at": AT,
        **changes,
    }
    return suspending.propose_suspension(actor=first(), **facts)


def first() -> Any:
    return cast.actor("staff")


def second() -> Any:
    return replace(cast.actor("staff2"), roles=frozenset({Role.OPERATOR}))


def suspended() -> int:
    return suspending.suspend_organisation(actor=second(), organisation_id=house(), approval_id=propose(), at=AT)


def test_nobody_acts_for_a_suspended_organisation(client: Client) -> None:
    client.force_login(cast.person("buyer1"), backend=BACKEND)
    assert client.get("/deposits/").status_code == 200

    suspended()

    assert queries.roles_of(cast.person("buyer1").pk) == ()
    client.force_login(cast.person("buyer1"), backend=BACKEND)
    assert client.get("/deposits/").status_code == 403
    with pytest.raises(OrganisationSuspended):
        suspensions.require_standing(house(), AT)


def test_a_program_with_a_key_does_not_act_for_it_either() -> None:
    key = people.make_api_key(actor=cast.actor("buyer1"), label="erp", at=AT)

    suspended()

    holder = queries.key_holder(key, at=AT)
    assert holder is not None
    assert holder.actor.roles == frozenset()


def test_its_people_are_signed_out_with_their_sockets_and_told(
    django_capture_on_commit_callbacks: Any,
) -> None:
    heard: list[int] = []
    stop = announcements.subscribe(lambda ended: heard.append(ended.person_id))
    person = cast.person("buyer1")
    epoch = Person.objects.get(pk=person.pk).socket_epoch

    with django_capture_on_commit_callbacks(execute=True):
        suspended()
    stop()

    assert person.pk in heard
    assert Person.objects.get(pk=person.pk).socket_epoch > epoch
    message = InboxMessage.objects.get(person_id=person.pk)
    assert "binds it" in message.subject_msgid
    assert message.fields["decision"] == "佛环罚〔2026〕7号"
    assert EvidenceEntry.objects.filter(stream=f"organisation:{house()}", type="OrganisationSuspended").count() == 1


def test_it_takes_two_persons_of_the_desk_and_an_authority() -> None:
    approval_id = propose()

    with pytest.raises(ApprovalNeedsAnotherPerson):
        suspending.suspend_organisation(actor=first(), organisation_id=house(), approval_id=approval_id, at=AT)
    with pytest.raises(NotPermitted):
        suspending.propose_suspension(
            actor=cast.actor("seller"),
            organisation_id=house(),
            decision_body="x",
            decision_no="1",
            reason="x",
            ends_at=ENDS,
            at=AT,
        )
    for wrong in ({"decision_no": " "}, {"decision_body": ""}, {"ends_at": AT}):
        with pytest.raises(Malformed):
            propose(**wrong)
    with pytest.raises(Malformed):
        propose(organisation_id=first().organisation_id)
    assert not OrganisationSuspension.objects.exists()


def test_it_is_over_on_its_last_day_by_itself(time_machine: Any) -> None:
    suspended()

    time_machine.move_to(ENDS, tick=False)

    assert [held.role for held in queries.roles_of(cast.person("buyer1").pk)] != []
    suspensions.require_standing(house(), ENDS)


def test_two_persons_lift_it_by_another_decision() -> None:
    number = suspended()
    later = AT + timedelta(days=1)
    asked = suspending.propose_lifting(
        actor=first(), suspension_id=number, decision_no="佛环函〔2026〕9号", reason="已整改", at=later
    )

    with pytest.raises(ApprovalNeedsAnotherPerson):
        suspending.lift_suspension(actor=first(), suspension_id=number, approval_id=asked, at=later)
    suspending.lift_suspension(actor=second(), suspension_id=number, approval_id=asked, at=later)

    assert queries.roles_of(cast.person("buyer1").pk) != ()
    [row] = suspensions.of(house())
    assert (row.lifted_at, row.lifted_decision_no) == (later, "佛环函〔2026〕9号")
    with pytest.raises(NotAllowedNow):
        suspending.propose_lifting(actor=first(), suspension_id=number, decision_no="2", reason="x", at=later)


def test_the_desk_does_it_on_a_page(client: Client, settings: Any) -> None:
    settings.PASSWORD_ASSURANCE = Assurance.FACE_OR_LICENCE.value
    address = f"/people/organisations/{house()}/suspension/"
    client.force_login(cast.person("staff"), backend=BACKEND)
    said = {"decision_body": "市局", "decision_no": "7", "reason": "弄虚作假", "last_day": "2026-06-30"}

    assert client.post(address, {**said, "last_day": "2026-05-01"}).status_code == 400
    assert client.post(address, said).status_code == 302
    [(asked, own)] = client.get(address).context["asked"]
    assert own
    colleague = cast.person("staff2")
    people.grant_role(
        actor=system_actor("test"),
        person_id=colleague.pk,
        organisation_id=first().organisation_id,
        role=Role.OPERATOR,
        at=AT,
    )
    client.force_login(colleague, backend=BACKEND)
    assert client.post(f"{address}{asked.id}/", {"step": "agree"}).status_code == 302

    page = client.get(address)
    assert page.context["standing"].ends_at == datetime(2026, 6, 30, 16, 0, tzinfo=UTC)
    assert client.post(address, {"decision_no": "8", "reason": "已整改"}).status_code == 302
