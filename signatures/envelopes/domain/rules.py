"""What is refused around sealed envelopes, and why."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from commons.domain.refusals import NotPermitted, Refusal
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from signatures.crypto.suites import Suite
from signatures.envelopes.domain.layout import Prefix
from signatures.envelopes.domain.sealing import Terms
from signatures.envelopes.domain.slots import key_id


class IntakeLate(Refusal):
    """After the deadline: 电子招标投标办法 art. 27, 招标投标法 art. 28. `late_by` in seconds with milliseconds."""

    code = "ENVELOPE_LATE"
    status = 410
    message = gettext_noop("Too late: the deadline was %(deadline)s, and this arrived %(late_by)s s after it.")


class IntakeNotOver(Refusal):
    """Nobody opens anything before the deadline (电子招标投标办法 art. 29)."""

    code = "ENVELOPE_NOT_DUE"
    message = gettext_noop("Nothing can be opened before the deadline, %(deadline)s.")


class EnvelopeElsewhere(Refusal):
    """Sealed for another tender, lot, policy or roster."""

    code = "ENVELOPE_FOR_ANOTHER"
    status = 400
    message = gettext_noop("This file was sealed for something else (%(field)s differs). Seal it again on this page.")


class EnvelopeReplayed(Refusal):
    code = "ENVELOPE_REPLAYED"
    status = 400
    message = gettext_noop("This very file was handed in before. Seal anew: every sealing makes another file.")


class EnvelopeMissing(Refusal):
    code = "ENVELOPE_MISSING"
    message = gettext_noop("Your organisation has no sealed file here.")
    status = 404


class UploadTooLarge(Refusal):
    code = "UPLOAD_TOO_LARGE"
    message = gettext_noop("The sealed file may have at most %(limit_mb)s MB.")
    status = 413


class UploadNoRoom(Refusal):
    code = "UPLOAD_NO_ROOM"
    message = gettext_noop("The platform has no room for this upload just now. Try again in some minutes.")
    status = 507
    retryable = True


class UploadTokenSpent(Refusal):
    code = "UPLOAD_TOKEN_SPENT"
    message = gettext_noop("This permission to upload was used or has expired. Open the sealing page again.")
    status = 403


class KeyUnusable(Refusal):
    code = "ENVELOPE_KEY_UNUSABLE"
    message = gettext_noop("This key cannot be used: %(reason)s.")
    status = 400


class KeyDoesNotOpen(Refusal):
    """The key offered opens no slot of that person: another device's, another envelope's, or mistyped."""

    code = "ENVELOPE_KEY_WRONG"
    message = gettext_noop("This key does not open the sealed file. Use the device or certificate it was sealed with.")


class AlreadyUnlocked(Refusal):
    code = "ENVELOPE_UNLOCKED"
    message = gettext_noop("You have already unlocked this sealed file.")


class WindowOver(Refusal):
    code = "ENVELOPE_WINDOW_OVER"
    message = gettext_noop("The time for unlocking ended at %(ended)s.")


class OpeningHeld(Refusal):
    """The procedure stands still, or was ended: nothing is opened meanwhile (招标投标法实施条例 第54, 62条)."""

    code = "ENVELOPE_OPENING_HELD"
    message = gettext_noop("The opening stands still with its procedure. When it goes on, you are told until when.")


class OpenedByProcedure(Refusal):
    """Whether there is an opening at all its procedure says: with too few bids there is none (招标投标法 第28条)."""

    code = "ENVELOPE_OPENED_BY_PROCEDURE"
    message = gettext_noop("This opening begins by the rules of its procedure, not by hand.")


class SuiteMixed(Refusal):
    """Officers' keys, bidders' keys and the sealed file itself are of one suite: the procedure's.

    Of certificates `signatures.crypto.mixing` tells the same.
    """

    code = "ENVELOPE_SUITE_MIXED"
    message = gettext_noop(
        "This is of the %(label)s suite of algorithms, and here the %(kind)s suite is in use. "
        "Take a key or a sealed file of the %(kind)s suite."
    )
    status = 400


SUITE_NAMES = {Suite.INTERNATIONAL: gettext_noop("international"), Suite.SM: gettext_noop("national 国密")}


class RosterIncomplete(Refusal):
    code = "ROSTER_INCOMPLETE"
    message = gettext_noop("Not every officer has made and tried a key yet.")


class RosterNotFit(Refusal):
    code = "ROSTER_NOT_FIT"
    message = gettext_noop("A roster has 2 to 15 different officers, and needs at least two of them to open.")
    status = 400


class RosterNotActive(Refusal):
    code = "ROSTER_NOT_ACTIVE"
    message = gettext_noop("This roster of officers is not in use.")


class WitnessNeeded(NotPermitted):
    """A ceremony has a witness who is not the one who acts."""

    code = "ROSTER_WITNESS_NEEDED"
    message = gettext_noop("Another person has to witness this: neither who acts here nor who drew up the roster.")


class SuccessorUnfit(Refusal):
    code = "ROSTER_SUCCESSOR_UNFIT"
    message = gettext_noop("The successor needs a tried key of their own, and no other seat on this roster.")


class HandoverStale(Refusal):
    """A share that nobody re-wrapped would leave with the officer."""

    code = "ROSTER_HANDOVER_STALE"
    message = gettext_noop("More came in since the shares were passed on. The officer who leaves passes them on anew.")


class SupervisionNotDue(Refusal):
    code = "ENVELOPE_SUPERVISION_NOT_DUE"
    message = gettext_noop("Only a failure that nobody has signed for yet can be signed for.")


class SupervisionOfSomethingElse(Refusal):
    code = "ENVELOPE_SUPERVISION_OF_SOMETHING_ELSE"
    message = gettext_noop("What was signed is not the failure as it stands now.")


def require_open(*, deadline: datetime, at: datetime) -> None:
    """What arrives at the deadline or after it is late. Raises `IntakeLate`."""
    if at >= deadline:
        raise IntakeLate(deadline=to_text(deadline), late_by=f"{(at - deadline).total_seconds():.3f}")


def require_over(*, deadline: datetime, at: datetime) -> None:
    """Raises `IntakeNotOver`."""
    if at < deadline:
        raise IntakeNotOver(deadline=to_text(deadline))


def require_suite(found: Suite, *, asked: Suite) -> None:
    """Raises `SuiteMixed`."""
    if found is not asked:
        raise SuiteMixed(label=SUITE_NAMES[found], kind=SUITE_NAMES[asked])


def require_for(prefix: Prefix, terms: Terms) -> None:
    """The envelope answers these terms and no others.

    Raises `SuiteMixed` for one of another suite, else `EnvelopeElsewhere` naming what differs.
    """
    header = prefix.header
    require_suite(header.suite, asked=terms.suite)
    asked = (terms.tender, terms.lot, terms.policy, terms.chunk, terms.roster_id)
    found = (header.tender, header.lot, header.policy, header.chunk, header.roster_id)
    names = (
        gettext_noop("the procedure"),
        gettext_noop("the lot"),
        gettext_noop("the policy"),
        gettext_noop("the size of chunks"),
        gettext_noop("the roster of officers"),
    )
    for name, wanted, given in zip(names, asked, found, strict=True):
        if wanted != given:
            raise EnvelopeElsewhere(field=name)
    keys = [slot.key for slot in prefix.manifest.officers]
    if keys != [key_id(spki) for spki in terms.officers]:
        raise EnvelopeElsewhere(field=gettext_noop("the officers' keys"))


def require_roster(members: Sequence[int], k: int) -> None:
    """Raises `RosterNotFit`."""
    if not 2 <= k <= len(members) <= 15 or len(set(members)) != len(members):
        raise RosterNotFit()


def quorum_at_risk(*, on_duty: int, k: int, deadline: datetime, at: datetime, ahead: timedelta) -> bool:
    """Whether an opening is near and too few of its officers are on duty."""
    return on_duty < k and deadline - at <= ahead
