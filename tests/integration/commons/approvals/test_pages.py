"""The pages of approvals, as the persons involved see them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from commons.approvals import kinds, services
from commons.approvals.models import Approval
from commons.domain.actor import Role
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def approval_id(monkeypatch):
    monkeypatch.setattr(kinds, "_KINDS", {})
    kinds.register_kind("test.pause", request=(Role.HOST,), approve=(Role.STAFF,), label="Pause the room")
    return services.request(
        actor=cast.actor("staff2"),
        kind="test.pause",
        subject="room:7",
        reason="网络中断 <b>",
        payload={"minutes": "5"},
        at=timezone.now(),
    )


def as_person(client, who):
    client.force_login(cast.person(who), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def state():
    return Approval.objects.get().state


def test_the_second_person_finds_reads_and_approves(client, approval_id, django_assert_max_num_queries):
    as_person(client, "staff")
    with django_assert_max_num_queries(10):
        listed = client.get("/approvals/").content.decode()
    with django_assert_max_num_queries(10):
        shown = client.get(f"/approvals/{approval_id}/").content.decode()

    assert "room:7" in listed
    assert "网络中断 &lt;b&gt;" in shown
    assert cast.person("staff2").name in shown
    assert f"/approvals/{approval_id}/approve/" in shown
    assert client.post(f"/approvals/{approval_id}/approve/").status_code == 302
    assert state() == "APPROVED"


def test_who_asked_sees_no_way_to_approve_and_is_refused_when_trying(client, approval_id):
    as_person(client, "staff2")
    shown = client.get(f"/approvals/{approval_id}/").content.decode()

    assert f"/approvals/{approval_id}/approve/" not in shown
    assert client.post(f"/approvals/{approval_id}/approve/").status_code == 403
    assert state() == "REQUESTED"


def test_a_request_of_a_kind_that_is_gone_can_still_be_read(client, approval_id, monkeypatch):
    monkeypatch.setattr(kinds, "_KINDS", {})

    assert "test.pause" in as_person(client, "staff2").get(f"/approvals/{approval_id}/").content.decode()


def test_who_asked_takes_it_back(client, approval_id):
    as_person(client, "staff2").post(f"/approvals/{approval_id}/reject/", {"reason": "over"})

    assert state() == "REJECTED"
    assert "room:7" in client.get("/approvals/").content.decode()


def test_what_was_approved_is_taken_back_on_its_page_until_it_is_used(client, approval_id):
    as_person(client, "staff").post(f"/approvals/{approval_id}/approve/")
    page = client.get(f"/approvals/{approval_id}/").content.decode()
    assert 'name="approved"' in page

    client.post(f"/approvals/{approval_id}/reject/", {"reason": "a mistake", "approved": "1"})

    assert state() == "REJECTED"
    assert 'name="approved"' not in client.get(f"/approvals/{approval_id}/").content.decode()


def test_strangers_find_nothing(client, approval_id):
    as_person(client, "buyer1")

    assert client.get(f"/approvals/{approval_id}/").status_code == 404
    assert "room:7" not in client.get("/approvals/").content.decode()
    for verb in ("approve", "reject"):
        assert client.post(f"/approvals/{approval_id}/{verb}/").status_code == 403
    assert state() == "REQUESTED"


def test_the_anonymous_are_led_to_the_sign_in(client, approval_id):
    assert client.get("/approvals/").status_code in (302, 403)
    assert client.post(f"/approvals/{approval_id}/approve/").status_code in (302, 403)
    assert state() == "REQUESTED"


def test_a_decision_is_never_made_by_following_a_link(client, approval_id):
    as_person(client, "staff")

    for verb in ("approve", "reject"):
        assert client.get(f"/approvals/{approval_id}/{verb}/").status_code == 405


def test_what_has_expired_offers_no_decision(client, approval_id):
    Approval.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    as_person(client, "staff")

    assert "/approve/" not in client.get(f"/approvals/{approval_id}/").content.decode()
    assert client.post(f"/approvals/{approval_id}/approve/").status_code == 409
