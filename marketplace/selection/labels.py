"""Words of selections, for pages."""

from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from marketplace.entry.domain.eligibility import Bar
from marketplace.selection.domain.case import Cause, QuoteKind, Way
from marketplace.selection.domain.outcome import STEPS, Failure, Step
from marketplace.selection.domain.states import SelectionState, Wait

WAYS = {
    Way.LOTTERY: gettext_lazy("Random draw"),
    Way.LOWEST_PRICE: gettext_lazy("Lowest price"),
    Way.BEST_PRICE: gettext_lazy("Best price"),
    Way.AVERAGE_PRICE: gettext_lazy("Average price"),
    Way.CREDIT_MERIT: gettext_lazy("Merit by credit"),
    Way.PROPOSAL_MERIT: gettext_lazy("Merit by proposal"),
    Way.DIRECT: gettext_lazy("Direct selection"),
}
LIVE = gettext_lazy("Live reverse bidding")
STATES = {
    SelectionState.RUNNING: ("waiting", gettext_lazy("Under way")),
    SelectionState.DECIDED: ("done", pgettext_lazy("supermarket", "Decided")),
    SelectionState.FAILED: ("stop", gettext_lazy("Nobody selected")),
    SelectionState.VOIDED: ("stop", gettext_lazy("Set aside by decision")),
}
WAITS = {
    Wait.NOTHING: "",
    Wait.DRAW: gettext_lazy("Waits for its draw"),
    Wait.ROOM: gettext_lazy("Bidding goes on in the live room"),
    Wait.SCORES: gettext_lazy("Waits for the panel's scores"),
    Wait.PICK: gettext_lazy("Waits for the owner's pick"),
}
CAUSES = {
    Cause.REFUSED: gettext_lazy("gave up after the selection"),
    Cause.LOST_QUALIFICATION: gettext_lazy("lost its qualification"),
}
FAILURES = {
    Failure.TOO_FEW: gettext_lazy("too few qualified agencies"),
    Failure.NO_BIDS: gettext_lazy("nobody bid"),
    Failure.NOBODY_LEFT: gettext_lazy("nobody is left"),
    Failure.REFUSED: gettext_lazy("the selected agency gave up"),
    Failure.NAMED_BARRED: gettext_lazy("the named agency is not qualified"),
}
BARS = {
    Bar.NOT_PUBLISHED: gettext_lazy("entry not in force"),
    Bar.RECHECK_OVERDUE: gettext_lazy("yearly re-check overdue"),
    Bar.LICENCE_EXPIRED: gettext_lazy("business licence ended"),
    Bar.RESTRICTED: gettext_lazy("restricted in the province"),
    Bar.NOT_OFFERED: gettext_lazy("does not offer the service"),
    Bar.QUALIFICATION_EXPIRED: gettext_lazy("qualification ended"),
    Bar.QUALIFICATION_MISSING: gettext_lazy("qualification missing"),
    Bar.RELATED: gettext_lazy("related to the owner"),
    Bar.AVOIDED: gettext_lazy("excluded by the notice"),
}
QUOTES = {
    QuoteKind.AMOUNT: gettext_lazy("yuan"),
    QuoteKind.DISCOUNT: gettext_lazy("percent of the ceiling that remains"),
    QuoteKind.NONE: "",
}


def way_of(way: str, *, live: bool) -> str:
    """The method in the reader's language."""
    return str(LIVE if live else WAYS[Way(way)])


def sentence(step: Step) -> str:
    """A step in the reader's language, with its numbers."""
    fields = dict(step.fields)
    if "cause" in fields:
        fields["cause"] = str(CAUSES[Cause(fields["cause"])])
    if "failure" in fields:
        fields["failure"] = str(FAILURES[Failure(fields["failure"])])
    return gettext(STEPS[step.code]) % fields


def note(step: Step, text: str) -> str:
    """The note of a line: of those who were left out, why in words."""
    known = step.code == "BARRED" and text in {bar.value for bar in Bar}
    return str(BARS[Bar(text)]) if known else text
