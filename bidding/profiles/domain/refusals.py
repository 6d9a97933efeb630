"""What is wrong with a profile or its revision."""

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class ProfileMalformed(Refusal):
    code = "PROFILE_MALFORMED"
    message = gettext_noop("The profile cannot be read at “%(field)s”: “%(value)s” is not possible there.")
    status = 400


class ProfileUnknown(Refusal):
    code = "PROFILE_UNKNOWN"
    message = gettext_noop("There is no procedure “%(profile)s” in force on that day. Choose one of the list.")


class ProfileBackDated(Refusal):
    """A rule does not reach back; published tenders keep their snapshot in any case."""

    code = "PROFILE_BACK_DATED"
    message = gettext_noop(
        "A profile holds from today on at the earliest, and not before the version that it replaces."
    )


class ProfileWeakened(Refusal):
    """A limit of the law may be made stricter by a city or an owner, not weaker."""

    code = "PROFILE_WEAKENED"
    message = gettext_noop(
        "“%(name)s” would become weaker (%(before)s → %(after)s), against %(source)s. Keep it, or make it stricter."
    )


class ProfileContradiction(Refusal):
    """Two declarations of one profile exclude each other."""

    code = "PROFILE_CONTRADICTION"
    message = gettext_noop("The profile contradicts itself: %(reason)s (%(article)s).")
    status = 400
