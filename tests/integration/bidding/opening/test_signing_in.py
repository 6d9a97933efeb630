"""Signing in to an opening: by certificate, face, photo or document; secret, bound to its person."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bidding.opening import queries
from bidding.opening import services as halls
from bidding.opening.domain.refusals import (
    SignInNeedsFace,
    SignInNotOpen,
)
from bidding.opening.faces import faces
from bidding.opening.forms import SignInForm
from bidding.opening.models import HallPicture, HallSignIn
from bidding.tenders.domain.eligibility import MayNotBid
from commons.domain.actor import Assurance
from commons.domain.refusals import AssuranceTooLow, NotPermitted
from tests import cast
from tests.integration.bidding.opening import story as stories
from tests.integration.bidding.opening.story import DEADLINE, SIGNING_IN
from tests.integration.portal import test_permissions as permissions

pytestmark = pytest.mark.django_db


def test_sign_in_asks_for_certificate_face_and_time() -> None:
    found = stories.opening()
    who = stories.bidder("buyer1")

    weak = stories.bidder("buyer1", assurance=Assurance.FACE_OR_LICENCE)
    with pytest.raises(AssuranceTooLow):
        halls.sign_in(actor=weak, hall_id=found.hall_id, face=stories.face(found, "buyer1"), at=SIGNING_IN)
    with pytest.raises(SignInNeedsFace):
        halls.sign_in(actor=who, hall_id=found.hall_id, face=None, at=SIGNING_IN)
    with pytest.raises(SignInNotOpen):
        halls.sign_in(
            actor=who, hall_id=found.hall_id, face=stories.face(found, "buyer1"), at=DEADLINE - timedelta(days=2)
        )
    with pytest.raises(NotPermitted):
        halls.sign_in(
            actor=cast.actor("host"), hall_id=found.hall_id, face=stories.face(found, "buyer1"), at=SIGNING_IN
        )
    with pytest.raises(MayNotBid):
        halls.sign_in(
            actor=stories.bidder("robot1"), hall_id=found.hall_id, face=stories.face(found, "robot1"), at=SIGNING_IN
        )

    halls.sign_in(actor=who, hall_id=found.hall_id, face=stories.face(found, "buyer1"), at=SIGNING_IN)
    assert queries.sign_in_state(who, found.hall_id)
    assert not queries.sign_in_state(cast.actor("buyer2"), found.hall_id)


def test_who_cannot_show_a_face_signs_in_by_photo_and_reason_and_the_photo_is_erased() -> None:
    found = stories.opening()
    who, picture = stories.bidder("buyer1"), b"\xff\xd8\xff" + b"\0" * 100
    blank = halls.Face(matched=False, reason=" ", picture=picture)
    with pytest.raises(SignInNeedsFace):
        halls.sign_in(actor=who, hall_id=found.hall_id, face=blank, at=SIGNING_IN)

    reason = halls.Face(matched=False, reason="the camera is broken", picture=picture)
    halls.sign_in(actor=who, hall_id=found.hall_id, face=reason, at=SIGNING_IN)

    assert HallPicture.objects.get().image
    assert halls.erase_pictures(SIGNING_IN + timedelta(days=179)) == 0
    assert halls.erase_pictures(SIGNING_IN + timedelta(days=180)) == 1
    assert HallPicture.objects.get().image is None


def test_a_face_counts_for_its_person_and_its_hall_alone() -> None:
    found, other = stories.opening(), 4711
    who = stories.bidder("buyer1")
    foreign = stories.face(found, "buyer2")
    elsewhere = faces().challenge(hall_id=other, person_id=cast.person("buyer1").pk)
    for proof in (foreign.proof, elsewhere, "", "forged"):
        face = halls.Face(matched=True, proof=proof)
        with pytest.raises(SignInNeedsFace):
            halls.sign_in(actor=who, hall_id=found.hall_id, face=face, at=SIGNING_IN)

    halls.sign_in(actor=who, hall_id=found.hall_id, face=stories.face(found, "buyer1"), at=SIGNING_IN)
    assert HallSignIn.objects.get().facts["person"] == str(cast.person("buyer1").pk)


def test_who_shows_no_face_signs_in_all_the_same_and_nothing_is_kept_of_it() -> None:
    found = stories.opening()
    client = permissions.browser("buyer1")
    address = reverse("opening:sign_in", args=[found.hall_id])
    assert client.get(address).context["form"].initial["proof"]
    halls.sign_in(
        actor=stories.bidder("buyer1"), hall_id=found.hall_id, face=halls.Face(False, declined=True), at=SIGNING_IN
    )

    assert HallSignIn.objects.get().facts["way"] == "DOCUMENT"
    assert not HallPicture.objects.exists()
    form = SignInForm({"declined": "on"}, None, faces=True)
    assert form.is_valid(), form.errors
    assert not SignInForm({}, None, faces=True).is_valid()
