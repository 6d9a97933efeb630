"""The front door."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from portal import board
from portal.context import address
from portal.views.workspace import Tile


class HomeView(TemplateView):
    """What runs now, what is announced, and one entry per role."""

    template_name = "portal/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        return super().get_context_data(
            now=now,
            rooms=board.live_rooms(now),
            notices=board.current_notices(now),
            tenders=board.open_tenders(now),
            procurements=board.open_procurements(now),
            entries=entries(),
            **kwargs,
        )


def entries() -> list[Tile]:
    """One entry per role, in the words that the role uses of itself."""
    notices, verify = address("notices:list") or "/", address("verify")
    workspace, rooms = address("workspace"), address("rooms:list") or "/"
    tenders, supermarket = address("tenders:list") or "/", address("procurement:notices") or "/"
    return [
        Tile(_("I want to buy at an auction"), _("Find a lot, register, pay the deposit, bid live."), notices),
        Tile(
            _("I bid for a contract"), _("Find a tender, take its documents, seal a bid, follow the opening."), tenders
        ),
        Tile(
            _("I need or offer a service"), _("Surveys, assessments, audits: announced, chosen and rated."), supermarket
        ),
        Tile(
            _("I sell or buy for an owner"),
            _("Draft a project or a tender, answer questions, confirm the result, sign."),
            workspace,
        ),
        Tile(_("I watch"), _("Follow a live room without signing in; replay one that has ended."), rooms),
        Tile(
            _("I look for a result"),
            _("Who bought or was selected, at what price, by which draw, and how to check it."),
            address("results"),
        ),
        Tile(
            _("I work at the centre, supervise or audit"),
            _("Check, publish, conduct rooms; live view, evidence, complaints."),
            workspace,
        ),
        Tile(_("I hold a certificate or receipt"), _("Verify it here or on your own computer."), verify),
    ]
