"""The guard against slips of the finger: an unusual price needs a second gesture (UX, screen 3), on the server too."""

from decimal import Decimal

from commons.domain.money import as_text
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from exchange.rooms.domain.commands import Confirm
from exchange.rooms.domain.rules import RoomRules


class HoldToConfirm(Refusal):
    code = "ROOM_GUARD_HOLD"
    message = gettext_noop(
        "%(price)s is far from %(reference)s. Hold the button for a second, or tick the box, to confirm it."
    )


class RetypeToConfirm(Refusal):
    code = "ROOM_GUARD_RETYPE"
    message = gettext_noop(
        "%(price)s is out of proportion to %(reference)s (a factor of %(factor)s or more). Type it again to confirm."
    )


def check_confirmed(rules: RoomRules, price: Decimal, *, reference: Decimal, confirm: Confirm) -> None:
    """Refuses (`HoldToConfirm`, `RetypeToConfirm`) a price far from `reference` without the gesture it needs."""
    if confirm is Confirm.RETYPED:
        return
    factor = rules.guard_retype_factor
    if factor is not None and (price >= reference * factor or price * factor <= reference):
        raise RetypeToConfirm(price=as_text(price), reference=as_text(reference), factor=factor)
    if confirm is Confirm.NONE and _is_far(rules, abs(price - reference), reference):
        raise HoldToConfirm(price=as_text(price), reference=as_text(reference))


def _is_far(rules: RoomRules, distance: Decimal, reference: Decimal) -> bool:
    if rules.guard_hold_steps is not None and rules.step and distance > rules.guard_hold_steps * rules.step:
        return True
    return rules.guard_hold_share is not None and distance > rules.guard_hold_share * reference
