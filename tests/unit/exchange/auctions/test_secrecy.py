"""The secrecy matrix, cell by cell where a wrong cell would hurt somebody."""

import pytest

from exchange.auctions.domain.secrecy import Sight, Stage, Viewer, sight, stage_of
from exchange.projects.domain.states import LotState
from exchange.projects.domain.trades import TradeType

RIGHTS, CARBON = TradeType.EMISSION_RIGHTS, TradeType.CARBON_ALLOWANCES


@pytest.mark.parametrize("trade", TradeType)
@pytest.mark.parametrize("viewer", [viewer for viewer in Viewer if viewer is not Viewer.FINANCE])
def test_nobody_but_the_deposit_clerk_sees_anything_while_buyers_register(trade: TradeType, viewer: Viewer) -> None:
    assert sight(trade, Stage.REGISTERING, viewer) is Sight.NOTHING


@pytest.mark.parametrize("trade", TradeType)
@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.RESULT])
def test_nobody_can_tie_a_name_to_a_bidder_number_before_the_result(trade: TradeType, stage: Stage) -> None:
    assert all(Sight.LINK not in sight(trade, stage, viewer) for viewer in Viewer)
    assert all(Sight.WINNERS not in sight(trade, stage, viewer) for viewer in Viewer)


@pytest.mark.parametrize("trade", TradeType)
@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("viewer", [Viewer.PUBLIC, Viewer.BUYER])
def test_the_public_and_other_buyers_never_see_names_needs_or_deposits(
    trade: TradeType, stage: Stage, viewer: Viewer
) -> None:
    hidden = Sight.NAMES | Sight.NEEDS | Sight.DEPOSITS | Sight.COUNT | Sight.LINK

    assert not sight(trade, stage, viewer) & hidden


@pytest.mark.parametrize("stage", [Stage.QUALIFYING, Stage.BIDDING])
@pytest.mark.parametrize("viewer", [Viewer.STAFF, Viewer.REGULATOR, Viewer.AUDITOR])
def test_staff_and_overseers_do_not_see_names_before_the_result(stage: Stage, viewer: Viewer) -> None:
    assert Sight.NAMES not in sight(RIGHTS, stage, viewer)


def test_only_a_seller_who_qualifies_buyers_sees_their_names() -> None:
    assert Sight.NAMES in sight(RIGHTS, Stage.QUALIFYING, Viewer.SELLER)
    assert Sight.NAMES not in sight(CARBON, Stage.QUALIFYING, Viewer.SELLER)
    assert Sight.NAMES not in sight(CARBON, Stage.BIDDING, Viewer.SELLER)


@pytest.mark.parametrize("state", [LotState.FAILED, LotState.TERMINATED, LotState.DRAFT, LotState.ANNOUNCED])
def test_a_lot_that_failed_keeps_its_buyers_for_good(state: LotState) -> None:
    assert stage_of(state) is Stage.REGISTERING


def test_the_hammer_alone_reveals_nothing_only_the_published_result_does() -> None:
    assert stage_of(LotState.HAMMERED) is Stage.BIDDING
    assert stage_of(LotState.NOTICED) is Stage.RESULT


def test_a_suspended_lot_shows_what_its_former_stage_shows() -> None:
    assert stage_of(LotState.SUSPENDED, suspended_in=LotState.QUALIFYING) is Stage.QUALIFYING
