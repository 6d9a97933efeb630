"""What can be in the way of a guarantee."""

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class GuaranteeExists(Refusal):
    code = "GUARANTEE_EXISTS"
    message = gettext_noop("There is a guarantee or an application for this already. Cancel it before you ask anew.")


class IssuerNotTaking(Refusal):
    code = "ISSUER_NOT_TAKING"
    message = gettext_noop("This issuer takes no applications at present. Choose another one.")


class DeadlinePassed(Refusal):
    code = "GUARANTEE_DEADLINE_PASSED"
    message = gettext_noop("The deadline of the procedure, %(deadline)s, has passed.")


class CreditMissing(Refusal):
    code = "GUARANTEE_CREDIT_MISSING"
    message = gettext_noop("The applicant has no credit line with this issuer that is valid now. Grant one first.")


class CreditExceeded(Refusal):
    code = "GUARANTEE_CREDIT_EXCEEDED"
    message = gettext_noop("The credit line has %(free)s yuan left; %(amount)s yuan are asked for.")


class NotAssessed(Refusal):
    code = "GUARANTEE_NOT_ASSESSED"
    message = gettext_noop("An underwriter has to assess the application before a manager signs.")


class SameHands(Refusal):
    """Four eyes: who assessed does not sign."""

    code = "GUARANTEE_SAME_HANDS"
    message = gettext_noop("Who assessed an application does not sign it. Another manager has to.")


class DataChanged(Refusal):
    code = "GUARANTEE_DATA_CHANGED"
    message = gettext_noop("What was signed is not what the platform prepared. Open the page again and sign anew.")


class ReasonMissing(Refusal):
    code = "GUARANTEE_REASON_MISSING"
    message = gettext_noop("Give the reason.")
    status = 400


class ClaimTooLarge(Refusal):
    code = "GUARANTEE_CLAIM_TOO_LARGE"
    message = gettext_noop("At most %(amount)s yuan can be claimed.")


class ClaimGroundNotCovered(Refusal):
    code = "GUARANTEE_GROUND_NOT_COVERED"
    message = gettext_noop("The guarantee does not cover this ground.")


class GuaranteeOver(Refusal):
    code = "GUARANTEE_OVER"
    message = gettext_noop("The guarantee ended on %(expires_on)s.")


class ExtensionShort(Refusal):
    code = "GUARANTEE_EXTENSION_SHORT"
    message = gettext_noop("The new last day must be later than %(expires_on)s.")
    status = 400


class NoExtensionAsked(Refusal):
    code = "GUARANTEE_NO_EXTENSION_ASKED"
    message = gettext_noop("The applicant has not asked for an extension.")


class IssuerConnected(Refusal):
    code = "GUARANTEE_ISSUER_CONNECTED"
    message = gettext_noop("%(issuer)s issues guarantees here; ask for one instead of handing in a file.")


class FileKnown(Refusal):
    code = "GUARANTEE_FILE_KNOWN"
    message = gettext_noop("This file has been handed in before; each procedure needs a guarantee of its own.")


class NotJudged(Refusal):
    code = "GUARANTEE_NOT_JUDGED"
    message = gettext_noop("The beneficiary has judged this guarantee already.")


class ApplicantUnknown(Refusal):
    code = "GUARANTEE_ORGANISATION_UNKNOWN"
    message = gettext_noop("No organisation with this credit code is known here.")
    status = 400
