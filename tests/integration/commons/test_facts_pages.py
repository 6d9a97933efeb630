"""The pages of calendar, parameters and imports: who may, what they show, what bad input does."""

import io
from datetime import date

import pytest

from commons.calendar import queries as calendar
from commons.parameters import queries as parameters
from commons.people.models import Organisation
from tests.cast import person
from tests.integration.commons.test_imports import as_csv, code, company

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def vault_in_a_temporary_folder(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "vault": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "vault")},
        }
    }


@pytest.fixture
def as_(client):
    def sign_in(who):
        client.force_login(person(who), backend="allauth.account.auth_backends.AuthenticationBackend")
        client.cookies["django_language"] = "en"
        return client

    return sign_in


def upload(rows):
    file = io.BytesIO(as_csv(rows).getvalue())
    file.name = "companies.csv"
    return file


def body(response):
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode()


# --- calendar -------------------------------------------------------------------------------------------------------


def test_everybody_sees_the_calendar_and_nobody_without_a_role_changes_it(client, as_):
    assert "国庆节" in body(client.get("/calendar/?year=2026"))
    assert client.get("/calendar/day/").status_code == 302
    assert as_("buyer1").get("/calendar/day/").status_code == 403
    assert as_("buyer1").post("/calendar/2027/publish/", {"source": "x"}).status_code == 403


@pytest.mark.parametrize("year", ["", "x", "99999", "0000", "２０２６", "-2026", "2100", "1990"])
def test_any_year_leads_to_a_page(client, year):
    assert client.get("/calendar/", {"year": year}).status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_year_that_no_calendar_has_cannot_be_published(as_, method):
    assert getattr(as_("staff"), method)("/calendar/999999/publish/", {"source": "x"}).status_code == 404


def test_the_page_computes_a_deadline(client):
    asked = {"start": "2026-09-28", "add": "5", "unit": "working_day", "direction": "after"}

    assert "2026-10-10" in body(client.get("/calendar/", asked))
    assert client.get("/calendar/", asked | {"add": "999999999999"}).status_code == 200
    assert client.get("/calendar/", asked | {"start": "0001-01-01", "direction": "before"}).status_code in (200, 400)


def test_staff_enter_a_day_and_must_say_why_they_replace_one(as_):
    client = as_("staff")
    day = {"on": "2026-10-10", "working": "no", "name": "", "source": "国办更正", "region": ""}

    refused = client.post("/calendar/day/", day)
    entered = client.post("/calendar/day/", day | {"reason": "更正"})

    assert refused.status_code == 409
    assert "Say why it is replaced" in body(refused)
    assert entered.status_code == 302
    assert not calendar.is_working_day(date(2026, 10, 10))


def test_who_entered_a_day_is_named_to_the_centre_and_not_to_the_public(client, as_):
    day = {"on": "2026-06-10", "working": "no", "name": "台风停工", "source": "佛防指〔2026〕9号", "region": "440600"}
    as_("staff").post("/calendar/day/", day)
    name = person("staff").name

    assert name in body(client.get("/calendar/day/?on=2026-06-10&region=440600"))
    client.logout()
    assert name not in body(client.get("/calendar/?year=2026"))


def test_staff_declare_a_year_entered_once(as_):
    client = as_("staff")

    assert client.post("/calendar/2027/publish/", {"source": "国办发明电〔2026〕8号"}).status_code == 302
    assert client.post("/calendar/2027/publish/", {"source": "国办发明电〔2026〕8号"}).status_code == 409
    assert 2027 in calendar.published_years()


def test_the_calendar_is_a_file_too(client):
    text = body(client.get("/calendar/?year=2026&format=csv"))
    assert text.startswith("\ufeff")
    assert "2026-10-01" in text


# --- parameters -----------------------------------------------------------------------------------------------------


def test_everybody_reads_the_parameters_of_a_trade_and_region(client):
    text = body(client.get("/parameters/", {"trade_type": "EMISSION_RIGHTS", "region": "440600", "on": "2026-11-23"}))
    assert "PW2018(SZ)GK0005" in text
    assert "contract.working_days" in text


@pytest.mark.parametrize(
    "asked", [{"region": "x"}, {"on": "tomorrow"}, {"trade_type": "PICTURES"}, {"words": "保证金"}]
)
def test_any_filter_leads_to_a_page(client, asked):
    assert client.get("/parameters/", asked).status_code == 200


