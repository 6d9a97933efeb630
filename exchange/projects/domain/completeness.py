"""The completeness check 形式核对: what the centre looks for before a notice may be published.

The centre neither approves nor judges (平台办法): each item asks whether something is there, not whether it
is wise. A missing item sends the project back with the reason in words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One question of the list, with where the answer is to be found."""

    code: str
    question: str
    source: str


FOSHAN = "佛山市排污权交易规则与流程（试行）"
ORDER_39 = "公共资源交易平台管理暂行办法（2016年第39号令）"

ITEMS = (
    CheckItem("SELLER", gettext_noop("The seller is named with its unified social credit code."), FOSHAN),
    CheckItem("DECISION", gettext_noop("The decision to offer is named with its body and document number."), ORDER_39),
    CheckItem("DOCUMENT", gettext_noop("The decision document is attached and can be opened."), ORDER_39),
    CheckItem("LOTS", gettext_noop("Each pollutant is a lot of its own, with quantity, unit and term."), FOSHAN),
    CheckItem("PRICES", gettext_noop("Each lot has a start price, a step and a format of bidding."), FOSHAN),
    CheckItem(
        "TIMES",
        gettext_noop("Each lot has its own start of bidding, late enough for notice and registration."),
        FOSHAN,
    ),
    CheckItem("CONTACT", gettext_noop("A contact for questions is given."), FOSHAN),
)
CODES = frozenset(item.code for item in ITEMS)


class CheckIncomplete(Refusal):
    code = "CHECK_INCOMPLETE"
    message = gettext_noop("Not every item was found: %(missing)s. Return the project with the reasons instead.")


class ReasonMissing(Refusal):
    code = "REASON_MISSING"
    message = gettext_noop("Say why, in at least five characters, so that the other side knows what to do.")
    status = 400


def missing(found: Mapping[str, bool]) -> tuple[str, ...]:
    """The codes of the items that were not found."""
    return tuple(item.code for item in ITEMS if not found.get(item.code))


def require_complete(found: Mapping[str, bool]) -> None:
    """Refuses (`CheckIncomplete`) a pass while an item is missing."""
    if lacking := missing(found):
        raise CheckIncomplete(missing=", ".join(lacking))


def require_reason(reason: str) -> str:
    """The reason without surrounding space; refuses (`ReasonMissing`) an empty or token one."""
    stripped = reason.strip()
    if len(stripped) < 5:
        raise ReasonMissing()
    return stripped


def wording(codes: Iterable[str]) -> tuple[str, ...]:
    """The questions of these items, as message ids."""
    wanted = set(codes)
    return tuple(item.question for item in ITEMS if item.code in wanted)
