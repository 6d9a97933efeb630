"""From nobody to a bidder with colleagues; and a lost password."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from commons.domain.actor import Actor, Assurance, Role, system_actor
from commons.domain.codes import citizen_id
from commons.domain.refusals import NotFound, NotPermitted, Refusal
from commons.evidence.models import EvidenceEntry
from commons.identity.embedded import enrol_representation
from commons.licences import embedded as licences
from commons.outbox.models import OutboxMessage
from commons.outbox.services import deliver_due
from commons.people.models import Membership, Organisation, Person
from commons.registration import services
from commons.registration.models import AddressCheck, Invitation
from commons.registration.secrets import code_of, invitation_token
from portal.demo import newcomer
from tests import cast
from tests.plugins.races import at_once, errors

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}
PASSWORD = "correct-horse-7"
TYPED = {
    "name": newcomer.NAME, "contact": "13800138000", "username": "dengxin",
    "password": PASSWORD, "again": PASSWORD, "agreed": "on",
}  # fmt: skip


def begin(contact: str = "13800138000", username: str = "dengxin", at: Any = None) -> AddressCheck:
    token = services.begin_registration(
        username=username, name=newcomer.NAME, password=PASSWORD, contact=contact, language="en", source="s",
        at=at or timezone.now(),
    )  # fmt: skip
    return AddressCheck.objects.get(token=token)


def registered(contact: str = "13800138000", username: str = "dengxin") -> Person:
    check = begin(contact, username)
    number = services.finish_registration(token=check.token, code=code_of(check), at=timezone.now())
    return Person.objects.get(pk=number)


def refused(expected: str, call: Any, /, **arguments: Any) -> None:
    with pytest.raises(Refusal) as refusal:
        call(**arguments)
    assert refusal.value.code == expected


def test_somebody_unknown_becomes_a_bidder_on_the_pages(settings: Any) -> None:
    settings.PASSWORD_ASSURANCE = Assurance.FACE_OR_LICENCE.value
    newcomer.settle(at=timezone.now())
    client = Client(headers=ENGLISH)

    asked = client.post("/register/", TYPED, follow=True)
    code = asked.context["check"].shown_code
    opened = client.post(asked.request["PATH_INFO"], {"code": code}, follow=True)
    client.post("/register/identity/", {"name": newcomer.NAME, "number": newcomer.NUMBER})
    done = client.post("/register/organisation/", {"code": newcomer.USCC, "number": newcomer.NUMBER}, follow=True)

    person = Person.objects.get(username="dengxin")
    assert opened.request["PATH_INFO"] == "/register/steps/"
    assert (person.assurance, person.phone) == (Assurance.FACE_OR_LICENCE, "13800138000")
    assert newcomer.ORGANISATION in done.text
    assert {one.role for one in Membership.objects.filter(person=person)} == {"ADMINISTRATOR", "BIDDER"}
    assert client.get("/people/members/").status_code == 200
    assert newcomer.NUMBER not in str(list(EvidenceEntry.objects.values_list("payload", flat=True)))


@pytest.mark.parametrize(
    "change",
    [
        {"again": "another-one-7"},
        {"password": "12345678901", "again": "12345678901"},
        {"contact": "1380"},
        {"username": "Deng"},
        {"agreed": ""},
    ],
)
def test_what_is_typed_wrongly_is_said_and_kept(change: dict[str, str]) -> None:
    answer = Client(headers=ENGLISH).post("/register/", {**TYPED, **change})

    assert answer.status_code == 400
    assert "error-summary" in answer.text
    assert not AddressCheck.objects.exists()


def test_five_wrong_guesses_end_a_code() -> None:
    check = begin()
    wrong = f"{(int(code_of(check)) + 1) % 1_000_000:06d}"
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(Refusal) as refusal:
            services.finish_registration(token=check.token, code=wrong, at=timezone.now())
        assert refusal.value.fields == {"left": left}

    refused("CODE_OVER", services.finish_registration, token=check.token, code=code_of(check), at=timezone.now())


def test_a_code_ends_after_ten_minutes_and_after_its_use() -> None:
    check = begin()
    late = check.began_at + timedelta(minutes=10)
    refused("CODE_OVER", services.finish_registration, token=check.token, code=code_of(check), at=late)
    services.finish_registration(token=check.token, code=code_of(check), at=timezone.now())

    refused("CODE_OVER", services.finish_registration, token=check.token, code=code_of(check), at=timezone.now())


def test_an_address_belongs_to_one_account() -> None:
    registered()
    check = begin(username="other", at=timezone.now() + timedelta(minutes=2))

    refused("ADDRESS_TAKEN", services.finish_registration, token=check.token, code=code_of(check), at=check.began_at)
    assert not Person.objects.filter(username="other").exists()


def test_a_second_code_waits() -> None:
    begin()

    refused(
        "CODE_ASKED_TOO_OFTEN", services.begin_registration, username="other", name="…", password=PASSWORD,
        contact="13800138000", language="en", source="s", at=timezone.now(),
    )  # fmt: skip


def test_the_code_goes_out_by_mail_in_the_newcomers_language(settings: Any) -> None:
    settings.INBOX_BY_MAIL = True
    check = begin("deng@example.cn")

    deliver_due(timezone.now())

    assert mail.outbox[0].to == ["deng@example.cn"]
    assert code_of(check) in mail.outbox[0].body
    assert mail.outbox[0].subject == "Your code for Luochui"


def test_no_table_holds_the_code() -> None:
    check = begin()

    stored = str(list(AddressCheck.objects.values())) + str(list(OutboxMessage.objects.values()))
    assert code_of(check) not in stored
    assert PASSWORD not in stored


def test_production_refuses_what_no_message_reaches(settings: Any) -> None:
    settings.CODES_SHOWN = False

    refused(
        "NO_WAY_TO_SEND", services.begin_registration, username="deng", name="…", password=PASSWORD,
        contact="13800138000", language="en", source="s", at=timezone.now(),
    )  # fmt: skip


def test_production_shows_no_code(settings: Any) -> None:
    check = begin()
    settings.CODES_SHOWN = False

    assert code_of(check) not in Client().get(f"/register/code/{check.token}/").text


def representative() -> Person:
    newcomer.settle(at=timezone.now())
    person = registered()
    Person.objects.filter(pk=person.pk).update(assurance=Assurance.FACE_OR_LICENCE)
    return person


def acting(person: Person, assurance: Assurance = Assurance.REAL_NAME) -> Any:
    held = Membership.objects.filter(person=person, ended_at__isnull=True)
    organisation = held.first().organisation_id if held else None  # type: ignore[union-attr]
    return Actor(
        person_id=person.pk, organisation_id=organisation, assurance=assurance,
        roles=frozenset(Role(one.role) for one in held),
    )  # fmt: skip


def join(person: Person, **change: Any) -> int:
    asked = {"code": newcomer.USCC, "number": newcomer.NUMBER, **change}
    return services.register_organisation(actor=acting(person), at=timezone.now(), **asked)


def test_a_second_person_does_not_become_first_administrator() -> None:
    person = representative()
    join(person)
    other = registered("13900139000", "other")

    refused("ORGANISATION_HAS_ADMINISTRATOR", join, person=other)


def test_an_imported_organisation_gets_its_first_administrator() -> None:
    person = representative()
    Organisation.objects.create(uscc=newcomer.USCC, name="imported", region="440604", registered_at=timezone.now())

    assert Organisation.objects.get(pk=join(person)).name == "imported"


def test_who_is_known_by_telephone_only_registers_no_organisation() -> None:
    newcomer.settle(at=timezone.now())
    person = registered()

    refused(
        "ASSURANCE_TOO_LOW", services.register_organisation, actor=acting(person, Assurance.PHONE),
        code=newcomer.USCC, number=newcomer.NUMBER, at=timezone.now(),
    )  # fmt: skip


def test_who_may_not_act_for_it_registers_no_organisation() -> None:
    refused("NOT_REPRESENTATIVE", join, person=representative(), number="11010519491231002X")


def test_a_revoked_licence_registers_no_organisation() -> None:
    person = representative()
    licence = licences.EmbeddedLicences().business_licence(uscc=newcomer.USCC)
    assert licence is not None
    licences.report(replace(licence, revoked=True), at=timezone.now())

    refused("LICENCE_NOT_VALID", join, person=person)


@pytest.mark.django_db(transaction=True)
def test_of_two_representatives_at_once_one_becomes_administrator() -> None:
    first, second = representative(), registered("13900139000", "other")
    enrol_representation(citizen_id=citizen_id("11010519491231002X"), uscc=newcomer.USCC, at=timezone.now())

    results = at_once(lambda: join(first), lambda: join(second, number="11010519491231002X"))

    assert [error.code for error in errors(results)] == ["ORGANISATION_HAS_ADMINISTRATOR"]  # type: ignore[attr-defined]
    assert Membership.objects.filter(role="ADMINISTRATOR").count() == 1


def invited(contact: str = "13900139000") -> Invitation:
    person = representative()
    number = join(person)
    made = services.invite(
        actor=acting(person), organisation_id=number, role=Role.BIDDER, contact=contact, at=timezone.now()
    )
    return Invitation.objects.get(pk=made)


def test_the_invited_take_up_their_role_once() -> None:
    invitation = invited()
    colleague = registered("13900139000", "colleague")
    token = invitation_token(invitation.pk)

    services.accept(actor=acting(colleague), token=token, at=timezone.now())

    assert [one.role for one in Membership.objects.filter(person=colleague)] == ["BIDDER"]
    refused("INVITATION_OVER", services.accept, actor=acting(colleague), token=token, at=timezone.now())


def test_an_invitation_is_no_use_to_another_address() -> None:
    invitation = invited()
    stranger = registered("13700137000", "stranger")

    refused(
        "INVITATION_FOR_ANOTHER", services.accept, actor=acting(stranger), token=invitation_token(invitation.pk),
        at=timezone.now(),
    )  # fmt: skip


def test_a_forged_link_leads_nowhere() -> None:
    invitation, colleague = invited(), registered("13900139000", "colleague")

    with pytest.raises(NotFound):
        services.accept(actor=acting(colleague), token=f"{invitation.pk}:x", at=timezone.now())
    assert Client().get(f"/invitation/{invitation.pk}/").status_code == 404


def test_a_withdrawn_invitation_is_over() -> None:
    invitation, colleague = invited(), registered("13900139000", "colleague")
    services.withdraw(actor=acting(invitation.invited_by), number=invitation.pk, at=timezone.now())

    refused(
        "INVITATION_OVER", services.accept, actor=acting(colleague), token=invitation_token(invitation.pk),
        at=timezone.now(),
    )  # fmt: skip


def test_the_word_of_a_dismissed_administrator_counts_no_more() -> None:
    invitation, colleague = invited(), registered("13900139000", "colleague")
    Membership.objects.filter(person=invitation.invited_by).update(ended_at=timezone.now())

    refused(
        "INVITATION_OVER", services.accept, actor=acting(colleague), token=invitation_token(invitation.pk),
        at=timezone.now(),
    )  # fmt: skip
    assert not Membership.objects.filter(person=colleague).exists()


def test_only_administrators_invite() -> None:
    invitation = invited()
    with pytest.raises(NotPermitted):
        services.invite(
            actor=cast.actor("buyer1"), organisation_id=invitation.organisation_id, role=Role.BIDDER,
            contact="13700137000", at=timezone.now(),
        )  # fmt: skip


def test_an_invitation_goes_out_with_its_link(settings: Any) -> None:
    settings.INBOX_BY_MAIL = True
    invitation = invited("colleague@example.cn")

    deliver_due(timezone.now())

    assert any(f"/invitation/{invitation_token(invitation.pk)}"[:40] in one.body for one in mail.outbox)


def reset(username: str, contact: str = "13800138000") -> AddressCheck:
    at = timezone.now() + timedelta(minutes=2)
    token = services.begin_reset(username=username, contact=contact, language="en", source="s", at=at)
    return AddressCheck.objects.get(token=token)


def test_a_lost_password_is_set_anew_and_ends_every_session() -> None:
    person = registered()
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    check = reset("dengxin")

    services.finish_reset(token=check.token, code=code_of(check), password="another-horse-8", at=check.began_at)

    person.refresh_from_db()
    assert person.check_password("another-horse-8")
    assert client.get("/workspace/").status_code == 302


def test_asking_for_a_password_tells_nobody_who_has_an_account(settings: Any) -> None:
    settings.CODES_SHOWN = False
    settings.INBOX_BY_MAIL = True
    registered_here = begin("deng@example.cn")
    services.finish_registration(token=registered_here.token, code=code_of(registered_here), at=timezone.now())
    OutboxMessage.objects.all().delete()
    right, wrong = reset("dengxin", "deng@example.cn"), reset("nobody", "nobody@example.cn")
    pages = [Client(headers=ENGLISH).get(f"/password/lost/{one.token}/").text for one in (right, wrong)]

    varying = r"[a-z]\*\*\*@|name=\"csrf\S+ value=\S+|X-CSRFToken[^}]+|lost(/|%2F)[^\"]+|<time.*?</time>"
    bare = [re.sub(varying, "", text) for text in pages]
    assert bare[0] == bare[1]
    assert OutboxMessage.objects.filter(topic="registration.code").count() == 1
    guess = f"{(int(code_of(wrong)) + 1) % 1_000_000:06d}"
    refused("CODE_WRONG", services.finish_reset, token=wrong.token, code=guess, password=PASSWORD, at=wrong.began_at)


def test_old_checks_are_forgotten() -> None:
    begin()

    assert services.forget_old(timezone.now()) == 0
    assert services.forget_old(timezone.now() + timedelta(days=2)) == 1


def test_registration_is_on_record_without_the_address() -> None:
    person = registered()

    entries = EvidenceEntry.objects.filter(stream=f"person:{person.pk}")
    assert [one.type for one in entries] == ["AccountRegistered"]
    assert entries[0].actor == system_actor("registration").ref
    assert b"13800138000" not in bytes(entries[0].payload)
