from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from commons.approvals import kinds, queries, services
from commons.approvals.domain.approval import (
    MACHINE,
    ApprovalCommand,
    ApprovalExpired,
    ApprovalForSomethingElse,
    ApprovalNeedsAnotherPerson,
    ApprovalNeedsReason,
    ApprovalNotGiven,
    ApprovalState,
)
from commons.approvals.models import Approval
from commons.domain.actor import ANONYMOUS, Assurance, Role, system_actor
from commons.domain.refusals import AssuranceTooLow, NotAllowedNow, NotFound, NotPermitted
from commons.evidence.models import EvidenceEntry
from tests import cast
from tests.plugins.races import at_once, errors

pytestmark = pytest.mark.django_db

AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _kind(monkeypatch):
    monkeypatch.setattr(kinds, "_KINDS", {})
    kinds.register_kind("test.pause", request=(Role.HOST,), approve=(Role.STAFF,), valid_for=timedelta(hours=1))


def ask(who="staff2", **changes):
    facts = {
        "kind": "test.pause",
        "subject": "room:7",
        "reason": "network is down",
        "payload": {"minutes": "5"},
        "at": AT,
    }
    return services.request(actor=cast.actor(who), **{**facts, **changes})


def approve(approval_id, who="staff", at=LATER):
    return services.approve(actor=cast.actor(who), approval_id=approval_id, at=at)


def consume(approval_id, at=LATER, **changes):
    return services.consume(approval_id=approval_id, at=at, **{"kind": "test.pause", "subject": "room:7", **changes})


def test_what_another_person_approved_is_done_once():
    approval_id = ask()
    approve(approval_id)

    used = consume(approval_id)

    assert used.state == ApprovalState.CONSUMED
    assert used.payload == {"minutes": "5"}
    assert (used.requested_by, used.decided_by) == (cast.person("staff2").pk, cast.person("staff").pk)
    with pytest.raises(ApprovalNotGiven):
        consume(approval_id)


def test_nobody_approves_the_own_request_even_with_both_roles():
    approval_id = ask("staff2")

    with pytest.raises(ApprovalNeedsAnotherPerson):
        approve(approval_id, "staff2")
    as_other = replace(cast.actor("staff2"), organisation_id=cast.organisation("bureau").pk)
    with pytest.raises(ApprovalNeedsAnotherPerson):
        services.approve(actor=as_other, approval_id=approval_id, at=LATER)


def test_the_database_too_refuses_the_same_person():
    approval_id = ask()

    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(id=approval_id).update(
            state="APPROVED", decided_by=cast.person("staff2"), decided_at=LATER
        )


@pytest.mark.parametrize("who", ["buyer1", "host", "regulator"])
def test_only_the_kinds_roles_approve(who):
    approval_id = ask()

    with pytest.raises(NotPermitted):
        approve(approval_id, who)


@pytest.mark.parametrize("actor", [ANONYMOUS, system_actor("timekeeper")])
def test_there_must_be_two_persons(actor):
    with pytest.raises(NotPermitted):
        services.request(actor=actor, kind="test.pause", subject="room:7", reason="x", payload={}, at=AT)
    approval_id = ask()
    with pytest.raises(NotPermitted):
        services.approve(actor=actor, approval_id=approval_id, at=LATER)


def test_a_weak_sign_in_is_not_enough():
    weak = replace(cast.actor("host"), assurance=Assurance.PHONE)

    with pytest.raises(AssuranceTooLow):
        services.request(actor=weak, kind="test.pause", subject="room:7", reason="x", payload={}, at=AT)


def test_a_request_needs_a_reason():
    with pytest.raises(ApprovalNeedsReason):
        ask(reason="  ")


def test_an_unregistered_kind_is_a_mistake_of_the_code():
    with pytest.raises(kinds.UnknownKind):
        ask(kind="test.unknown")


def test_an_approval_is_good_for_its_own_kind_and_subject_only():
    kinds.register_kind("test.void", request=(Role.HOST,), approve=(Role.STAFF,))
    approval_id = ask()
    approve(approval_id)

    for change in ({"subject": "room:8"}, {"kind": "test.void"}):
        with pytest.raises(ApprovalForSomethingElse):
            consume(approval_id, **change)


def test_what_was_not_approved_cannot_be_used():
    approval_id = ask()

    with pytest.raises(ApprovalNotGiven):
        consume(approval_id)


