"""Words and tones for needs, methods and notices."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from commons.texts import render
from marketplace.procurement.domain.methods import EXPLANATIONS, LABELS, FundSource, Method, QuoteKind
from marketplace.procurement.domain.notices import ProcurementNoticeKind
from marketplace.procurement.domain.scope import Exemption, ScopeVerdict
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.domain.wizard import WizardStep

Label = str | Promise
Tagged = tuple[Label, str]
"""A word and its tone."""

PROCUREMENT_STATES: dict[ProcurementState, Tagged] = {
    ProcurementState.DRAFT: (_("Draft"), "neutral"),
    ProcurementState.OWNER_REVIEW: (_("Owner's approval"), "waiting"),
    ProcurementState.AUDITING: (_("Being audited"), "waiting"),
    ProcurementState.RETURNED: (_("Returned"), "stop"),
    ProcurementState.SIGNING_UP: (_("Sign-up open"), "done"),
    ProcurementState.AWAITING_SELECTION: (_("To be selected"), "waiting"),
    ProcurementState.SELECTING: (_("Being selected"), "info"),
    ProcurementState.SELECTED: (_("Selected"), "info"),
    ProcurementState.CONTRACTING: (_("Contract to be signed"), "waiting"),
    ProcurementState.IN_SERVICE: (_("In service"), "info"),
    ProcurementState.RATING: (_("To be rated"), "waiting"),
    ProcurementState.COMPLETED: (_("Service completed"), "done"),
    ProcurementState.TERMINATED: (_("Service ended early"), "stop"),
    ProcurementState.FAILED: (_("Round failed"), "stop"),
    ProcurementState.SUSPENDED: (pgettext_lazy("supermarket", "Suspended"), "stop"),
    ProcurementState.VOID: (_("Voided"), "neutral"),
    ProcurementState.EXPIRED: (_("Out of date"), "neutral"),
}
WIZARD_STEPS: dict[WizardStep, Label] = {
    WizardStep.WHAT: _("What is needed"),
    WizardStep.MONEY: _("Money"),
    WizardStep.METHOD: _("Method of selection"),
    WizardStep.DETAILS: _("Particulars of the method"),
    WizardStep.AGENCIES: _("Agencies and time"),
    WizardStep.CONTACTS: _("Contacts and disclosure"),
}
STAGES: dict[str, Label] = {
    "open": _("Sign-up open"),
    "selecting": _("Selection"),
    "selected": _("Selected"),
    "service": _("In service"),
    "done": _("Completed or ended"),
    "failed": _("Failed or void"),
    "suspended": pgettext_lazy("supermarket", "Suspended"),
}
NOTICES: dict[ProcurementNoticeKind, Label] = {
    ProcurementNoticeKind.NEED: _("Procurement notice"),
    ProcurementNoticeKind.AMENDMENT: _("Amendment"),
    ProcurementNoticeKind.FAILURE: _("The round failed"),
    ProcurementNoticeKind.VOID: _("The need was given up"),
    ProcurementNoticeKind.SUSPENSION: _("Suspension notice"),
    ProcurementNoticeKind.RESUMPTION: _("Resumption notice"),
    ProcurementNoticeKind.SELECTION: _("Result of the selection"),
    ProcurementNoticeKind.CONTRACT: _("Contract"),
    ProcurementNoticeKind.COMPLETION: _("Completion"),
}
FUNDS: dict[FundSource, Label] = {
    FundSource.FISCAL: _("Fiscal money"),
    FundSource.STATE: _("Other state money"),
    FundSource.SOCIAL: _("Other money"),
}
QUOTES: dict[QuoteKind, Label] = {
    QuoteKind.AMOUNT: _("Amount in yuan"),
    QuoteKind.DISCOUNT_RATE: _("Discount in percent"),
}
EXEMPTIONS: dict[Exemption, Label] = {
    Exemption.NONE: pgettext_lazy("supermarket", "None"),
    Exemption.DISASTER: _("Disaster emergency"),
    Exemption.ACCIDENT: _("Urgent accident investigation"),
    Exemption.STATE_SECRET: _("State secrets"),
}
VERDICTS: dict[ScopeVerdict, Tagged] = {
    ScopeVerdict.MUST: (_("Must be bought here"), "done"),
    ScopeVerdict.MAY: (_("May be bought here"), "info"),
    ScopeVerdict.MUST_NOT: (_("May not be bought here"), "stop"),
}


def method_label(method: Method | str) -> str:
    """The method in the reader's language."""
    return gettext(LABELS[Method(method)])


def method_explanation(method: Method | str) -> str:
    """What the method does, in one or two sentences."""
    return gettext(EXPLANATIONS[Method(method)])


FAILURES: dict[str, Label] = {
    "TOO_FEW_SIGN_UPS": _("Too few agencies signed up."),
    "TOO_FEW": _("Too few of those who signed up were qualified at the selection."),
    "NO_BIDS": _("Nobody bid in the live room."),
    "NOBODY_LEFT": _("Nobody was left to select."),
    "REFUSED": _("The selected agency gave up."),
    "NAMED_BARRED": _("The named agency was not qualified at the selection."),
}
"""Why a round failed, by the code that its notice carries."""


def notice_reason(reason: str) -> Label:
    """The reason of a notice in words: of a failed round for its code, else as it was written."""
    return FAILURES.get(reason, reason)


def reason_words(reason: Mapping[str, str]) -> tuple[str, str]:
    """A stored reason of the scope decision, and its source."""
    return render(reason["message"], {"value": reason["value"]}), reason["source"]
