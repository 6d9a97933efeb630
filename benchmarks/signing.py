"""Signing and checking signatures, against the bare operations of `cryptography` that they consist of."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key

from benchmarks.figures import Line, Rounds, spread
from signatures.crypto.authorities import Purpose, TrustStore
from signatures.crypto.certificates import validate
from signatures.crypto.cms import sign_detached, verify_detached
from signatures.crypto.revocation import Kept, RevocationData

NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
CONTENT = b"x" * 2_000


def sign(rounds: Rounds) -> Iterator[Line]:
    """detached CMS signatures a second (P-256, chain of three, OCSP and CRL at hand), against bare ECDSA operations"""
    from tests.pki import Revocation, Stamps, holder, trust

    who, store = holder("buyer1"), trust()
    made = sign_detached(content=CONTENT, key=who.key, certificate=who.certificate, chain=who.chain, at=NOW)
    stamped = sign_detached(
        content=CONTENT, key=who.key, certificate=who.certificate, chain=who.chain, at=NOW, stamper=Stamps()
    )
    judged = partial(validate, leaf=who.certificate, intermediates=who.chain, at=NOW, purpose=Purpose.SIGN, trust=store)
    proof = judged(revocation=Revocation()).proof
    kept = Kept(proof)
    lists = Kept(proof + _stamp_proof(stamped, store))
    key = load_der_private_key(who.key, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    public, algorithm = key.public_key(), ec.ECDSA(hashes.SHA256())
    value = key.sign(CONTENT, algorithm)
    verified = partial(verify_detached, content=CONTENT, at=NOW, trust=store)
    assert verified(signature=made, revocation=kept).valid
    assert verified(signature=stamped, revocation=lists).valid

    ways: dict[str, Callable[[], object]] = {
        "bare ECDSA signatures": lambda: key.sign(CONTENT, algorithm),
        "detached CMS signatures made": lambda: sign_detached(
            content=CONTENT, key=who.key, certificate=who.certificate, chain=who.chain, at=NOW
        ),
        "bare ECDSA verifications": lambda: public.verify(value, CONTENT, algorithm),
        "certificates checked (chain, usage, revocation)": lambda: judged(revocation=kept),
        "detached CMS signatures verified": lambda: verified(signature=made, revocation=kept),
        "stamped signatures verified (CAdES-T)": lambda: verified(signature=stamped, revocation=lists),
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds.count):
        for name, way in ways.items():
            rates[name].append(_rate(way, rounds.seconds / 2))
    raw_sign, raw_verify = rates["bare ECDSA signatures"], rates["bare ECDSA verifications"]
    for name, found in rates.items():
        raw = raw_sign if "made" in name or name == "bare ECDSA signatures" else raw_verify
        ratios = [mine / bare for mine, bare in zip(found, raw, strict=True)]
        yield Line(f"{name}: {spread(found, '/s')}; {spread(ratios, ' ×', 3)} of the bare operation")


def _stamp_proof(stamped: bytes, store: TrustStore) -> RevocationData:
    from tests.pki import Revocation

    found = verify_detached(content=CONTENT, signature=stamped, at=NOW, trust=store, revocation=Revocation())
    assert found.stamp is not None
    assert found.stamp.certificate is not None
    return found.stamp.certificate.proof


def _rate(way: Callable[[], object], seconds: float) -> float:
    done, began = 0, time.perf_counter()
    while (now := time.perf_counter()) - began < seconds or done == 0:
        way()
        done += 1
    return done / (now - began)


BENCHMARKS = {"sign": sign}
