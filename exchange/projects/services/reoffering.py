"""What is offered again: only what failed, was ended, or was sold in part (Foshan 2018: 重新公告)."""

from decimal import Decimal

from django.db.models import Sum

from commons.domain.refusals import NotFound
from exchange.contracts.domain.deals import STANDING
from exchange.projects.domain.reoffers import NothingToOfferAgain, NotOfferedAgain, may_be_offered_again
from exchange.projects.domain.states import LotState
from exchange.projects.domain.trades import Instrument
from exchange.projects.models import Lot, Project


def project_to_offer_again(seller_id: int, project_id: int | None) -> Project | None:
    """The project that is offered again: one's own, published before, with something left of it.

    Refuses (`NotFound`, `NothingToOfferAgain`).
    """
    if project_id is None:
        return None
    before = Project.objects.filter(pk=project_id, seller_id=seller_id, published_at__isnull=False).first()
    if before is None:
        raise NotFound()
    if not any(is_left(lot) for lot in before.lots.all()):
        raise NothingToOfferAgain(project=before.code)
    return before


def lot_offered_again(project: Project, instrument: Instrument) -> Lot | None:
    """The lot of the earlier project that one of this instrument offers again; none in a first round.

    Refuses (`NotOfferedAgain`) an instrument of which nothing is left there.
    """
    if project.predecessor is None:
        return None
    before = project.predecessor.lots.filter(instrument=instrument.value).first()
    if before is None or not is_left(before):
        raise NotOfferedAgain(instrument=instrument.value, project=project.predecessor.code)
    return before


def is_left(lot: Lot) -> bool:
    """Whether something of a lot found no buyer."""
    deals = lot.deals.filter(state__in=[state.value for state in STANDING])
    sold = deals.aggregate(sold=Sum("quantity"))["sold"] or Decimal(0)
    return may_be_offered_again(LotState(lot.state), offered=lot.quantity, sold=sold)
