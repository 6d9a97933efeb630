"""What waits in tenders for tenderer, owner, agent and centre, by when, for the workspace."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bidding.tenders.domain.states import SectionState, TenderState
from bidding.tenders.models import ENDS_AT, DocumentTaking, Section, Tender
from bidding.tenders.queries import pages
from commons.domain.actor import Actor
from commons.domain.tasks import Waiting
from commons.domain.time import end_of
from commons.secrecy.fields import Party

MOST = 20
MOST_OPEN = 200
"""Tenders that invite bids at one time and are looked through for those whose documents the reader took."""
SECTION_STEPS = {
    SectionState.OPENED.value: "report",
    SectionState.EVALUATED.value: "candidates",
    SectionState.PUBLICIZED.value: "award",
    SectionState.AWARDED.value: "contract",
}


def of_bidder(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Tenders whose documents the reader's organisation took, until their deadline. Nobody else learns of it."""
    if actor.organisation_id is None:
        return
    coming = Section.objects.annotate(ends_at=ENDS_AT).filter(state=SectionState.BIDDING.value, ends_at__gt=now)
    found = list(coming.select_related("tender").order_by("ends_at", "number")[:MOST_OPEN])
    parties = {Party(row.tender_id, actor.organisation_id) for row in found}
    taken = {row.party.place for row in DocumentTaking.objects.filter(party__in=parties)} if parties else frozenset()
    for row in [row for row in found if row.tender_id in taken][:MOST]:
        hint = f"{row.tender.title} · {row.title}"
        if row.intake_id is None:
            title = _("Read the documents: offers are asked for after the deadline")
            yield Waiting(title, reverse("tenders:tender", args=[row.tender_id]), row.deadline, hint)
        else:
            yield Waiting(_("Prepare your bid"), reverse("bids:compose", args=[row.pk]), row.deadline, hint)


def of_owner(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Questions and objections to answer, drafts that came back, and each section's next step after its opening."""
    for tender, questions, objections in pages.waiting_for_owner(actor)[:MOST]:
        yield from _to_answer(tender, questions, objections)
    own = pages.owned_tenders(actor)
    for tender in own.filter(state=TenderState.RETURNED.value)[:MOST]:
        yield Waiting(
            _("A tender came back from the check"), reverse("tenders:draft", args=[tender.pk]), None, tender.title
        )
    titles = {
        "report": _("Record the evaluation report"),
        "candidates": _("Publish the award candidates"),
        "award": _("Award when the objections are over"),
        "contract": _("Conclude the contract"),
    }
    rows = Section.objects.filter(state__in=SECTION_STEPS, tender__in=own.order_by().values("pk"))
    for row in rows.select_related("tender").order_by("pk")[:MOST]:
        url, hint = reverse("awards:desk", args=[row.pk]), f"{row.tender.title} · {row.title}"
        yield Waiting(titles[SECTION_STEPS[row.state]], url, None, hint)


def of_staff(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Tenders to check and publish."""
    count = pages.tenders_to_check(actor).count()
    if count:
        words = ngettext("%(count)s tender to check or publish", "%(count)s tenders to check or publish", count)
        yield Waiting(words % {"count": count}, reverse("tenders:centre"), count=count)


def _to_answer(tender: Tender, questions: int, objections: int) -> Iterator[Waiting]:
    url = reverse("tenders:questions", args=[tender.pk])
    if questions:
        words = ngettext("%(count)s question to answer", "%(count)s questions to answer", questions)
        yield Waiting(words % {"count": questions}, url, tender.bid_deadline, tender.title, questions)
    if objections:
        words = ngettext("%(count)s objection to answer", "%(count)s objections to answer", objections)
        days = tender.objections.filter(answered_at=None, withdrawn_at=None).values_list("answer_due_on", flat=True)
        yield Waiting(words % {"count": objections}, url, end_of(min(days)), tender.title, objections)
