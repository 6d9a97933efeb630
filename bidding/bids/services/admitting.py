"""Who may upload for a section: asked by the envelopes before they issue a permission."""

from datetime import datetime

from bidding.tenders import queries as tenders
from commons.domain.actor import Actor
from signatures.envelopes.admitting import register_admission


def _admit(actor: Actor, subject: str, at: datetime) -> None:
    """Refuses (`MayNotBid`) whoever is not invited, not qualified, took no documents, or owns the tender."""
    assert actor.organisation_id is not None, "asked by the envelopes"
    section_id = int(subject.partition(":")[2])
    tenders.eligibility_of(section_id=section_id, organisation_id=actor.organisation_id, at=at).require()


register_admission("section", _admit)