def test_approvals_expire():
    waiting, approved = ask(), ask()
    approve(approved)
    end = AT + timedelta(hours=1)

    with pytest.raises(ApprovalExpired):
        approve(waiting, at=end)
    with pytest.raises(ApprovalExpired):
        consume(approved, at=end)
    assert services.expire_due(end - timedelta(microseconds=1)) == 0
    assert services.expire_due(end) == 2
    assert services.expire_due(end) == 0
    with pytest.raises(ApprovalNotGiven):
        consume(approved, at=end)


def test_a_rejected_request_is_over():
    approval_id = ask()
    services.reject(actor=cast.actor("staff"), approval_id=approval_id, at=LATER, reason="not now")

    with pytest.raises(NotAllowedNow):
        approve(approval_id)
    with pytest.raises(ApprovalNotGiven):
        consume(approval_id)


def test_who_asked_may_take_it_back_and_strangers_may_not():
    approval_id = ask()

    with pytest.raises(NotPermitted):
        services.reject(actor=cast.actor("buyer1"), approval_id=approval_id, at=LATER)
    assert (
        services.reject(actor=cast.actor("staff2"), approval_id=approval_id, at=LATER).state == ApprovalState.REJECTED
    )


def test_a_consumed_approval_is_given_back_when_what_it_was_for_fails():
    approval_id = ask()
    approve(approval_id)
    with transaction.atomic():
        consume(approval_id)
        transaction.set_rollback(True)

    assert consume(approval_id).state == ApprovalState.CONSUMED


def test_every_step_leaves_evidence_without_the_reason_in_clear():
    approval_id = ask()
    approve(approval_id)
    consume(approval_id)

    entries = list(EvidenceEntry.objects.filter(stream=f"approval:{approval_id}").order_by("seq"))
    assert [entry.type for entry in entries] == ["approval.requested", "approval.approved", "approval.consumed"]
    assert [entry.actor for entry in entries][:2] == [cast.actor("staff2").ref, cast.actor("staff").ref]
    assert not any(b"network" in bytes(entry.payload) for entry in entries)


def test_every_state_and_command_does_what_the_table_says():
    allowed = {(row.source, row.command) for row in MACHINE.rows}

    for state in ApprovalState:
        for command in ApprovalCommand:
            assert MACHINE.allows(state, command) is ((state, command) in allowed)
    assert MACHINE.final_states() == {ApprovalState.REJECTED, ApprovalState.CONSUMED, ApprovalState.EXPIRED}


def test_lists_show_what_waits_for_the_viewer():
    approval_id = ask("staff2")

    assert [view.id for view in queries.waiting_for(cast.actor("staff"), at=LATER)] == [approval_id]
    for who in ("staff2", "host", "buyer1"):
        assert queries.waiting_for(cast.actor(who), at=LATER) == ()
    assert queries.waiting_for(cast.actor("staff"), at=AT + timedelta(hours=2)) == ()


def test_requests_are_seen_by_those_whom_they_concern():
    approval_id = ask("staff2")

    for who in ("staff", "staff2", "regulator", "auditor"):
        assert queries.one(cast.actor(who), approval_id).subject == "room:7"
        assert len(queries.about(cast.actor(who), "room:7")) == 1
    with pytest.raises(NotFound):
        queries.one(cast.actor("buyer1"), approval_id)
    with pytest.raises(NotFound):
        queries.one(cast.actor("staff"), 999)
    assert queries.about(cast.actor("buyer1"), "room:7") == []


@pytest.mark.django_db(transaction=True)
def test_two_who_use_an_approval_at_once_use_it_once():
    approval_id = ask()
    approve(approval_id)

    results = at_once(*[lambda: consume(approval_id)] * 2)

    assert [type(error) for error in errors(results)] == [ApprovalNotGiven]


@pytest.mark.django_db(transaction=True)
def test_without_the_conditional_update_it_is_used_twice(monkeypatch):
    """The collision that the guard prevents: both look first, then both act."""
    approval_id = ask()
    approve(approval_id)
    used = []

    def careless(row, command, **values):
        used.append(row.pk)
        return queries.view(row)

    monkeypatch.setattr(services, "_load", lambda approval_id: Approval.objects.get(id=approval_id))
    monkeypatch.setattr(services, "_step", careless)
    at_once(*[lambda: consume(approval_id)] * 2)

    assert used == [approval_id, approval_id]


@pytest.mark.django_db(transaction=True)
def test_approval_and_rejection_at_once_leave_one_of_them():
    approval_id = ask()
    staff, asker = cast.actor("staff"), cast.actor("staff2")

    results = at_once(
        lambda: services.approve(actor=staff, approval_id=approval_id, at=LATER),
        lambda: services.reject(actor=asker, approval_id=approval_id, at=LATER),
    )

    assert [type(error) for error in errors(results)] == [NotAllowedNow]
    assert EvidenceEntry.objects.filter(stream=f"approval:{approval_id}").count() == 2


