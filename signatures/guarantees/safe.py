"""From rows to dossiers and back: the only place that holds the key of what is secret until the opening."""

import secrets
import unicodedata

from commons.domain import sealing
from commons.domain.actor import Actor
from commons.secrecy import keys
from signatures.guarantees.domain.dossier import Dossier
from signatures.guarantees.models import Guarantee, Issuer

_CONTENT_BLOCK = 8 * 1024
_PAPER_BLOCK = 256 * 1024


def seal_dossier(ref: str, dossier: Dossier) -> bytes:
    """The dossier as it lies in the database."""
    return sealing.seal(
        _key(),
        dossier.as_bytes(),
        place=f"dossier:{ref}",
        nonce=secrets.token_bytes(sealing.NONCE_BYTES),
        block=_CONTENT_BLOCK,
    )


def open_dossier(row: Guarantee) -> Dossier:
    """The dossier of a row. Raises `SealBroken` when somebody changed it, or moved it from another row."""
    return Dossier.parse(sealing.open_sealed(_key(), bytes(row.content), place=f"dossier:{row.ref}"))


def connected_issuer(dossier: Dossier) -> Issuer | None:
    """The row of a guarantee's issuer; None for one that is not connected."""
    return None if dossier.issuer_id is None else Issuer.objects.filter(pk=dossier.issuer_id).first()


def seal_paper(ref: str, pdf: bytes) -> bytes:
    """The signed PDF as it lies in the database."""
    return sealing.seal(
        _key(), pdf, place=f"paper:{ref}", nonce=secrets.token_bytes(sealing.NONCE_BYTES), block=_PAPER_BLOCK
    )


def open_paper(row: Guarantee) -> bytes | None:
    """The signed PDF of a row, if there is one. Raises `SealBroken`."""
    if row.paper is None:
        return None
    return sealing.open_sealed(_key(), bytes(row.paper), place=f"paper:{row.ref}")


def applicant_tag(organisation_id: int) -> str:
    return _tag("applicant", str(organisation_id))


def issuer_tag(issuer_id: int | None) -> str:
    return _tag("issuer", str(issuer_id))


def binding_tag(subject: str, organisation_id: int) -> str:
    return _tag("binding", subject, str(organisation_id))


def number_tag(issuer_uscc: str, number: str) -> str:
    """For the number however it was typed: full width, small letters and spaces make no other guarantee of it."""
    return _tag("number", issuer_uscc, "".join(unicodedata.normalize("NFKC", number).upper().split()))


def file_tag(sha256: str) -> str:
    return _tag("number", "file", sha256)


def blinded(actor: Actor, ref: str, role: str) -> Actor:
    """The actor as the log may name it while the guarantee is secret: by part in the matter, not by name."""
    return Actor(system=f"{role}:{_tag('actor', ref, actor.ref)}")


def _tag(*parts: str) -> str:
    return sealing.blinded(keys.key_for("guarantees.tags"), *parts)


def _key() -> bytes:
    return keys.key_for("guarantees.content")