def test_a_parameter_shows_its_rows_and_the_form_only_to_staff(client, as_):
    assert '<form class="measure"' not in body(client.get("/parameters/deposit.share/"))
    assert '<form class="measure"' in body(as_("staff").get("/parameters/deposit.share/"))
    assert client.get("/parameters/no.such/").status_code == 409


def test_staff_change_a_parameter(as_):
    change = {
        "value": "0.25",
        "trade_type": "EMISSION_RIGHTS",
        "region": "440600",
        "valid_from": "2027-01-01",
        "source": "佛环〔2026〕12号",
        "mark": "V",
        "reason": "新办法",
    }

    refused = as_("staff").post("/parameters/deposit.share/", change | {"value": "25"})
    entered = as_("staff").post("/parameters/deposit.share/", change)

    assert refused.status_code == 400
    assert entered.status_code == 302
    on = date(2027, 1, 1)
    assert str(parameters.value("deposit.share", trade_type="EMISSION_RIGHTS", region="440600", on=on)) == "0.25"
    assert as_("buyer1").post("/parameters/deposit.share/", change).status_code == 403


def test_the_legality_table_is_public_and_staff_add_a_reform_basis(client, as_):
    assert "政府采购法第二十六条" in body(client.get("/parameters/legality/"))
    line = {
        "method": "AWARD_SEPARATION",
        "sector": "WORKS",
        "region": "440600",
        "verdict": "LAWFUL",
        "valid_from": "2031-01-01",
        "article": "佛府办〔2026〕3号",
        "mark": "V",
        "reason": "试点",
    }
    assert as_("buyer1").post("/parameters/legality/", line).status_code == 403
    assert as_("staff").post("/parameters/legality/", line).status_code == 302
    assert "佛府办〔2026〕3号" in body(client.get("/parameters/legality/"))


def test_pages_take_few_queries(client, as_, django_assert_max_num_queries):
    as_("staff")
    for address in ("/calendar/", "/parameters/", "/parameters/deposit.share/", "/parameters/legality/", "/imports/"):
        client.get(address)
        with django_assert_max_num_queries(10):
            assert client.get(address).status_code == 200


# --- imports --------------------------------------------------------------------------------------------------------


def test_an_import_goes_from_the_file_over_the_dry_run_to_the_companies(as_):
    client = as_("staff")

    looked = client.post("/imports/companies/", {"file": upload([company(1), company(2, 行政区划="=1+1")])})
    report = client.get(looked["Location"])

    assert not Organisation.objects.filter(uscc=code(1)).exists()
    assert "Bring in 1 row" in body(report)
    assert "'=1+1" in body(client.get(looked["Location"] + "refused.csv"))

    done = client.post(looked["Location"] + "carry-out/")

    assert Organisation.objects.filter(uscc=code(1), provenance="migrated").exists()
    assert "imported" in body(client.get(done["Location"]))


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"a;b", "名称\n佛山".encode()])
def test_a_useless_file_is_answered_on_the_form(as_, content):
    file = io.BytesIO(content)
    file.name = "a.csv"
    assert as_("staff").post("/imports/companies/", {"file": file}).status_code == 400


def test_an_empty_form_and_an_unknown_kind_are_answered(as_):
    assert as_("staff").post("/imports/companies/", {}).status_code == 400
    assert as_("staff").get("/imports/unicorns/").status_code == 404
    assert as_("staff").get("/imports/runs/999999/").status_code == 404


def test_the_template_of_a_kind_has_its_headings(as_):
    assert "统一社会信用代码" in body(as_("staff").get("/imports/companies/template.csv"))


@pytest.mark.parametrize(
    "address", ["/imports/", "/imports/companies/", "/imports/companies/template.csv", "/imports/runs/1/"]
)
def test_bidders_see_nothing_of_imports(as_, address):
    assert as_("buyer1").get(address).status_code == 403


def test_a_name_in_a_refused_row_is_shown_as_text(as_):
    client = as_("staff")
    looked = client.post(
        "/imports/companies/", {"file": upload([company(1, "<script>alert(1)</script>", 行政区划="x")])}
    )
    assert "<script>alert(1)" not in body(client.get(looked["Location"]))


@pytest.mark.parametrize("address", ["/inbox/", "/imports/", "/parameters/", "/parameters/legality/", "/calendar/"])
def test_every_list_is_a_file_too(as_, address):
    text = body(as_("staff").get(address, {"format": "csv"}))
    assert text.startswith("\ufeff")
    assert text.count("\r\n") >= 1
