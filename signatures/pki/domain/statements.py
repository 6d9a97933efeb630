"""What a holder signs to prove that the key of a certificate is in hand: to sign in, or to bind the certificate.

The page makes the statement, never the server: canonical JSON (RFC 8785) with exactly these members. It says for
what it is (`ctx`), for which page (`origin`), in which browser session, over which nonce of the server and with which
certificate; so a statement made elsewhere, earlier or for something else proves nothing here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from commons.domain.refusals import Malformed, Refusal
from commons.domain.text import gettext_noop
from commons.domain.time import from_text
from commons.evidence.domain import canonical

NONCE_BYTES = 32
LIFETIME = timedelta(seconds=120)
CLOCK_SKEW = timedelta(minutes=10)
"""Between a holder's clock and ours; the nonce alone decides whether a statement is of now."""
LARGEST = 4096


class Context(StrEnum):
    """For what a statement is made."""

    LOGIN = "login/v1"
    BIND = "bind/v1"


MEMBERS: Mapping[Context, frozenset[str]] = {
    Context.LOGIN: frozenset({"ctx", "origin", "nonce", "session", "iat", "cert_sha256"}),
    Context.BIND: frozenset({"ctx", "origin", "nonce", "session", "iat", "cert_sha256", "organisation", "kind"}),
}


class ProofForSomethingElse(Refusal):
    """The statement was made for another purpose, page, browser or certificate."""

    code = "PROOF_FOR_SOMETHING_ELSE"
    message = gettext_noop(
        "The signature was made for another page, browser or purpose. Load this page again and retry."
    )


class ProofTooLate(Refusal):
    """The server's nonce is unknown, used or over."""

    code = "PROOF_TOO_LATE"
    message = gettext_noop("The time to sign was over, or the signature was used already. Load the page and try again.")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that was read."""

    context: Context
    origin: str
    nonce: str
    session: str
    iat: datetime
    cert_sha256: str
    organisation: str = ""
    kind: str = ""


def read(content: bytes) -> Statement:
    """The statement in canonical JSON; refuses (`Malformed`) anything else, also a member too many."""
    if len(content) > LARGEST:
        raise Malformed(field="statement", reason="it is too long")
    try:
        found = canonical.decode(content)
    except canonical.NotCanonical:
        raise Malformed(field="statement", reason="it is not canonical JSON") from None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise Malformed(field="statement", reason="it is not an object of texts")
    try:
        context = Context(str(found.get("ctx")))
    except ValueError:
        raise ProofForSomethingElse() from None
    if found.keys() != MEMBERS[context]:
        raise Malformed(field="statement", reason="it has other members than it should")
    values = {name: str(value) for name, value in found.items()}
    try:
        iat = from_text(values["iat"])
    except ValueError:
        raise Malformed(field="iat", reason="it is no instant") from None
    return Statement(
        context=context,
        origin=values["origin"],
        nonce=values["nonce"],
        session=values["session"],
        iat=iat,
        cert_sha256=values["cert_sha256"],
        organisation=values.get("organisation", ""),
        kind=values.get("kind", ""),
    )


def check(statement: Statement, *, context: Context, origin: str, session: str, cert_sha256: str, at: datetime) -> None:
    """Refuses a statement made for something else (`ProofForSomethingElse`) or by a clock far off (`ProofTooLate`)."""
    made_for = (statement.context, statement.origin, statement.session, statement.cert_sha256)
    if made_for != (context, origin, session, cert_sha256) or not session:
        raise ProofForSomethingElse()
    if abs(at - statement.iat) > CLOCK_SKEW:
        raise ProofTooLate()
