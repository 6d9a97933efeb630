"""What is signed, for the one who signs it."""

from collections.abc import Iterable

from commons.domain.actor import Actor
from signatures.signing.kinds import kind_of
from signatures.signing.policies import can_sign
from signatures.signing.queries import order_of
from signatures.signing.services.forms import form_of
from signatures.signing.services.steps import found


def content(actor: Actor, number: str) -> tuple[Iterable[bytes], str]:
    """The content in chunks, with its media type. Refuses what `can_sign` refuses."""
    row = found(number)
    can_sign(actor, row).require()
    kind = kind_of(row.kind)
    return form_of(kind).content(order_of(row)), kind.media_type
