"""The inbox: once per occasion, in the reader's language, unread per person."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from commons.domain.actor import ANONYMOUS
from commons.domain.refusals import NotFound
from commons.domain.text import gettext_noop
from commons.inbox import queries, services
from commons.inbox.models import InboxMessage
from commons.outbox.models import OutboxMessage
from commons.outbox.services import deliver_due
from tests.cast import actor, organisation, person

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SUBJECT = gettext_noop("Bidding for %(project)s begins at %(time)s.")

pytestmark = pytest.mark.django_db


def deliver(key="lot:1:opens", **fields):
    defaults: dict[str, Any] = {
        "organisation_id": organisation("jinma").pk,
        "subject_msgid": SUBJECT,
        "fields": {"project": "氨氮 1.68 吨", "time": "15:00"},
        "link": "/lots/1/",
        "at": AT,
        "key": key,
    }
    return services.deliver(**(defaults | fields))


def test_a_message_reaches_everybody_of_the_organisation_and_nobody_else():
    deliver()

    assert queries.unread_count(actor("buyer1")) == 1
    assert queries.unread_count(actor("buyer2")) == 0
    assert queries.unread_count(ANONYMOUS) == 0


def test_a_message_to_a_person_is_not_shown_to_colleagues():
    deliver(organisation_id=None, person_id=person("staff").pk)

    assert queries.unread_count(actor("staff")) == 1
    assert queries.unread_count(actor("staff2")) == 0


def test_the_same_occasion_is_told_once():
    assert deliver() == deliver()
    assert InboxMessage.objects.count() == 1


def test_the_text_is_made_for_each_reader():
    deliver(subject_msgid=gettext_noop("Inbox"), fields={})
    page = queries.page(actor("buyer1"))

    with override("en"):
        assert queries.views(page)[0].subject == "Inbox"


def test_fields_are_data_and_are_never_translated_or_interpreted():
    deliver(fields={"project": "%(time)s {} <b>", "time": "Inbox"})
    assert queries.views(queries.page(actor("buyer1")))[0].subject == "Bidding for %(time)s {} <b> begins at Inbox."


def test_reading_counts_for_one_person_only():
    number = deliver(organisation_id=organisation("centre").pk)

    services.mark_read(actor=actor("staff"), message_id=number, at=AT)
    services.mark_read(actor=actor("staff"), message_id=number, at=AT)

    assert queries.unread_count(actor("staff")) == 0
    assert queries.unread_count(actor("staff2")) == 1


def test_messages_of_others_cannot_be_read_or_marked():
    number = deliver()
    with pytest.raises(NotFound):
        services.mark_read(actor=actor("buyer2"), message_id=number, at=AT)


def test_reading_all_leaves_what_came_meanwhile():
    for index in range(3):
        seen = deliver(key=f"seen:{index}")
    deliver(key="later")

    assert services.mark_all_read(actor=actor("buyer1"), at=AT, up_to=seen) == 3
    assert queries.unread_count(actor("buyer1")) == 1


def test_the_count_is_one_query_and_stops_at_a_hundred():
    reader = actor("buyer1")
    for index in range(105):
        deliver(key=f"many:{index}")

    with CaptureQueriesContext(
        connection,
    ) as queries_made:
        assert queries.unread_count(reader) == 100
    assert len(queries_made) == 1


@pytest.mark.parametrize("link", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_a_link_never_leaves_the_platform(link):
    with pytest.raises(AssertionError):
        deliver(link=link)


def test_a_subject_whose_places_are_not_named_is_a_bug_found_at_once():
    with pytest.raises(KeyError):
        deliver(fields={})


def sign_in(client, who):
    client.force_login(person(who), backend="allauth.account.auth_backends.AuthenticationBackend")


def test_the_page_lists_marks_and_leads_on(client):
    number = deliver()
    sign_in(client, "buyer1")

    listed = client.get("/inbox/")
    opened = client.post(f"/inbox/{number}/")

    assert "氨氮 1.68 吨" in listed.content.decode()
    assert (opened.status_code, opened["Location"]) == (302, "/lots/1/")
    assert "氨氮 1.68 吨" not in client.get("/inbox/?unread=1").content.decode()


def test_the_page_has_pages_and_forgives_wrong_numbers(client):
    for index in range(25):
        deliver(key=f"many:{index}", at=AT + timedelta(minutes=index))
    sign_in(client, "buyer1")

    for number in ("2", "99", "x", "-1", "９"):
        assert client.get("/inbox/", {"page": number}).status_code == 200
    assert client.post("/inbox/read/", {"newest": "x"}).status_code == 302
    assert queries.unread_count(actor("buyer1")) == 25


def test_the_page_shows_messages_as_text(client):
    deliver(fields={"project": "<script>alert(1)</script>", "time": "15:00"})
    sign_in(client, "buyer1")
    assert "<script>alert(1)" not in client.get("/inbox/").content.decode()


def test_the_page_takes_few_queries(client, django_assert_max_num_queries):
    for index in range(20):
        deliver(key=f"many:{index}")
    sign_in(client, "buyer1")
    client.get("/inbox/")
    with django_assert_max_num_queries(10):
        client.get("/inbox/")


def test_the_anonymous_are_led_to_the_sign_in(client):
    assert client.get("/inbox/").status_code == 302


def test_opening_needs_a_post(client):
    number = deliver()
    sign_in(client, "buyer1")
    assert client.get(f"/inbox/{number}/").status_code == 405


def test_mail_follows_where_it_is_set_up(settings):
    settings.INBOX_BY_MAIL = True
    reader = person("buyer1")
    reader.email, reader.language = "buyer1@example.cn", "en"
    reader.save()

    number = deliver(fields={"project": "氨氮\r\nBcc: x@example.cn", "time": "15:00"})
    deliver_due(AT)

    (sent,) = mail.outbox
    assert sent.to == ["buyer1@example.cn"]
    assert "\n" not in sent.subject
    assert "/lots/1/" in sent.body
    assert OutboxMessage.objects.get(topic="mail").payload == {"message": str(number)}


def test_without_mail_nothing_is_promised():
    deliver()
    assert not OutboxMessage.objects.filter(topic="mail").exists()
