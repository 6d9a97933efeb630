"""The usual form: canonical JSON, signed as detached CMS (CAdES-B)."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from signatures.crypto import cms
from signatures.pki import services as pki
from signatures.signing.kinds import Finished, Form, Order, Prepared, SigningKind


class DetachedCms:
    """Attributes of the house's own making; the signature is checked against content, certificate and trust list."""

    def prepare(self, order: Order, *, at: datetime) -> Prepared:
        digest = cms.digest_of(order.content, order.certificate)
        attributes = cms.signed_attributes(digest=digest, certificate=order.certificate, at=at)
        return Prepared(attributes, hashlib.sha256(order.content).hexdigest())

    def finish(self, order: Order, signature: bytes, *, at: datetime) -> Finished:
        """Raises the first thing that is wrong with it."""
        made = cms.assemble(
            attributes=order.attributes, signature=signature, certificate=order.certificate, chain=order.chain
        )
        pki.verify_signature(content=order.content, signature=made, at=at, purpose=order.purpose).require()
        return Finished(made)

    def content(self, order: Order) -> Iterable[bytes]:
        return [order.content]


_DETACHED = DetachedCms()


def form_of(kind: SigningKind) -> Form:
    """How contents of that kind are signed."""
    return kind.form or _DETACHED
