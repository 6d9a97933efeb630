"""Words and tones of halls, their bids and their log."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bidding.opening.domain.consequences import Consequence
from bidding.opening.domain.states import HallState, Happening, WordState

Text = str | Promise
Label = tuple[Text, str]

HALLS: dict[str, Label] = {
    HallState.WAITING: (_("Bidders sign in"), "info"),
    HallState.DECRYPTING: (_("Bids are being opened"), "waiting"),
    HallState.DRAWING: (_("The floating point is drawn"), "waiting"),
    HallState.READING: (_("About to be read out"), "waiting"),
    HallState.CONFIRMING: (_("Read out; bidders confirm"), "waiting"),
    HallState.RECORDING: (_("The record is signed"), "waiting"),
    HallState.CLOSED: (_("Closed"), "done"),
    HallState.NOT_OPENED: (_("Not opened: too few bids"), "stop"),
}
SIGN_INS: dict[str, Text] = {
    "CERTIFICATE": _("by certificate"),
    "FACE": _("by certificate and face"),
    "EMERGENCY": _("by certificate and photo, with a reason"),
    "DOCUMENT": _("by certificate, a host looks at the identity document"),
    "LATE": _("late"),
    "": _("not signed in"),
}
CONSEQUENCES: dict[str, Text] = {
    Consequence.REVOKED: _("Bid revoked 撤销; the bond may be forfeited"),
    Consequence.WITHDRAWN: _("Bid counts as withdrawn 撤回; the bond goes back"),
}
ANSWERS: dict[str, Text] = {"YES": _("confirmed"), "NO": _("disputed"), "": _("no answer")}
WORDS: dict[str, Label] = {
    WordState.WAITING: (_("waits for the host"), "waiting"),
    WordState.SHOWN: (_("waits for an answer"), "waiting"),
    WordState.ANSWERED: (_("answered"), "done"),
    WordState.REFUSED: (_("not admitted"), "neutral"),
}
LINES: dict[str, Text] = {
    "hall.listed": _("The list of bidders is published; the time for unlocking runs."),
    "hall.not-opened": _("Too few bids: nothing is opened."),
    "hall.decrypted": _("Every bid is opened or has failed."),
    "hall.drawn": _("The floating point is drawn."),
    "hall.read-out": _("The bids are read out."),
    "hall.record-drafted": _("The record is drafted."),
    "hall.closed": _("The meeting is closed."),
    "hall.resumed": _("The meeting is held again."),
    Happening.SIGNED_IN: _("A bidder signed in late."),
    Happening.KEY_SUPPLIED: _("A bidder supplied its key."),
    Happening.BID_OPENED: _("A bid is opened."),
    Happening.BID_FAILED: _("A bid could not be opened."),
    Happening.DRAW_ANNOUNCED: _("The draw is announced with its commitments."),
    Happening.PRICE_CONFIRMED: _("A bidder confirmed its price."),
    Happening.PRICE_DISPUTED: _("A bidder disputes its price."),
    Happening.OBJECTION_RAISED: _("A bidder objects."),
    Happening.OBJECTION_ANSWERED: _("The objection is answered."),
    Happening.QUESTION_ASKED: _("A question waits for the host."),
    Happening.QUESTION_ADMITTED: _("A question is admitted."),
    Happening.QUESTION_REFUSED: _("A question was not admitted."),
    Happening.RECORD_SIGNED: _("Somebody present signed the record."),
}
SCRIPTS: dict[str, Text] = {
    "offline": _("The connection to the hall is away. It comes back by itself; what you see may be old."),
    "live": _("Live"),
    "left": _("%(minutes)s min %(seconds)s s left"),
    "over": _("The time is over."),
    "opened": _("%(opened)s of %(total)s opened, %(ended)s decided"),
    "officers": _("Officers: %(given)s of %(needed)s needed have unlocked"),
    "unlocking": _("Unlocking …"),
    "unlocked": _("Your half is handed over."),
    "no-key": _("No key of this browser opens your bid. Use the device or the certificate it was sealed to."),
    "face-none": _("No camera can be used here. Sign in by the emergency way with a photo and a reason."),
}


def scripts() -> dict[str, str]:
    """What the script of a hall says, in the reader's language."""
    return {key: str(value) for key, value in SCRIPTS.items()}


def words_of_scene() -> dict[str, dict[str, str]]:
    """Every word that the script puts beside a value of the scene."""
    from signatures.envelopes.labels import CAUSES, ENVELOPES

    return {
        "state": {key: str(label) for key, (label, _tone) in HALLS.items()},
        "tone": {key: tone for key, (_label, tone) in {**HALLS, **ENVELOPES}.items()},
        "envelope": {str(key): str(label) for key, (label, _tone) in ENVELOPES.items()},
        "cause": {str(key): str(text) for key, text in CAUSES.items()},
        "consequence": {str(key): str(text) for key, text in CONSEQUENCES.items()},
        "sign_in": {key: str(text) for key, text in SIGN_INS.items()},
        "word": {key: str(label) for key, (label, _tone) in WORDS.items()},
        "answer": {key: str(text) for key, text in ANSWERS.items()},
        "bond": {key: str(text) for key, text in BONDS.items()},
        "days": {"done": gettext("to be done in %(days)s days")},
    }


BONDS: dict[str, Text] = {
    "MONEY": _("bond paid in full"),
    "GUARANTEE": _("bond by a guarantee, as asked"),
    "SHORT": _("bond not as asked"),
    "": _("no bond"),
}
"""How the bond of a bid was found at the opening."""


def bond_state(bond: Mapping[str, Any] | None) -> str:
    """The key of `BONDS` for what the reading found: the guarantee's reference, and whether the bond covers."""
    if not bond:
        return ""
    return ("GUARANTEE" if bond["guarantee"] else "MONEY") if bond["covers"] else "SHORT"
