"""The centre's operations desk brings in organisations and people, and helps people of any of them, from its pages."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client

from commons.domain.actor import Assurance, Role, system_actor
from commons.domain.codes import make_uscc
from commons.domain.refusals import Malformed, NotPermitted
from commons.evidence.models import EvidenceEntry
from commons.people import counter, queries, services
from commons.people.accounts import AccountAdapter
from commons.people.domain.roles import OrganisationKnown
from commons.people.models import ApiKey, Membership, Organisation, Person
from tests import cast

AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
BUREAU = make_uscc(authority="1", category="1", region="440600", organisation8="20261234")
pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}
PAPER = {"name": "佛山市自然资源局", "kind": "GOVERNMENT", "region": "", "source": "佛自然资函〔2026〕3号"}


def signed_in(key: str) -> Client:
    client = Client(headers=ENGLISH)
    client.force_login(cast.person(key), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


OWN = "a password that nobody else made"


def choose_own_password(browser: Client, told: str) -> HttpResponse:
    return browser.post(  # type: ignore[return-value]  # Django's test client
        "/account/password/change/", {"oldpassword": told, "password1": OWN, "password2": OWN}
    )


def held_by(username: str) -> dict[str, str]:
    person = Person.objects.get(username=username)
    return {one.organisation_name: one.role.value for one in queries.roles_of(person.pk)}


def test_an_organ_of_government_gets_its_people_from_the_desk() -> None:
    desk = signed_in("staff")

    led_to = desk.post("/people/organisations/enter/", {"code": BUREAU.lower(), **PAPER})["Location"]
    made = desk.post(led_to, {"name": "林监", "username": "lin.jian", "role": "REGULATOR", "seen": "on"})

    bureau = Organisation.objects.get(uscc=BUREAU)
    assert (bureau.kind, bureau.region, bureau.provenance) == ("GOVERNMENT", "440600", "counter")
    assert held_by("lin.jian") == {"佛山市自然资源局": "REGULATOR"}
    browser = Client(headers=ENGLISH)
    password = made.context["opened"].first_password
    signed = browser.post("/account/login/", {"login": "lin.jian", "password": password})
    assert signed["Location"] == "/workspace/"
    entry = EvidenceEntry.objects.get(stream=f"organisation:{bureau.pk}")
    assert entry.type == "OrganisationEntered"
    assert "佛自然资函〔2026〕3号" in bytes(entry.payload).decode()


def test_the_desk_grants_roles_in_an_organisation_that_came_in_by_a_table() -> None:
    colleague = Person.objects.create_user("colleague", "luochui-demo", name="colleague")
    house = cast.organisation("ecology")

    signed_in("staff").post(f"/people/organisations/{house.pk}/members/", {"username": "colleague", "role": "SELLER"})

    assert [one.organisation_id for one in queries.roles_of(colleague.pk)] == [house.pk]


def test_the_desk_finds_people_and_organisations_by_what_is_said() -> None:
    cast.person("buyer1")
    desk = signed_in("staff")
    house = cast.organisation("jinma")

    for question in ("金马印染", house.uscc.lower(), "ｂuyer1", "buyer1", "梁一"):
        page = desk.get("/people/desk/", {"q": question}).text
        found = f"/people/organisations/{house.pk}/members/" in page, f"/persons/{cast.person('buyer1').pk}/" in page
        assert any(found) or question == "ｂuyer1", question
    assert "Nobody is known by that" in desk.get("/people/desk/", {"q": "🐉"}).text
    assert "Search" in desk.get("/people/desk/").text


@pytest.mark.parametrize("key", ["buyer1", "host", "finance", "regulator", "auditor", "treasury"])
def test_nobody_else_stands_at_the_desk(key: str) -> None:
    browser, person = signed_in(key), cast.person("buyer2")

    for page in ("desk/", "organisations/enter/", f"persons/{person.pk}/", f"persons/{person.pk}/level/"):
        assert browser.get(f"/people/{page}").status_code == 403, page
    for deed in ("close/", "end-sessions/", "level/"):
        assert browser.post(f"/people/persons/{person.pk}/{deed}", {"reason": "spite"}).status_code == 403, deed
    assert browser.post("/people/organisations/enter/", {"code": BUREAU, **PAPER}).status_code == 403
    assert Person.objects.get(pk=person.pk).is_active


def test_an_administrator_keeps_no_other_house_by_its_address() -> None:
    Membership.objects.create(
        person=cast.person("buyer1"), organisation=cast.organisation("jinma"), role="ADMINISTRATOR", granted_at=AT
    )
    rival = cast.organisation("lanshi")
    browser = signed_in("buyer1")

    assert browser.get(f"/people/organisations/{rival.pk}/members/").status_code == 403
    form = {"username": "buyer1", "role": "BIDDER"}
    assert browser.post(f"/people/organisations/{rival.pk}/members/", form).status_code == 403


def test_the_desk_helps_somebody_of_another_house_to_sign_in_and_old_keys_open_nothing() -> None:
    person, desk = cast.person("buyer1"), signed_in("staff")
    services.make_api_key(actor=cast.actor("buyer1"), label="ERP", at=datetime.now(UTC))
    assert desk.get(f"/people/members/{person.pk}/reset/").status_code == 200

    answer = desk.post(f"/people/members/{person.pk}/reset/")

    assert Person.objects.get(pk=person.pk).check_password(answer.context["opened"].first_password)
    assert ApiKey.objects.get(person=person).ended_at is not None


def test_the_desk_ends_a_role_in_another_house() -> None:
    person, desk = cast.person("buyer1"), signed_in("staff")
    (held,) = queries.roles_of(person.pk)
    assert desk.get(f"/people/members/roles/{held.membership_id}/end/").status_code == 200

    answer = desk.post(f"/people/members/roles/{held.membership_id}/end/", {"reason": "licence revoked"})

    assert answer["Location"] == f"/people/persons/{person.pk}/"
    assert queries.roles_of(person.pk) == ()


def test_a_closed_account_holds_nothing_any_more_and_leaves_room_for_another_administrator() -> None:
    person, desk, browser = cast.person("buyer1"), signed_in("staff"), signed_in("buyer1")
    house = cast.organisation("jinma")
    Membership.objects.create(person=person, organisation=house, role="ADMINISTRATOR", granted_at=AT)

    answer = desk.post(f"/people/persons/{person.pk}/close/", {"reason": "left the company"})

    assert answer["Location"] == f"/people/persons/{person.pk}/"
    assert browser.get("/workspace/").status_code == 302
    assert queries.people_with(house.pk, Role.ADMINISTRATOR, Role.BIDDER) == ()
    kinds = EvidenceEntry.objects.filter(stream=f"person:{person.pk}").values_list("type", flat=True)
    assert list(kinds).count("RoleEnded") == 2
    assert "This account is closed" in desk.get(f"/people/persons/{person.pk}/").text


def test_a_level_in_doubt_is_lowered_at_the_desk_and_ends_the_sessions() -> None:
    person, desk, browser = cast.person("buyer1"), signed_in("staff"), signed_in("buyer1")

    desk.post(f"/people/persons/{person.pk}/level/", {"level": "1", "shown": "doubt"})

    assert Person.objects.get(pk=person.pk).assurance == Assurance.PHONE
    assert browser.get("/workspace/").status_code == 302


@pytest.mark.parametrize("level", ["0", "4", "x", ""])
def test_the_desk_gives_no_level_that_only_a_certificate_gives(level: str) -> None:
    person = cast.person("buyer1")

    answer = signed_in("staff").post(f"/people/persons/{person.pk}/level/", {"level": level, "shown": "licence"})

    assert answer.status_code == 400
    assert Person.objects.get(pk=person.pk).assurance == Assurance.FACE_OR_LICENCE


def test_the_desk_signs_somebody_out_everywhere() -> None:
    person, browser = cast.person("buyer1"), signed_in("buyer1")

    signed_in("staff").post(f"/people/persons/{person.pk}/end-sessions/")

    assert browser.get("/workspace/").status_code == 302


@pytest.mark.parametrize("deed", ["level", "close"])
def test_nobody_does_it_to_their_own_account(deed: str) -> None:
    own = cast.person("staff").pk
    page = signed_in("staff").get(f"/people/persons/{own}/").text

    answer = signed_in("staff").post(
        f"/people/persons/{own}/{deed}/", {"level": "3", "shown": "licence", "reason": "mine"}
    )

    assert answer.status_code == 403
    assert "OWN_ACCOUNT" in answer.text or "own account" in answer.text
    assert Person.objects.get(pk=own).is_active
    assert "Close the account" not in page


def test_an_organisation_is_entered_once_and_by_a_paper_only() -> None:
    def enter(**changed: str) -> int:
        return services.enter_organisation(actor=cast.actor("staff"), at=AT, **{"code": BUREAU, **PAPER, **changed})

    for field, wrong in (
        ("name", " "),
        ("source", " "),
        ("kind", "CENTRE"),
        ("kind", "NATURAL_PERSON"),
        ("region", "x"),
    ):
        with pytest.raises(Malformed):
            enter(**{field: wrong})
    number = enter()
    with pytest.raises(OrganisationKnown):
        enter(name="another")
    assert Organisation.objects.get(pk=number).name == PAPER["name"]


def test_a_look_up_by_others_is_refused() -> None:
    for question in (counter.organisations_found, counter.people_found):
        with pytest.raises(NotPermitted):
            question("buyer", viewer=cast.actor("host"))


def test_the_first_operator_of_an_empty_city_comes_by_the_command_and_can_bring_in_everybody(
    capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    settings.PLATFORM_USCC = make_uscc(authority="1", category="2", region="445100", organisation8="20260001")

    call_command("first_operator", "zhou.wen", "周文", "--centre", "潮州市公共资源交易中心")

    login, password = capsys.readouterr().out.split()
    browser = Client(headers=ENGLISH)
    assert browser.post("/account/login/", {"login": login, "password": password})["Location"] == "/workspace/"
    choose_own_password(browser, password)
    assert "/people/desk/" in browser.get("/workspace/").text
    led_to = browser.post("/people/organisations/enter/", {"code": BUREAU, **PAPER})["Location"]
    assert browser.get(led_to).status_code == 200
    centre = Organisation.objects.get(uscc=settings.PLATFORM_USCC)
    assert (centre.kind, centre.region) == ("CENTRE", "445100")
    second = {"name": "吴双", "username": "wu.shuang", "role": "STAFF", "seen": "on"}
    assert browser.post("/people/members/open/", second).status_code == 200
    assert held_by("wu.shuang") == {"潮州市公共资源交易中心": "STAFF"}


@pytest.mark.parametrize("login", ["second", "X", "a b"])
def test_there_is_one_first_operator_and_the_name_is_a_sign_in_name(
    capsys: pytest.CaptureFixture[str], settings: Any, login: str
) -> None:
    settings.PLATFORM_USCC = cast.uscc("centre")
    cast.person("staff")

    with pytest.raises(SystemExit) as ended:
        call_command("first_operator", login, "周文", "--centre", "中心", "--language", "en")

    assert ended.value.code == 2
    assert capsys.readouterr().err
    assert not Person.objects.filter(username=login).exists()


def test_a_code_that_stands_for_another_kind_of_house_becomes_no_centre(settings: Any) -> None:
    settings.PLATFORM_USCC = cast.uscc("jinma")
    cast.organisation("jinma")

    with pytest.raises(OrganisationKnown):
        services.begin_centre(
            actor=system_actor("setup"), uscc=settings.PLATFORM_USCC, name="中心", region="440600",
            username="zhou.wen", person_name="周文", at=AT,
        )  # fmt: skip
    assert Organisation.objects.get(uscc=cast.uscc("jinma")).kind == "ENTERPRISE"


def opened(role: str = "BIDDER") -> tuple[Client, str]:
    """A browser of somebody whose account the desk has just opened, and the password that was told."""
    house = cast.organisation("jinma")
    form = {"name": "李娜", "username": "li.na", "role": role, "seen": "on"}
    made = signed_in("staff").post(f"/people/organisations/{house.pk}/members/open/", form)
    password: str = made.context["opened"].first_password
    browser = Client(headers=ENGLISH)
    browser.post("/account/login/", {"login": "li.na", "password": password})
    return browser, password


def test_a_password_that_somebody_else_made_opens_nothing_but_the_choice_of_another() -> None:
    """Whoever opens an account for a second person could otherwise approve what they asked for themselves."""
    browser, password = opened()

    for page in ("/workspace/", "/approvals/", "/people/keys/", "/notices/", "/inbox/"):
        assert browser.get(page).headers.get("Location") == "/account/password/change/", page
    assert browser.post("/people/keys/", {"label": "ERP", "days": "90"}).status_code == 302
    assert not ApiKey.objects.exists()
    assert "made by somebody else" in browser.get("/account/password/change/").text

    assert choose_own_password(browser, password)["Location"] == "/workspace/"

    assert browser.get("/workspace/").status_code == 200
    assert Person.objects.get(username="li.na").check_password(OWN)


def test_the_told_password_is_not_chosen_again() -> None:
    browser, password = opened()

    form = {"oldpassword": password, "password1": password, "password2": password}
    answer = browser.post("/account/password/change/", form)

    assert "Choose another password" in answer.text
    assert browser.get("/workspace/").status_code == 302


def test_a_sign_in_made_anew_is_a_told_password_too_and_a_code_to_the_own_address_is_not() -> None:
    person = cast.person("buyer1")
    services.reset_sign_in(actor=cast.actor("staff"), person_id=person.pk, at=AT)
    assert Person.objects.get(pk=person.pk).password_was_told

    services.set_new_password(person_id=person.pk, password=OWN, at=AT)
    assert not Person.objects.get(pk=person.pk).password_was_told


def test_a_new_password_writes_nothing_else_back() -> None:
    """The row that a browser read a moment ago says nothing about what the desk did since."""
    person = cast.person("buyer1")
    stale = Person.objects.get(pk=person.pk)
    services.deactivate(actor=cast.actor("staff"), person_id=person.pk, reason="left", at=AT)

    AccountAdapter().set_password(stale, OWN)

    now = Person.objects.get(pk=person.pk)
    assert not now.is_active
    assert now.session_epoch == 1


def test_the_desk_leads_to_everybody_whom_it_finds() -> None:
    for number in range(45):
        Person.objects.create(username=f"chen.{number:02d}", name=f"陈{number:02d}", phone="")
    desk = signed_in("staff")

    first = desk.get("/people/desk/", {"q": "chen."})
    last = desk.get("/people/desk/", {"q": "chen.", "people": "3"})

    assert len(first.context["people"]) == 20
    assert "Page 1 of 3" in first.content.decode()
    assert [one.username for one in last.context["people"]] == [f"chen.{number}" for number in range(40, 45)]
