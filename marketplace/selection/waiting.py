"""What waits in selections for the owner, the members of its panel and the agencies, for the workspace."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from commons.domain.actor import Actor
from marketplace.duties import Duty, Rows, rows
from marketplace.selection.domain.states import Wait
from marketplace.selection.models import PanelMember, Selection, SelectionEntrant

DUTIES = {
    "SELECTION_PANEL": Duty(_("Name the panel that scores the proposals"), "selection:panel"),
    "SELECTION_PICK": Duty(_("Pick from the small list"), "selection:pick"),
    "SELECTION_SCORE": Duty(_("Score the proposals"), "selection:scores"),
    "SELECTION_ROOM": Duty(_("Bid in the live room of a selection"), "rooms:room"),
}


def of_owner(actor: Actor, now: datetime) -> Iterator[Rows]:
    """Panels to name and agencies to pick."""
    own = Selection.objects.filter(procurement__owner__organisation_id=actor.organisation_id or 0)
    named = PanelMember.objects.filter(selection=OuterRef("pk"))
    without = own.filter(wait=Wait.SCORES.value).exclude(Exists(named))
    yield rows(without, "SELECTION_PANEL", title="procurement__title")
    yield rows(own.filter(wait=Wait.PICK.value), "SELECTION_PICK", title="procurement__title")


def of_member(actor: Actor, now: datetime) -> Iterator[Rows]:
    """Score sheets that the reader has still to hand in."""
    sheets = PanelMember.objects.filter(
        person_id=actor.person_id or 0, handed_in_at__isnull=True, selection__wait=Wait.SCORES.value
    )
    yield rows(sheets, "SELECTION_SCORE", number="selection_id", title="selection__procurement__title")


def of_agency(actor: Actor, now: datetime) -> Iterator[Rows]:
    """Live rooms in which the reader's agency may bid."""
    entrants = SelectionEntrant.objects.filter(
        organisation_id=actor.organisation_id or 0, barred="", selection__wait=Wait.ROOM.value,
        selection__room_id__isnull=False,
    )  # fmt: skip
    yield rows(entrants, "SELECTION_ROOM", number="selection__room_id", title="selection__procurement__title")
