"""What is refused in an opening hall, and why."""

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class SignInNotOpen(Refusal):
    code = "HALL_SIGN_IN_NOT_OPEN"
    message = gettext_noop("Signing in is possible from %(opens)s until the deadline %(deadline)s.")


class SignInNeedsFace(Refusal):
    """特定人员 sign in by face, or by the emergency way with a photo and a reason."""

    code = "HALL_SIGN_IN_NEEDS_FACE"
    message = gettext_noop("This opening asks designated persons to sign in by face, or by the emergency way.")


class SignInPictureUnusable(Refusal):
    code = "HALL_PICTURE_UNUSABLE"
    message = gettext_noop("The picture must be a JPEG or PNG of at most %(limit_kb)s kB.")
    status = 400


class HallNotDue(Refusal):
    """电子招标投标办法 第29条: at the deadline and not before it."""

    code = "HALL_NOT_DUE"
    message = gettext_noop("The list is published after the deadline, %(deadline)s.")


class NotYours(Refusal):
    code = "HALL_NO_BID_OF_YOURS"
    message = gettext_noop("Your organisation has no bid in this opening.")
    status = 404


class PriceAnswered(Refusal):
    code = "HALL_PRICE_ANSWERED"
    message = gettext_noop("Your organisation has answered already.")


class PricesOpen(Refusal):
    code = "HALL_PRICES_OPEN"
    message = gettext_noop("%(count)s bidders have not confirmed their price; they have time until %(until)s.")


class ObjectionsOpen(Refusal):
    """招标投标法实施条例 第44条: the tenderee answers on the spot, and it is put on record."""

    code = "HALL_OBJECTIONS_OPEN"
    message = gettext_noop("%(count)s objections are not answered yet.")


class TalkOver(Refusal):
    code = "HALL_TALK_OVER"
    message = gettext_noop("Objections and questions belong to the opening; it is not running.")


class DrawGoesOn(Refusal):
    code = "HALL_DRAW_GOES_ON"
    message = gettext_noop("The draw is under way. A new one can be announced when it is void.")
