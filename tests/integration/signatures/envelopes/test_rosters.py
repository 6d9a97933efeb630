"""The key ceremony, hand-overs and the alarm when an opening lacks its officers."""

import secrets
from datetime import timedelta

import pytest
from django.test import Client

from commons.domain.refusals import Malformed, NotAllowedNow, NotFound, NotPermitted
from commons.inbox.models import InboxMessage
from commons.people.models import Membership, Person
from signatures.envelopes import queries, services
from signatures.envelopes.domain.encoding import from_base64, to_base64
from signatures.envelopes.domain.rules import (
    HandoverStale,
    KeyDoesNotOpen,
    KeyUnusable,
    RosterIncomplete,
    RosterNotActive,
    RosterNotFit,
    SuccessorUnfit,
    WitnessNeeded,
)
from signatures.envelopes.domain.slots import Recipient, Slot, spki_of, unwrap_kek, wrap
from signatures.envelopes.models import ShareHandover
from tests import cast
from tests.envelopes import new_key
from tests.integration.signatures.envelopes import story as stories
from tests.integration.signatures.envelopes.story import AT, DEADLINE, OFFICERS, OPENS, Story

pytestmark = pytest.mark.django_db


def drafted(k: int = 2) -> Story:
    members = [cast.actor(key).person_id or 0 for key in OFFICERS]
    story = Story(services.draft_roster(actor=cast.actor("staff"), name="组", members=members, k=k, at=AT))
    story.officers = {key: new_key() for key in OFFICERS}
    return story


@pytest.mark.parametrize("k", [1, 4])
def test_at_least_two_and_no_more_than_all_open(k: int) -> None:
    with pytest.raises(RosterNotFit):
        drafted(k)


def test_only_the_operations_desk_names_hosts() -> None:
    members = [cast.actor(key).person_id or 0 for key in OFFICERS]
    with pytest.raises(NotPermitted):
        services.draft_roster(actor=cast.actor("host"), name="组", members=members, k=2, at=AT)
    strangers = [*members[:2], cast.actor("buyer1").person_id or 0]
    with pytest.raises(NotFound):
        services.draft_roster(actor=cast.actor("staff"), name="组", members=strangers, k=2, at=AT)


def test_a_roster_is_used_once_every_key_was_tried_and_a_witness_saw_it() -> None:
    story = drafted()
    for key in OFFICERS[:2]:
        stories.make_key(story, key)
    with pytest.raises(RosterIncomplete):
        services.activate_roster(actor=cast.actor("auditor"), roster_id=story.roster_id, at=AT)
    stories.make_key(story, "officer3")
    for key in ("staff", "officer1"):
        with pytest.raises(WitnessNeeded):
            services.activate_roster(actor=cast.actor(key), roster_id=story.roster_id, at=AT)
    with pytest.raises(RosterNotActive):
        stories.add_intake(story)

    services.activate_roster(actor=cast.actor("host"), roster_id=story.roster_id, at=AT)

    stories.add_intake(story)
    with pytest.raises(NotAllowedNow):
        stories.make_key(story, "officer1")


def test_a_key_that_its_officer_does_not_hold_is_not_tried() -> None:
    story = drafted()
    seat = stories.seat_of(story.roster_id, "officer1")
    actor = cast.actor("officer1")
    services.enrol_key(actor=actor, seat_id=seat.pk, spki=spki_of(new_key()), kept_on="device", at=AT)

    with pytest.raises(KeyDoesNotOpen):
        services.try_key(actor=actor, seat_id=seat.pk, unlock_code=to_base64(bytes(32)), at=AT)
    with pytest.raises(KeyUnusable):
        services.enrol_key(actor=actor, seat_id=seat.pk, spki=b"?", kept_on="device", at=AT)
    with pytest.raises(NotPermitted):
        services.try_key(actor=cast.actor("officer2"), seat_id=seat.pk, unlock_code="", at=AT)


def test_two_officers_with_one_key_are_no_roster() -> None:
    story = drafted()
    story.officers["officer2"] = story.officers["officer1"]
    for key in OFFICERS:
        stories.make_key(story, key)

    with pytest.raises(KeyUnusable):
        services.activate_roster(actor=cast.actor("auditor"), roster_id=story.roster_id, at=AT)


