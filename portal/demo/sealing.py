"""Sealing, unlocking and opening by the people of the demo city, with the keys of their certificates."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key

from commons.domain.actor import Actor
from commons.domain.time import to_text
from portal.demo.authority.city import CityAuthority
from portal.demo.cast import PARTIES, actor, uscc
from portal.demo.plans import OFFICERS
from signatures.crypto.certificates import holder_key
from signatures.envelopes import queries, services, store
from signatures.envelopes.domain import layout, sealing
from signatures.envelopes.domain.encoding import to_base64
from signatures.envelopes.domain.payload import SealedFile
from signatures.envelopes.domain.sealing import Terms
from signatures.envelopes.domain.slots import Slot, unwrap_kek


def hand_in(
    authority: CityAuthority, intake_id: int, key: str, files: Sequence[tuple[str, bytes]], *, at: datetime
) -> None:
    """Seal files to the bidder's own certificate and hand them in."""
    bidder = actor(key)
    sealed = sealing.draft(
        Terms.parse(queries.terms_published(intake_id)),
        bidder=uscc(PARTIES[key].organisation),
        bidder_keys=[holder_key(authority.holder(key).certificate)],
        files=[SealedFile(name, len(content)) for name, content in files],
        created=to_text(at),
        entropy=secrets.token_bytes,
    )
    data = b"".join(sealing.seal(sealed, [[content] for _, content in files]))
    token = services.authorise_upload(actor=bidder, intake_id=intake_id, at=at)
    upload = services.begin_upload(token=token, length=len(data), at=at)
    path = store.upload_path(upload.ref)
    path.write_bytes(data)
    services.accept(upload=upload, path=path, reckoned=layout.reckon([data]), received_at=at + timedelta(seconds=7))


def open_intake(authority: CityAuthority, intake_id: int, bidders: Sequence[str], *, at: datetime) -> None:
    """Every bidder named and two officers unlock an opening that has begun; what is unlocked is decrypted."""
    for one in queries.opening(actor("host"), intake_id).envelopes:
        key = next(name for name in bidders if actor(name).organisation_id == one.organisation_id)
        _unlock(authority, key, one.ref, at=at)
    for key in OFFICERS[:2]:
        _unlock_shares(authority, key, intake_id, at=at)
    services.decrypt_ready(intake_id, at=at)


def _private(authority: CityAuthority, key: str) -> EllipticCurvePrivateKey:
    return cast(EllipticCurvePrivateKey, load_der_private_key(authority.holder(key).key, password=None))


def _unlock(authority: CityAuthority, key: str, ref: str, *, at: datetime) -> None:
    bidder: Actor = actor(key)
    (locked,) = services.locked_for_bidder(actor=bidder, envelope_ref=ref)
    code = to_base64(unwrap_kek(Slot.parse(dict(locked.slot)), _private(authority, key)))
    services.unlock_as_bidder(actor=bidder, envelope_ref=ref, unlock_code=code, at=at)


def _unlock_shares(authority: CityAuthority, key: str, intake_id: int, *, at: datetime) -> None:
    officer, private = actor(key), _private(authority, key)
    locked = services.locked_for_officer(actor=officer, intake_id=intake_id)
    codes = {one.envelope: to_base64(unwrap_kek(Slot.parse(dict(one.slot)), private)) for one in locked}
    services.unlock_as_officer(actor=officer, intake_id=intake_id, codes=codes, at=at)
