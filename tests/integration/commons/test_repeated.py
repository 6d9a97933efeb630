"""A question that is spelled once gives what the ORM gives, whatever its values."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef
from django.test.utils import CaptureQueriesContext

from commons.calendar.models import CalendarDay
from commons.people.models import Membership, Organisation
from commons.repeated import Repeated, insert
from commons.search.models import SearchText
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
