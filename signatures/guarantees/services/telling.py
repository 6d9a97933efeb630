"""Messages to issuers' own systems, out of the outbox: only the reference waits there, the rest is read when sent."""

from signatures.guarantees import safe
from signatures.guarantees.domain.dossier import Dossier
from signatures.guarantees.http import HttpIssuer
from signatures.guarantees.models import Guarantee, Issuer
from signatures.guarantees.port import Application, IssuerPort


def send(topic: str, ref: str) -> None:
    """Tell the issuer what has happened to a guarantee. Raises `IssuerUnreachable`: the outbox tries again."""
    row = Guarantee.objects.defer("paper").get(ref=ref)
    dossier = safe.open_dossier(row)
    issuer = safe.connected_issuer(dossier)
    if issuer is not None and issuer.channel == Issuer.HTTP:
        tell_port(HttpIssuer(issuer), topic, ref, dossier)


def tell_port(port: IssuerPort, topic: str, ref: str, dossier: Dossier) -> None:
    """One message, by its topic."""
    match topic:
        case "application":
            port.application(application_of(ref, dossier))
        case "extension" if dossier.extension is not None:
            port.extension(ref, dossier.extension.until)
        case "opening":
            port.opening(ref, dict(dossier.procedure.as_json()), dossier.salt)
        case "claim" if dossier.claim is not None:
            one = dossier.claim
            port.claim(ref, len(dossier.claims), one.ground.value, one.amount, one.statement, one.due_on)
        case "cancellation":
            port.cancellation(ref)
        case "release":
            port.release(ref)
        case "expiry":
            port.expiry(ref)


def application_of(ref: str, dossier: Dossier) -> Application:
    """What an issuer learns of an application."""
    asked = dossier.asked
    return Application(
        ref=ref,
        applicant=dossier.applicant,
        procedure_commitment=dossier.commitment,
        trade_type=dossier.trade_type,
        region=dossier.region,
        amount=asked.amount,
        kind=asked.kind,
        effective_on=asked.effective_on,
        expires_on=asked.expires_on,
        deadline=dossier.deadline,
        note=asked.note,
    )