def rewrapped(story: Story, key: str, successor: bytes) -> list[dict[str, object]]:
    """What the leaving officer's device sends."""
    seat = stories.seat_of(story.roster_id, key)
    found: list[dict[str, object]] = []
    for share in services.shares_to_rewrap(actor=cast.actor(key), seat_id=seat.pk):
        slot, ctx = Slot.parse(dict(share.slot)), from_base64(share.ctx)
        secret = slot.open(unwrap_kek(slot, story.officers[key]), ctx=ctx)
        fresh = wrap(secret, Recipient(slot.label, successor), ctx=ctx, entropy=secrets.token_bytes)
        found.append({"ref": share.ref, "slot": fresh.as_json()})
    return found


def handed_over() -> tuple[Story, int]:
    """officer1 of a roster with one sealed bid hands over to host, who has a tried key on another roster."""
    story = stories.story_of()
    other = stories.ceremony(officers=("host", "staff2"))
    story.officers["host"] = other.officers["host"]
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    return story, hands_over(story)


def hands_over(story: Story) -> int:
    spki = spki_of(story.officers["host"])
    return services.hand_over(
        actor=cast.actor("officer1"),
        seat_id=stories.seat_of(story.roster_id, "officer1").pk,
        successor_id=cast.actor("host").person_id or 0,
        spki=spki,
        slots=rewrapped(story, "officer1", spki),
        at=AT,
    )


def test_a_successor_opens_what_was_sealed_to_the_one_who_left() -> None:
    story, handover = handed_over()
    services.witness_handover(actor=cast.actor("auditor"), handover_id=handover, at=AT)
    (ref,) = stories.begin(story)
    with pytest.raises(NotPermitted):
        stories.officer_unlocks(story, "officer1")

    stories.bidder_unlocks(story, "buyer1", ref)
    assert stories.officer_unlocks(story, "host") == 1
    stories.officer_unlocks(story, "officer3")
    services.decrypt_ready(story.intake_id, at=OPENS)

    assert stories.state_of(ref) == "OPENED"


def test_a_hand_over_counts_only_with_a_witness() -> None:
    story, handover = handed_over()
    for key in ("officer1", "host"):
        with pytest.raises(WitnessNeeded):
            services.witness_handover(actor=cast.actor(key), handover_id=handover, at=AT)
    stories.begin(story)

    with pytest.raises(NotPermitted):
        stories.officer_unlocks(story, "host")
    assert stories.officer_unlocks(story, "officer1") == 1


def test_a_hand_over_is_witnessed_once() -> None:
    _, handover = handed_over()
    services.witness_handover(actor=cast.actor("auditor"), handover_id=handover, at=AT)

    with pytest.raises(NotAllowedNow):
        services.witness_handover(actor=cast.actor("auditor"), handover_id=handover, at=AT)


def test_a_hand_over_leaves_no_share_behind_and_goes_to_a_tried_key() -> None:
    story = stories.story_of()
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    seat = stories.seat_of(story.roster_id, "officer1")
    other = stories.ceremony(officers=("host", "staff2"))
    spki = spki_of(other.officers["host"])
    actor, host = cast.actor("officer1"), cast.actor("host").person_id or 0

    with pytest.raises(Malformed):
        services.hand_over(actor=actor, seat_id=seat.pk, successor_id=host, spki=spki, slots=[], at=AT)
    with pytest.raises(SuccessorUnfit):
        services.hand_over(actor=actor, seat_id=seat.pk, successor_id=host, spki=spki_of(new_key()), slots=[], at=AT)
    assert not ShareHandover.objects.exists()


