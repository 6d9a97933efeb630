"""A manager signs in the dialogue; the session's own row tells nothing of what is signed."""

from datetime import date, datetime

import pytest

from signatures.guarantees import queries
from signatures.guarantees import services as guarantees
from signatures.guarantees.domain.checks import GuaranteeFaulty
from signatures.guarantees.domain.states import GuaranteeState
from signatures.guarantees.domain.terms import IssuerStatus
from signatures.signing.models import SigningSession
from signatures.signing.services import SessionRef
from tests.cast import actor, organisation
from tests.integration.signatures.guarantees import story
from tests.signing import sign_as

pytestmark = pytest.mark.django_db


def signed_in_dialogue(ref: str, *, at: datetime = story.ASKED) -> None:
    url = guarantees.begin_signing(actor=actor("manager"), ref=ref, at=at)
    sign_as("manager", SessionRef(url.rstrip("/").rpartition("/")[2], url), at=at)


def test_the_dialogue_issues_the_guarantee() -> None:
    ref = story.ask(story.city()["bank"])
    story.assessed(ref)
    signed_in_dialogue(ref)
    view = queries.one(actor("buyer1"), ref)

    assert view.state is GuaranteeState.SEALED
    assert queries.paper(actor("buyer1"), ref).startswith(b"%PDF-")
    row = repr(SigningSession.objects.values().get())
    assert [word for word in ("6720", organisation("jinma").uscc, "F0144") if word in row] == []


def test_the_dialogue_signs_the_extension_too() -> None:
    ref = story.opened(story.city()["bank"])
    guarantees.ask_extension(actor=actor("buyer1"), ref=ref, until=date(2026, 12, 31), at=story.later(1))
    signed_in_dialogue(ref, at=story.later(2))

    assert queries.one(actor("seller"), ref).dossier.expires_on == date(2026, 12, 31)


def test_a_guarantee_of_a_revoked_issuer_is_not_issued_by_the_dialogue() -> None:
    bank = story.city()["bank"]
    ref = story.ask(bank)
    story.assessed(ref)
    guarantees.set_status(
        actor=actor("staff"), issuer_id=bank, status=IssuerStatus.REVOKED, decision_no="31", at=story.ASKED
    )
    with pytest.raises(GuaranteeFaulty):
        signed_in_dialogue(ref)

    assert queries.one(actor("buyer1"), ref).state is GuaranteeState.UNDERWRITING
