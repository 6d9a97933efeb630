"""After the opening the owner gets rid of nobody by itself."""

from datetime import datetime

import pytest

from bidding.awards import services
from bidding.awards.domain.reports import FailureUnfounded
from bidding.tenders import queries as tenders
from bidding.tenders.domain.failing import FailureCause
from commons.evidence.models import EvidenceEntry
from commons.vault import services as vault
from tests import cast
from tests.integration.bidding.story import Told
from tests.integration.bidding.test_awards import first_line, lines_of, opened, shown
from tests.integration.bidding.test_procedure import told_of

pytestmark = pytest.mark.django_db(transaction=True)

REASON = "评标委员会认为有效投标不足三家"


def paper(told: Told, at: datetime, subject: str = "evaluation-report") -> int:
    return vault.store(
        actor=cast.actor("tenderee"), stream=[b"%PDF-1.7 f"], name="f.pdf", media_type="application/pdf", at=at,
        subject=f"{subject}:{told.section_id}",
    ).id  # fmt: skip


def declared(told: Told, cause: FailureCause, at: datetime, document_id: int | None = None) -> None:
    services.declare_failed(
        actor=cast.actor("tenderee"), section_id=told.section_id, cause=cause, reason=REASON,
        document_id=paper(told, at) if document_id is None else document_id, at=at,
    )  # fmt: skip


def test_too_few_valid_bids_are_declared_with_the_committees_paper_which_the_log_names() -> None:
    told, at = opened("WORKS_OPEN")
    for other in (0, paper(told, at, "application")):
        with pytest.raises(FailureUnfounded):
            declared(told, FailureCause.TOO_FEW_VALID, at, other)
    declared(told, FailureCause.TOO_FEW_VALID, at)

    assert tenders.section_terms(told.section_id).failure == "TOO_FEW_VALID"
    assert EvidenceEntry.objects.filter(stream=f"section:{told.section_id}", type="FailureDeclared").count() == 1


def test_a_report_with_enough_valid_bids_and_candidates_that_stand_leave_no_cause() -> None:
    told, at = opened("WORKS_OPEN")
    until = shown(told, at, lines_of())
    for cause in (FailureCause.TOO_FEW_VALID, FailureCause.NO_CANDIDATE, FailureCause.BELOW_RESERVE):
        with pytest.raises(FailureUnfounded):
            declared(told, cause, until)


def test_who_is_said_to_have_given_up_is_told_and_then_the_owner_may_begin_anew() -> None:
    told, at = opened("WORKS_OPEN")
    until = shown(told, at, lines_of())
    owner = cast.actor("tenderee")
    (award_id,) = services.award_section(
        actor=owner, section_id=told.section_id, line_ids=[first_line(told.section_id)], at=until
    )
    services.give_up(actor=owner, award_id=award_id, reason="中标人拒绝签约", at=until)

    assert any("recorded that you gave up" in subject for subject in told_of("builder1"))
    declared(told, FailureCause.NO_CANDIDATE, until)
    assert tenders.section_terms(told.section_id).failure == "NO_CANDIDATE"
