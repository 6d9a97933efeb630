"""Who may upload for a section: asked by the envelopes before they issue a permission."""

from datetime import datetime

from bidding.bids.services.consortia import require_whole
from bidding.tenders import queries as tenders
from commons.domain.actor import Actor
from signatures.envelopes.admitting import register_admission


def _admit(actor: Actor, subject: str, at: datetime) -> None:
    """Refuses (`MayNotBid`) whoever is not invited, not qualified, took no documents, or owns the tender.

    Of a consortium only the lead hands in, once every member has signed (`AgreementUnsigned`, `MemberBidsAlone`).
    """
    assert actor.organisation_id is not None, "asked by the envelopes"
    section_id = int(subject.partition(":")[2])
    tenders.eligibility_of(section_id=section_id, organisation_id=actor.organisation_id, at=at).require()
    require_whole(section_id, actor.organisation_id)


register_admission("section", _admit)
