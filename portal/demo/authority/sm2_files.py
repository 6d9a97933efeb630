"""A .p12 file (RFC 7292) of an SM2 key, which the usual library cannot write: PBES2 with AES-256, MAC with SHA-256."""

import hashlib
import hmac
import os
from collections.abc import Sequence

from asn1crypto import algos, cms, core, keys, pkcs12
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

ROUNDS = 20_000
MAC_KEY = 3
"""What the derived bytes are for (RFC 7292, B.3)."""
BLOCK, DIGEST = 64, 32
"""Of SHA-256, bytes."""


def p12(*, key: bytes, certificates: Sequence[bytes], name: str, password: str) -> bytes:
    """The file with a key (PKCS #8, DER) and its certificates (DER, leaf first)."""
    local = hashlib.sha256(certificates[0]).digest()
    bags = [_bag("pkcs8_shrouded_key_bag", _shrouded(key, password), name=name, local=local)]
    for place, one in enumerate(certificates):
        bag = pkcs12.CertBag({"cert_id": "x509", "cert_value": core.ParsableOctetString(one)})
        bags.append(_bag("cert_bag", bag, name=name if place == 0 else "", local=local if place == 0 else b""))
    safe = pkcs12.AuthenticatedSafe([_data(pkcs12.SafeContents(bags).dump())]).dump()
    salt = os.urandom(16)
    digest = hmac.digest(_mac_key(password, salt), safe, "sha256")
    stated = algos.DigestInfo({"digest_algorithm": {"algorithm": "sha256"}, "digest": digest})
    mac = pkcs12.MacData({"mac": stated, "mac_salt": salt, "iterations": ROUNDS})
    return bytes(pkcs12.Pfx({"version": "v3", "auth_safe": _data(safe), "mac_data": mac}).dump())


def _data(content: bytes) -> cms.ContentInfo:
    return cms.ContentInfo({"content_type": "data", "content": core.OctetString(content)})


def _bag(kind: str, value: core.Asn1Value, *, name: str, local: bytes) -> pkcs12.SafeBag:
    attributes = []
    if name:
        attributes.append({"type": "friendly_name", "values": [core.BMPString(name)]})
    if local:
        attributes.append({"type": "local_key_id", "values": [core.OctetString(local)]})
    return pkcs12.SafeBag({"bag_id": kind, "bag_value": value, "bag_attributes": attributes or None})


def _shrouded(key: bytes, password: str) -> keys.EncryptedPrivateKeyInfo:
    salt, iv = os.urandom(16), os.urandom(16)
    derived = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ROUNDS, 32)
    padder, encryptor = PKCS7(128).padder(), Cipher(algorithms.AES(derived), modes.CBC(iv)).encryptor()
    padded = padder.update(key) + padder.finalize()
    derivation = {
        "algorithm": "pbkdf2",
        "parameters": {
            "salt": core.OctetString(salt),
            "iteration_count": ROUNDS,
            "key_length": 32,
            "prf": {"algorithm": "sha256"},
        },
    }
    scheme = {"algorithm": "aes256_cbc", "parameters": core.OctetString(iv)}
    algorithm = {
        "algorithm": "pbes2",
        "parameters": {"key_derivation_func": derivation, "encryption_scheme": scheme},
    }
    return keys.EncryptedPrivateKeyInfo(
        {"encryption_algorithm": algorithm, "encrypted_data": encryptor.update(padded) + encryptor.finalize()}
    )


def _mac_key(password: str, salt: bytes) -> bytes:
    """RFC 7292, B.2, for one block of SHA-256."""
    filled = b"".join(_repeated(part) for part in (salt, password.encode("utf-16-be") + b"\0\0"))
    made = bytes([MAC_KEY]) * BLOCK + filled
    for _ in range(ROUNDS):
        made = hashlib.sha256(made).digest()
    return made


def _repeated(part: bytes) -> bytes:
    length = BLOCK * -(-len(part) // BLOCK)
    return (part * (length // len(part) + 1))[:length]
