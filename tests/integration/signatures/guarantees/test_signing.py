"""A manager signs in the dialogue; the session's own row tells nothing of what is signed."""

import io
from datetime import date, datetime

import pytest

from commons.outbox.models import OutboxMessage
from signatures.documents.domain.answers import Fault
from signatures.documents.services import verify_document
from signatures.guarantees import queries
from signatures.guarantees import services as guarantees
from signatures.guarantees.domain.checks import GuaranteeFaulty
from signatures.guarantees.domain.states import GuaranteeState
from signatures.guarantees.domain.terms import IssuerStatus
from signatures.guarantees.services import sealing
from signatures.guarantees.services.papers import check_uploaded
from signatures.signing import queries as sessions
from signatures.signing.models import SigningSession
from signatures.signing.services import SessionRef
from tests.cast import actor, organisation
from tests.dumps import found_in
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
    assert found_in(row, ("6720", organisation("jinma").uscc, "F0144")) == []


def test_the_paper_is_sealed_with_the_issuers_signature_inside() -> None:
    ref = story.ask(story.city()["bank"])
    story.assessed(ref)
    signed_in_dialogue(ref)
    (message,) = OutboxMessage.objects.filter(topic="guarantee.paper")
    drawn = queries.paper(actor("buyer1"), ref)

    assert sealing.seal_paper(ref, at=story.ASKED)

    paper = queries.paper(actor("buyer1"), ref)
    answer = verify_document(io.BytesIO(paper), at=story.later(1))
    (platform,), (issuer,) = answer.signatures, answer.statements
    assert paper != drawn
    assert found_in(str(message.payload), ["6720"]) == []
    assert [fault for fault in answer.all_faults if fault is not Fault.NOT_REGISTERED] == []
    assert (platform.certifies, issuer.field_name, issuer.revocation) == (True, "issuer.p7s", "GOOD")
    assert issuer.organisation == queries.one(actor("buyer1"), ref).dossier.issuer.name
    assert check_uploaded(paper, issuer=issuer.organisation, at=story.later(1)).signer == issuer.organisation
    assert sealing.seal_paper(ref, at=story.ASKED), "a redelivered message does no harm"


def test_the_dialogue_signs_the_extension_too() -> None:
    ref = story.opened(story.city()["bank"])
    guarantees.ask_extension(actor=actor("buyer1"), ref=ref, until=date(2026, 12, 31), at=story.later(1))
    signed_in_dialogue(ref, at=story.later(2))

    assert queries.one(actor("seller"), ref).dossier.expires_on == date(2026, 12, 31)


def test_the_dialogue_says_which_guarantee_is_extended_for_whom_how_much_and_until_when() -> None:
    ref = story.opened(story.city()["bank"])
    guarantees.ask_extension(actor=actor("buyer1"), ref=ref, until=date(2026, 12, 31), at=story.later(1))
    url = guarantees.begin_signing(actor=actor("manager"), ref=ref, at=story.later(2))

    dossier = queries.one(actor("manager"), ref).dossier
    found = sessions.one(actor("manager"), url.rstrip("/").rpartition("/")[2])

    assert found.title == f"保函{dossier.versions[0].facts.number}的延期"
    assert found.amount == dossier.versions[0].facts.amount
    assert found.facts[0] == ("Applicant", organisation("jinma").name)
    assert found.facts[2][1].endswith("2026-12-31")
    row = repr(SigningSession.objects.order_by("-pk").values().first())
    assert found_in(row, (organisation("jinma").name, "2026-12-31")) == []


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
