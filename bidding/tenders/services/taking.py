"""Taking the tender documents. Who did, and how many, nobody learns before the opening (招标投标法 第22条)."""

from datetime import datetime

from django.db import transaction

from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders.domain.eligibility import BAR_TEXTS, Bar, MayNotBid
from bidding.tenders.domain.states import SectionState
from bidding.tenders.models import DocumentTaking, PublishedDocument, Tender
from bidding.tenders.policies import can_take_part
from bidding.tenders.queries import has_taken, is_invited, is_qualified
from bidding.tenders.services.common import profile_of
from bidding.tenders.services.opening import takings_stream
from commons.domain.actor import Actor
from commons.domain.refusals import NotFound, Refusal
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.services import append_secret
from commons.secrecy.fields import Party


class DocumentsNotOffered(Refusal):
    code = "DOCUMENTS_NOT_OFFERED"
    message = gettext_noop("The documents can be taken until %(until)s, while bids are invited.")


@transaction.atomic
def take_documents(*, actor: Actor, tender_id: int, at: datetime) -> int:
    """Take the newest version of the documents; gives its number. Taking again is harmless.

    Refuses `CentreCannotBid`, `OwnerCannotBid`, `DocumentsNotOffered`, `MayNotBid` (not invited, not prequalified).
    """
    tender = Tender.objects.select_related("project").filter(pk=tender_id, published_at__isnull=False).first()
    if tender is None:
        raise NotFound()
    can_take_part(actor, tender).require()
    assert actor.organisation_id is not None, "a role is held for an organisation"
    again = has_taken(tender_id, actor.organisation_id)
    if not again:
        _require_offered(tender, actor.organisation_id, at)
    version = PublishedDocument.objects.filter(tender=tender).order_by("-version").values_list("version", flat=True)[0]
    facts = {"taken_at": to_text(at), "by": actor.ref, "version": version}
    party = Party(tender_id, actor.organisation_id)
    DocumentTaking.objects.update_or_create(party=party, defaults={"facts": facts})
    append_secret(
        stream=takings_stream(tender_id),
        type="DocumentsTaken",
        actor=actor,
        payload={"organisation": f"organisation:{actor.organisation_id}", "version": str(version)},
        decided_at=at,
        idempotency_key=f"taken:{actor.organisation_id}:{version}:{to_text(at)}",
    )
    return version


def _require_offered(tender: Tender, organisation_id: int, at: datetime) -> None:
    profile, offered = profile_of(tender, at), [SectionState.BIDDING.value]
    if profile.has(Switch.TWO_STAGE):
        offered.append(SectionState.PREQUALIFYING.value)
    sections = list(tender.sections.filter(state__in=offered).values_list("pk", flat=True))
    until = tender.documents_until
    if not sections or until is None or at >= until:
        raise DocumentsNotOffered(until=to_text(until) if until else "–")
    if profile.has(Switch.INVITATION) and not is_invited(tender.pk, organisation_id):
        raise MayNotBid(reason=BAR_TEXTS[Bar.NOT_INVITED])
    if profile.has(Switch.PREQUALIFICATION) and not any(is_qualified(pk, organisation_id) for pk in sections):
        raise MayNotBid(reason=BAR_TEXTS[Bar.NOT_QUALIFIED])
