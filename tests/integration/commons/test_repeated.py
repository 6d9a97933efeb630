"""A question that is spelled once gives what the ORM gives, whatever its values."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef
from django.test.utils import CaptureQueriesContext

from commons.calendar.models import CalendarDay
from commons.people.models import Membership, Organisation
from commons.repeated import Repeated, insert, update, update_each
from commons.search.models import SearchText
from marketplace.catalogue.models import ServiceItem
from marketplace.entry.models import Entrant
from marketplace.signups.models import Subscription
from tests import cast

pytestmark = pytest.mark.django_db


def by_number(number: int):
    return Organisation.objects.filter(pk=number)


def test_rows_are_models_with_their_relations_and_annotations():
    person = cast.person("owner1")
    asked = Repeated(
        lambda number, role: (
            Membership.objects.select_related("organisation", "person")
            .filter(person_id=number, role=role)
            .annotate(known=Exists(Organisation.objects.filter(pk=OuterRef("organisation_id"))))
        )
    )

    assert asked.rows(person.pk, "NOBODY") == []
    with CaptureQueriesContext(connection) as captured:
        row = asked.first(person.pk, "OWNER")
        assert row is not None
        assert (row.person, row.organisation.pk, row.known) == (person, row.organisation_id, True)
    assert len(captured) == 1
    assert row == Membership.objects.get(person_id=person.pk, role="OWNER")


def test_the_same_spelling_takes_other_values_and_days():
    asked = Repeated(lambda number: Organisation.objects.filter(pk=number).values_list("pk", "name"))
    names = {row.pk: row.name for row in Organisation.objects.order_by("pk")[:2]} or {
        cast.organisation(name).pk: cast.organisation(name).name for name in list(cast.ORGANISATIONS)[:2]
    }

    assert [asked.rows(number) for number in names] == [[(number, name)] for number, name in names.items()]
    days = Repeated(lambda first, last: CalendarDay.objects.filter(on__range=(first, last)).order_by("pk"))
    assert days.rows(date(1999, 1, 1), date(1999, 1, 2)) == []
    assert days.rows(date(2018, 1, 1), date(2018, 12, 31)) == list(
        CalendarDay.objects.filter(on__year=2018).order_by("pk")
    )


def test_a_value_without_a_place_is_a_mistake_of_the_caller():
    with pytest.raises(AssertionError):
        Repeated(lambda number, _unused: by_number(number)).rows(1, 2)


def test_a_row_is_inserted_and_with_once_only_once():
    first = insert(SearchText(kind="k", ref=1, terms="甲"))

    assert SearchText.objects.get(pk=first.pk).terms == "甲"
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(SearchText(kind="k", ref=1, terms="乙"))
    organisation = cast.organisation(next(iter(cast.ORGANISATIONS)))
    again = Organisation(
        uscc=organisation.uscc,
        name="别名",
        kind="ENTERPRISE",
        region="440600",
        registered_at=organisation.registered_at,
    )
    assert insert(again, once="uscc").pk == organisation.pk
    assert Organisation.objects.get(pk=organisation.pk).name == organisation.name


@pytest.fixture
def agency() -> Entrant:
    organisation = cast.organisation(next(iter(cast.ORGANISATIONS)))
    return Entrant.objects.create(organisation=organisation, kind="AGENCY", created_at=datetime(2026, 1, 1, tzinfo=UTC))


def test_rows_are_changed_where_every_named_column_holds(agency):
    other = cast.organisation(list(cast.ORGANISATIONS)[1])

    assert update(Entrant, {"contact_name": "甲", "checks": [{"kind": "CODE"}]}, pk=agency.pk, state="PUBLISHED") == 0
    agency.refresh_from_db()
    assert (agency.contact_name, agency.checks) == ("", [])
    values = {"contact_name": "甲", "checks": [{"kind": "CODE"}], "organisation": other, "licence_until": None}
    assert update(Entrant, values, pk=agency.pk, state="DRAFT") == 1
    agency.refresh_from_db()
    assert (agency.contact_name, agency.checks, agency.organisation) == ("甲", [{"kind": "CODE"}], other)


def test_each_row_gets_its_own_value_and_the_others_stay(agency):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [
        Subscription.objects.create(agency=agency, region=region, created_at=at)
        for region in ("440600", "440604", "440605")
    ]
    later = datetime(2026, 2, 1, 8, 30, tzinfo=UTC)

    update_each(Subscription, "least_price", {}, created_at=later)
    update_each(Subscription, "least_price", {rows[0].pk: Decimal("1.50"), rows[1].pk: None}, created_at=later)
    found = list(Subscription.objects.order_by("pk").values_list("least_price", "created_at"))
    assert found == [(Decimal("1.50"), later), (None, later), (None, at)]
    update_each(Subscription, "least_price", {rows[0].pk: None, rows[1].pk: None})  # no value tells the type
    assert set(Subscription.objects.values_list("least_price", flat=True)) == {None}


def test_the_server_keeps_the_plan_of_what_comes_by_often_and_of_nothing_else(agency):
    if connection.vendor != "postgresql":
        assert update(Entrant, {"contact_name": "甲"}, pk=agency.pk) == 1  # Django's own cursor
        return
    asked = Repeated(lambda number: ServiceItem.objects.filter(pk=number, code="一次又一次"))

    def plans(words: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", [f"%{words}%"])
            return int(cursor.fetchone()[0])

    for _ in range(3):
        asked.rows(1)
        list(ServiceItem.objects.filter(name="一次又一次"))
    assert plans('"code" = $') == 1
    assert plans('"name" = ') == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Entrant(organisation_id=agency.organisation_id, kind="WRONG", created_at=agency.created_at))
    assert asked.rows(1) == []  # a broken statement spoils no plan
