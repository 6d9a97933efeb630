"""Words and tones of states and causes, and what the scripts of the pages say."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from signatures.crypto.suites import Suite
from signatures.envelopes.domain import suites
from signatures.envelopes.domain.states import Cause, EnvelopeState, IntakeState, RosterState

Text = str | Promise
Label = tuple[Text, str]

ENVELOPES: dict[str, Label] = {
    EnvelopeState.SEALED: (_("Sealed"), "info"),
    EnvelopeState.DECRYPT_WINDOW: (_("Waits for the bidder's key"), "waiting"),
    EnvelopeState.BIDDER_UNLOCKED: (_("Unlocked by the bidder"), "info"),
    EnvelopeState.QUORUM_UNLOCKED: (_("Being decrypted"), "info"),
    EnvelopeState.OPENED: (_("Opened"), "done"),
    EnvelopeState.FAILED_BIDDER: (_("Not opened: the bidder's doing"), "stop"),
    EnvelopeState.FAILED_CENTRE: (_("Not opened: the centre's doing"), "stop"),
    EnvelopeState.COMMIT_MISMATCH: (_("Not what the receipt names"), "stop"),
    EnvelopeState.WITHDRAWN: (_("Withdrawn"), "neutral"),
}
CAUSES: dict[str, Text] = {
    Cause.BIDDER_NO_KEY: _("The bidder did not unlock in time."),
    Cause.BIDDER_FALSE_COMMIT: _("A key that the bidder sealed in is not the one that the bidder committed to."),
    Cause.BIDDER_FALSE_SHARES: _("The officers' shares do not give the key that the bidder committed to."),
    Cause.BIDDER_FALSE_CONTENT: _("The content fails its seals although it is stored as it was received."),
    Cause.BIDDER_RELABELLED: _("It was sealed in another bidder's name."),
    Cause.NO_QUORUM: _("Too few officers unlocked in time."),
    Cause.STORED_ALTERED: _("What is stored is not what was received."),
}
INTAKES: dict[str, Label] = {
    IntakeState.OPEN: (_("Takes sealed files"), "info"),
    IntakeState.OPENING: (_("Being opened"), "waiting"),
    IntakeState.FINISHED: (_("Opening ended"), "done"),
    IntakeState.ABANDONED: (_("Ended before the opening"), "neutral"),
}
ROSTERS: dict[str, Label] = {
    RosterState.DRAFT: (_("Keys are being made"), "waiting"),
    RosterState.ACTIVE: (_("In use"), "done"),
    RosterState.RETIRED: (_("Out of use"), "neutral"),
}
SUITES: dict[Suite, Text] = {
    Suite.INTERNATIONAL: _("international: AES, SHA-256, P-256 or RSA"),
    Suite.SM: _("national 国密: SM2, SM3, SM4"),
}
PACE: dict[Suite, Text] = {
    Suite.SM: _(
        "Everything here is sealed with the national algorithms 国密. This browser reckons them in script, about "
        "5 megabytes in a second: keep the page open meanwhile. For large bids the offline command is much faster."
    ),
}
"""What a bidder is told who seals in a browser that has no such algorithms of its own."""
SCRIPTS: dict[str, Text] = {
    "attesting": _("Everything is sent. The certificate signs what was sealed …"),
    "broken": _("Sealing failed in this browser. Use a current browser, or the offline command."),
    "choose": _("Choose the files to seal first."),
    "choose-certificate": _("Choose the certificate that signs first: open its file or its token above."),
    "failed": _("This did not work. Load the page again."),
    "file-changed": _("A file changed while it was being sealed. Choose the files again."),
    "going-on": _("Going on …"),
    "no-key": _("No key of this browser opens this. Use the device or certificate that it was sealed to."),
    "offline": _("The platform cannot be reached. Check the connection and try again."),
    "pause": _("Pause"),
    "paused": _("Paused. Nothing is lost; go on whenever you like before the deadline."),
    "refused": _("The platform refused the upload. Load the page again."),
    "resume": _("Go on"),
    "sending": _("Sealed and sent: %(sent)s of %(total)s MB, %(rate)s MB/s"),
    "waiting": _("The connection is away. The upload goes on by itself when it is back; keep this page open."),
}


def suite_choices() -> list[tuple[str, Text]]:
    """The suites that can be chosen here, for a form."""
    return [(one.value, SUITES[one]) for one in suites.installed()]


def roster_label(name: str, k: int, n: int, suite: Suite) -> str:
    """A roster in a list to choose from; which suite its officers' keys are of is said where it is not the default."""
    told = f"{name} ({k}/{n})"
    return told if suite is Suite.INTERNATIONAL else f"{told} · {SUITES[suite]}"


def texts() -> dict[str, str]:
    """What the scripts say, in the reader's language."""
    return {key: str(value) for key, value in SCRIPTS.items()}