def give_up(approval_id, who="staff2", at=LATER):
    return services.give_up(actor=cast.actor(who), approval_id=approval_id, at=at, reason="over")


@pytest.mark.parametrize("who", ["staff2", "staff"])
def test_what_was_approved_and_not_used_is_taken_back_by_either_person(who):
    approval_id = ask()
    approve(approval_id)

    assert give_up(approval_id, who).state == ApprovalState.REJECTED

    with pytest.raises(ApprovalNotGiven):
        consume(approval_id)
    types = (
        EvidenceEntry.objects.filter(stream=f"approval:{approval_id}").order_by("seq").values_list("type", flat=True)
    )
    assert list(types) == ["approval.requested", "approval.approved", "approval.withdrawn"]


@pytest.mark.parametrize("what", ["waits", "rejected", "expired"])
def test_giving_up_is_never_held_up_by_what_became_of_the_request(what):
    approval_id = ask()
    if what == "rejected":
        services.reject(actor=cast.actor("staff"), approval_id=approval_id, at=LATER)
    if what == "expired":
        services.expire_due(AT + timedelta(hours=1))

    assert give_up(approval_id).state in (ApprovalState.REJECTED, ApprovalState.EXPIRED)
    with pytest.raises(ApprovalNotGiven):
        consume(approval_id)


def test_what_was_used_is_not_given_up_and_strangers_give_up_nothing():
    approval_id = ask()
    with pytest.raises(NotPermitted):
        give_up(approval_id, "buyer1")
    approve(approval_id)
    consume(approval_id)

    with pytest.raises(NotAllowedNow):
        give_up(approval_id)


@pytest.mark.parametrize("on_the_page", [False, True])
@pytest.mark.parametrize("who", ["staff", "staff2"])
def test_agreeing_counts_whether_or_not_it_was_approved_on_the_page_before(on_the_page, who):
    approval_id = ask()
    if on_the_page:
        approve(approval_id)

    def agree():
        return services.agree(
            actor=cast.actor(who), approval_id=approval_id, kind="test.pause", subject="room:7", at=LATER
        )

    if who == "staff2" and not on_the_page:
        with pytest.raises(ApprovalNeedsAnotherPerson):
            agree()
        return
    used = agree()

    assert used.state == ApprovalState.CONSUMED
    assert (used.requested_by, used.decided_by) == (cast.person("staff2").pk, cast.person("staff").pk)


def test_strangers_agree_to_nothing_that_others_approved():
    approval_id = ask()
    approve(approval_id)

    with pytest.raises(NotPermitted):
        services.agree(
            actor=cast.actor("buyer1"), approval_id=approval_id, kind="test.pause", subject="room:7", at=LATER
        )


def test_a_matter_of_one_house_is_read_and_approved_there_alone():
    kinds.register_kind("test.house", request=(Role.TENDEREE,), approve=(Role.TENDEREE,), same_house=True)
    approval_id = services.request(
        actor=cast.actor("tenderee"), kind="test.house", subject="section:1", reason="…", payload={}, at=AT
    )
    stranger, second = cast.actor("purchaser"), cast.actor("tenderee2")

    assert queries.waiting_for(stranger, at=LATER) == ()
    assert queries.about(stranger, "section:1") == []
    with pytest.raises(NotFound):
        queries.one(stranger, approval_id)
    for step in (services.approve, services.reject, services.give_up):
        with pytest.raises(NotPermitted):
            step(actor=stranger, approval_id=approval_id, at=LATER)
    assert [one.id for one in queries.waiting_for(second, at=LATER)] == [approval_id]
    services.approve(actor=second, approval_id=approval_id, at=LATER)
    assert queries.to_use(stranger, "section:", at=LATER) == []
    assert [one.id for one in queries.to_use(second, "section:", at=LATER)] == [approval_id]


def test_more_requests_than_one_page_holds_are_reached_by_the_next(monkeypatch):
    monkeypatch.setattr(queries, "WAITING", 2)
    monkeypatch.setattr(queries, "OWN", 2)
    asked = [ask(subject=f"room:{number}") for number in range(5)]

    pages = [queries.waiting_for(cast.actor("staff"), at=LATER, page=number) for number in (1, 2, 3)]
    own = queries.made_by(cast.actor("staff2"), page=3)

    assert [one.id for page in pages for one in page] == asked
    assert len(queries.waiting_for(cast.actor("staff"), at=LATER, page=None)) == 5
    assert [one.id for one in own] == [asked[0]]