def test_what_came_in_after_the_shares_were_passed_on_is_passed_on_first() -> None:
    """Its share is sealed to the key of the officer who leaves; witnessed now, nobody could ever unlock it."""
    story, stale = handed_over()
    stories.hand_in(story, "buyer2", stories.sealed(story, "buyer2"), at=AT + timedelta(seconds=1))
    with pytest.raises(HandoverStale):
        services.witness_handover(actor=cast.actor("auditor"), handover_id=stale, at=AT)
    again = hands_over(story)
    services.witness_handover(actor=cast.actor("auditor"), handover_id=again, at=AT)
    with pytest.raises(NotAllowedNow):
        services.witness_handover(actor=cast.actor("auditor"), handover_id=stale, at=AT)

    refs = stories.begin(story)
    assert stories.officer_unlocks(story, "host") == len(refs) == 2


def test_a_roster_out_of_use_still_opens_what_was_sealed_to_it() -> None:
    story = stories.story_of()
    stories.hand_in(story, "buyer1", stories.sealed(story, "buyer1"))
    services.retire_roster(actor=cast.actor("staff"), roster_id=story.roster_id, at=AT)
    (ref,) = stories.begin(story)
    client = Client()
    client.force_login(cast.person("officer1"), backend="allauth.account.auth_backends.AuthenticationBackend")

    page = client.get(f"/openings/{story.intake_id}/")

    assert [seat.seat for seat in page.context["seats"]] == [1], "the officer is asked to unlock"
    stories.bidder_unlocks(story, "buyer1", ref)
    for key in ("officer1", "officer2"):
        stories.officer_unlocks(story, key)
    services.decrypt_ready(story.intake_id, at=OPENS)
    assert stories.state_of(ref) == "OPENED"
    assert queries.my_seats(cast.actor("officer1")) == [], "and no more once everything is opened"


def test_a_later_envelope_is_sealed_to_the_successor() -> None:
    story, handover = handed_over()
    services.witness_handover(actor=cast.actor("auditor"), handover_id=handover, at=AT)
    stories.hand_in(story, "buyer2", stories.sealed(story, "buyer2"), at=AT + timedelta(seconds=1))
    first, second = stories.begin(story)

    stories.bidder_unlocks(story, "buyer1", first)
    stories.bidder_unlocks(story, "buyer2", second)
    assert stories.officer_unlocks(story, "host") == 2
    assert stories.officer_unlocks(story, "officer2") == 2
    services.decrypt_ready(story.intake_id, at=OPENS)

    assert [stories.state_of(ref) for ref in (first, second)] == ["OPENED", "OPENED"]


def test_an_opening_without_its_quorum_on_duty_raises_the_alarm_once_a_day() -> None:
    story = stories.story_of()
    for key in ("officer1", "officer2"):
        seat = stories.seat_of(story.roster_id, key)
        services.set_duty(actor=cast.actor(key), seat_id=seat.pk, away_until=DEADLINE + timedelta(days=1), at=AT)
    soon = DEADLINE - timedelta(days=3)

    def alarms() -> int:
        return sum(one.subject_msgid.startswith("The opening of") for one in InboxMessage.objects.all())

    assert services.alarm_quorums(AT) == 0
    services.alarm_quorums(soon)
    services.alarm_quorums(soon + timedelta(hours=1))
    assert alarms() == 4
    services.alarm_quorums(soon + timedelta(days=1))
    assert alarms() == 8
    seat = stories.seat_of(story.roster_id, "officer1")
    services.set_duty(actor=cast.actor("officer1"), seat_id=seat.pk, away_until=None, at=soon)
    assert services.alarm_quorums(soon + timedelta(days=2)) == 0


def test_officers_who_left_the_centre_count_as_absent() -> None:
    stories.story_of()
    soon = DEADLINE - timedelta(days=3)
    assert services.alarm_quorums(soon) == 0
    Person.objects.filter(pk=cast.person("officer1").pk).update(is_active=False)
    assert services.alarm_quorums(soon) == 0, "two of three are left, and two open"
    Membership.objects.filter(person_id=cast.person("officer2").pk).update(ended_at=soon)

    assert services.alarm_quorums(soon) == 1


def test_everybody_of_the_centre_sees_rosters_and_no_bidder_does() -> None:
    story = stories.ceremony()

    assert queries.roster(cast.actor("regulator"), story.roster_id).is_ready
    with pytest.raises(NotPermitted):
        queries.rosters(cast.actor("buyer1"))
