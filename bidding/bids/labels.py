"""Words of the composer and of the machine checks."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bidding.bids.domain.checks import TEXTS, Check
from bidding.bids.domain.library import ItemKind
from commons.domain.text import gettext_noop

Text = str | Promise

KINDS: dict[str, Text] = {
    ItemKind.LICENCE: _("Licence"),
    ItemKind.PERSON: _("Person"),
    ItemKind.PERFORMANCE: _("Finished project"),
}
SCRIPTS: dict[str, Text] = {
    "not-started": _("not started"),
    "incomplete": _("incomplete"),
    "done": _("done"),
    "optional": _("optional"),
    "cannot-start": _("cannot start yet"),
    "complete": _("Everything that a machine can check is in order."),
    "faults": _("%(count)s points to put right"),
    "checking": _("Checking the files on this device …"),
    "cleaned": _("Cleaned: %(what)s"),
    "clean-failed": _("This file cannot be cleaned here: %(why)s"),
    "not-restored": _("This file could not be read again; choose it anew: %(why)s"),
    "not-kept": _("This browser keeps nothing: do not close the page before you have handed in."),
    "kept": _("Kept on this device at %(at)s; nothing was sent."),
    "incomplete-ask": _("The checks found faults. A bid that has them may be rejected. Hand it in all the same?"),
    "lines-read": _("%(count)s lines read"),
    "none": _("none"),
    "pages": _("page"),
    "sme": _("small or medium enterprise"),
    "domestic": _("domestic product"),
    "GUARANTEE": _("guarantee"),
    "DEPOSIT": _("money"),
}


def scripts() -> dict[str, str]:
    """What the composer says, in the reader's language."""
    texts = {key: str(value) for key, value in SCRIPTS.items()}
    return texts | {f"check:{check.value}": gettext(text) for check, text in TEXTS.items()}


HALL_TEXTS: dict[str, str] = {
    "SIGNED_IN_UNNAMED": gettext_noop("%(what)s signed in for this bid and is not among the people whom it names."),
}
"""What the hall alone can find: it knows what happened in it."""


def finding_sentence(finding: Mapping[str, str]) -> str:
    """A finding in words."""
    check = finding["check"]
    text = TEXTS[Check(check)] if check in list(Check) else HALL_TEXTS.get(check)
    return finding["what"] if text is None else gettext(text) % {"what": finding["what"], "other": finding["other"]}
