"""The words of the dialogue's script, in the reader's language."""

from django.utils.translation import gettext_lazy as _

_STEPS = {
    "digest-right": _("Reckoned again in this browser: it matches"),
    "digest-wrong": _("This browser reckons another hash. Do not sign; load the page again."),
    "reading": _("Looking for your certificates"),
    "choose": _("Choose the certificate to sign with."),
    "preparing": _("The platform checks the certificate"),
    "signing": _("Your key signs"),
    "signing-agent": _("The agent on this computer shows the order. Compare it, then type the PIN there."),
    "storing": _("The platform checks the signature"),
    "done": _("Signed. The signature was checked and stored."),
    "valid-until": _("%(issuer)s, valid until %(until)s"),
    "expired": _("expired"),
    "not-for-signing": _("not for signing"),
    "offline": _("The platform could not be reached. Nothing was signed; try again."),
    "blind": _("What the platform prepared is not what this page shows. Nothing was signed; load the page again."),
    "no-script": _("Signing needs JavaScript."),
}
_FILE = {
    "p12-missing": _("Choose the .p12 or .pfx file of your certificate."),
    "p12-unreadable": _("This is not a readable .p12 file."),
    "p12-password": _("The password does not open this file."),
    "p12-legacy": _(
        "This file is encrypted by an old method that browsers do not open. Make a new one: "
        "openssl pkcs12 -legacy -in old.p12 -nodes -out key.pem, then openssl pkcs12 -export -in key.pem -out new.p12; "
        "delete key.pem afterwards."
    ),
    "p12-no-key": _("The file holds no private key with its certificate."),
    "p12-key-kind": _("The key in this file is of a kind that browsers do not sign with. Use the agent."),
    "key-gone": _("The key is not at hand any more. Look for your certificates again."),
    "unwrap-failed": _("This was not wrapped to your certificate."),
}
_AGENT = {
    "agent-missing": _("No agent answers on this computer. Start it, plug in the token, then look again."),
    "agent-no-token": _("The agent sees no token with a certificate. Plug it in, then look again."),
    "agent-HOLDER_SAID_NO": _("You refused in the agent. Nothing was signed."),
    "agent-PIN_WRONG": _("The PIN was wrong. Nothing was signed; mind how many attempts the token leaves you."),
    "agent-PIN_LOCKED": _("The token is locked after too many wrong PINs. Ask your authority to unlock it."),
    "agent-NO_SUCH_KEY": _("The token does not hold this certificate's key any more."),
    "agent-TOKEN_GONE": _("The token was taken out. Plug it in, then look again."),
    "agent-TICKET_WRONG": _("The agent does not know this platform's key. Compare its settings with the help page."),
    "agent-TICKET_OVER": _("The order was over before you answered. Sign again."),
    "agent-TICKET_USED": _("The agent has seen this order before and did not sign again. Start anew."),
    "agent-NOT_AS_ORDERED": _("The agent was shown something else than the platform ordered, and did not sign."),
    "agent-TOKEN_FAILED": _("The token failed. Look into the agent's log, or use another key."),
    "agent-MALFORMED": _("The agent did not understand this page. It may be out of date."),
}
_REMOTE = {
    "csc-missing": _("The remote signing service does not answer. Try again, or use another key."),
    "csc-denied": _("The remote signing service refused your name, password or PIN."),
    "csc-failed": _("The remote signing service did not sign."),
    "csc-no-key": _("The remote signing service holds no certificate of yours that can sign."),
    "csc-signs-only": _("A remote signing service can sign only. Use the file or the token."),
}


def catalogue() -> dict[str, str]:
    """Every text by its key, in the language of the request."""
    return {key: str(text) for part in (_STEPS, _FILE, _AGENT, _REMOTE) for key, text in part.items()}
