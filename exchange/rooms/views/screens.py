"""What a live screen shows when it is served: the same words and numbers that its scripts show a moment later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from commons.domain.money import capital_yuan, normal_text, round_money
from commons.domain.time import from_text
from exchange.rooms.domain.phases import BIDDABLE, OVER, Format, Phase
from exchange.rooms.domain.rules import RoomRules
from exchange.rooms.subjects import Subject
from exchange.rooms.views import texts
from exchange.rooms.views.rulesheet import facts_of, percent
from exchange.rooms.views.showing import clock_label, describe, grouped, phase_tone, remaining, shown, tag, time_of_day

OFFERS = ("BidAccepted",)


MOVES = ("CloseExtended",)


CHIPS = (1, 2, 5)


GUARD_CODES = {"ROOM_GUARD_HOLD": "HELD", "ROOM_GUARD_RETYPE": "RETYPED"}


@dataclass(frozen=True, slots=True)
class Me:
    """The bidder who looks."""

    alias: str
    person: str
    maximum_quantity: str = ""


@dataclass(frozen=True, slots=True)
class RoomScreen:
    """Everything the templates of a live screen ask for; `frame` is a `state` frame as in docs/protocol.md."""

    room_id: int
    subject: Subject
    rules: RoomRules
    frame: Mapping[str, Any]
    urls: Mapping[str, str]
    here: str
    role: str
    now: str
    """The server's time, for the clock of the page."""
    ticket: str = ""
    me: Me | None = None
    receipts: Sequence[Mapping[str, Any]] = ()
    you: Mapping[str, Any] | None = None
    """The bidder's `you` frame."""
    rehearsal: bool = False
    can_conduct: bool = False
    login_url: str = ""
    head_hash: str = ""

    # What the scripts need

    @property
    def data(self) -> dict[str, Any]:
        """The page's data block."""
        return {
            "room": str(self.room_id),
            "role": self.role,
            "urls": dict(self.urls),
            "rules": self.script_rules,
            "suite": self.rules.suite.value,
            "phases": {
                "before": [Phase.SCHEDULED.value],
                "biddable": [phase.value for phase in Phase if phase in BIDDABLE],
                "ended": [phase.value for phase in Phase if phase in OVER],
            },
            "events": {"offers": list(OFFERS), "moves": list(MOVES)},
            "guard_codes": GUARD_CODES,
            "me": None
            if self.me is None
            else {"alias": self.me.alias, "person": self.me.person, "maximum_quantity": self.me.maximum_quantity},
            "now": self.now,
            "ticket": self.ticket,
            "frame": dict(self.frame),
            "receipts": list(self.receipts),
            "you": None if self.you is None else dict(self.you),
        }

    @property
    def script_rules(self) -> dict[str, Any]:
        rules = self.rules
        return {
            "format": rules.format.value,
            "divisible": rules.divisible,
            "sealed": rules.sealed,
            "quotes": rules.format is Format.LIMITED_QUOTES,
            "direction": "DOWN" if rules.descending else "UP",
            "supply": f"{rules.supply:.3f}",
            "start_price": f"{rules.start_price:.2f}",
            "step": f"{rules.step:.2f}",
            "multiples": rules.step_multiples,
            "quotes_limit": rules.quotes_limit,
            "one_order": rules.sealed and not rules.amendable and rules.orders_limit == 1,
            "replaces": rules.sealed and rules.amendable and rules.orders_limit == 1,
            "guard": {
                "hold_steps": rules.guard_hold_steps,
                "hold_share": None if rules.guard_hold_share is None else format(rules.guard_hold_share, "f"),
                "retype_factor": rules.guard_retype_factor,
            },
        }

    @property
    def texts(self) -> dict[str, str]:
        return texts.catalogue()

    # What the templates show

    @property
    def state(self) -> Mapping[str, Any]:
        state: Mapping[str, Any] = self.frame["state"]
        return state

    @property
    def seq(self) -> int:
        return int(self.frame["seq"])

    @property
    def title(self) -> str:
        return self.subject.title

    @property
    def phase(self) -> Phase:
        return Phase.PAUSED if self.state["paused"] else Phase(self.state["phase"])

    @property
    def ended(self) -> bool:
        return self.phase in OVER

    @property
    def biddable(self) -> bool:
        return self.phase in BIDDABLE

    @property
    def phase_tag(self) -> SafeString:
        return tag(phase_tone(self.phase), texts.PHASES[self.phase.value])

    @property
    def clock_label(self) -> str:
        return clock_label(self.phase)

    @property
    def _deadline(self) -> datetime | None:
        if self.ended or self.phase is Phase.PAUSED:
            return None
        text = self.state["opens_at"] if self.phase is Phase.SCHEDULED else self.state["closes_at"]
        return None if text is None else from_text(text)

    @property
    def clock_shown(self) -> str:
        return "—" if self._deadline is None else remaining(self._deadline - from_text(self.now))

    @property
    def clock_at(self) -> str:
        return "" if self._deadline is None else f"{time_of_day(self._deadline)} UTC+8"

    @property
    def price_label(self) -> str:
        if self.rules.sealed:
            return _("Price of the call")
        if self.ended:
            return _("Final price")
        return _("Lowest price now") if self.rules.descending else _("Best price now")

    @property
    def unit_label(self) -> str:
        return self.subject.price_unit or _("yuan")

    @property
    def quantity_unit(self) -> str:
        return self.subject.quantity_unit

    @property
    def quantity_shown(self) -> str:
        return f"{grouped(normal_text(self.rules.supply))} {self.subject.quantity_unit}".strip()

    @property
    def price_shown(self) -> str:
        return grouped(self.state["price"])

    @property
    def price_capital(self) -> str:
        return "" if self.state["price"] is None else capital_yuan(Decimal(self.state["price"]))

    @property
    def price_total(self) -> str:
        price = self.state["price"]
        return "" if price is None else f"{round_money(Decimal(price) * self.rules.supply):,.2f}"

    @property
    def leader_shown(self) -> str:
        leader = self.state["leader"]
        if leader is None or self.ended or (self.me is not None and leader == self.me.alias):
            return ""
        return _("Bidder %(alias)s leads") % {"alias": leader}

    @property
    def next_label(self) -> str:
        return _("Highest valid bid") if self.rules.descending else _("Least valid bid")

    @property
    def next_shown(self) -> str:
        return grouped(self.state["next_price"])

    @property
    def bidders_shown(self) -> str:
        return shown(self.state["bidders"])

    @property
    def bids_shown(self) -> str:
        return shown(self.state["bids"])

    @property
    def outcome_shown(self) -> str:
        if not self.ended:
            return ""
        if self.phase is Phase.VOIDED:
            return _("The room was voided by a numbered decision.")
        outcome = self.state.get("outcome") or {}
        awards = outcome.get("awards") or []
        if self.phase is Phase.FAILED or not awards:
            return _("The room ended without a deal.")
        price = grouped(outcome["price"])
        if len(awards) > 1:
            words = _("The hammer fell: %(count)s bidders win; the lowest price paid is ¥%(price)s.")
            return words % {"count": len(awards), "price": price}
        return _("The hammer fell at ¥%(price)s to bidder %(alias)s.") % {"price": price, "alias": awards[0]["alias"]}

    @property
    def closed_words(self) -> str:
        words = {
            Phase.PAUSED: _("The room is paused. Bids are not taken; the remaining time is kept."),
            Phase.SCHEDULED: _("Bidding has not opened yet."),
            Phase.WAITING: _("Free bidding is over. Bids are taken again when timed bidding begins."),
        }
        return words.get(self.phase, _("Bids are not taken now."))

    @property
    def close_moves(self) -> str:
        count = self.state["extensions"]
        if not count:
            return _("The close has not moved.")
        return _("The close has moved %(count)s times: a bid near the end leaves everybody time to answer.") % {
            "count": count
        }

    @property
    def offers(self) -> list[dict[str, str]]:
        """Newest first."""
        offers = [event for event in self.frame["events"] if event["type"] in OFFERS and event.get("price")]
        return [
            {
                "seq": str(event["seq"]),
                "time": time_of_day(from_text(event["at"])),
                "alias": event.get("alias") or "—",
                "price": grouped(event["price"]),
            }
            for event in reversed(offers)
        ]

    @property
    def tape(self) -> list[dict[str, str]]:
        """Newest first."""
        return [
            {
                "seq": str(event["seq"]),
                "at": event["at"],
                "time": time_of_day(from_text(event["at"])),
                "words": self._words(event),
            }
            for event in reversed(self.frame["events"])
        ]

    def _words(self, event: Mapping[str, Any]) -> str:
        return describe(event, divisible=self.rules.divisible, own_alias=None if self.me is None else self.me.alias)

    @property
    def has_standing(self) -> bool:
        return not self.rules.sealed or self.ended

    @property
    def top_share(self) -> str:
        return "" if self.rules.top_share is None else percent(self.rules.top_share)

    @property
    def standing(self) -> list[dict[str, Any]]:
        rows = []
        for offer in self.state["standing"] or ():
            wins = Decimal(offer["wins"]) > 0
            words = _("Wins %(quantity)s") % {"quantity": offer["wins"]} if self.rules.divisible else _("Wins")
            rows.append(
                {
                    "alias": offer["alias"],
                    "price": grouped(offer["price"]),
                    "quantity": offer["quantity"] or "—",
                    "own": self.me is not None and offer["alias"] == self.me.alias,
                    "tag": tag("done", words) if wins else tag("", _("Out")),
                }
            )
        return rows

    # The bid panel

    @property
    def chips(self) -> list[dict[str, Any]]:
        if self.rules.sealed or not self.rules.step:
            return []
        sign = "−" if self.rules.descending else "+"
        return [{"count": count, "label": f"{sign}{grouped(normal_text(self.rules.step * count))}"} for count in CHIPS]

    @property
    def amount_label(self) -> str:
        return (
            _("Price per %(unit)s") % {"unit": self.subject.quantity_unit} if self.subject.quantity_unit else _("Price")
        )

    @property
    def bid_verb(self) -> str:
        return _("Hand in") if self.rules.sealed else _("Bid")

    @property
    def withdrawable(self) -> bool:
        """Whether own orders are listed, each with a way to take it back."""
        return self.rules.sealed and self.rules.amendable

    @property
    def binding_note(self) -> str:
        if self.rehearsal:
            return _("This is a rehearsal: nothing is binding.")
        if self.rules.sealed and self.rules.amendable:
            return _("You can replace or withdraw your call until the room closes. Nobody sees it before the close.")
        return _("A bid that counts is binding and cannot be taken back. It is signed with this browser's room key.")

    @property
    def facts(self) -> list[dict[str, str]]:
        return facts_of(self.rules, self.subject)

    @property
    def open_table(self) -> bool:
        return False
