"""Keys on tokens, through PKCS #11."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import pkcs11
from asn1crypto import x509
from pkcs11 import (
    KDF,
    Attribute,
    DecryptMixin,
    DeriveMixin,
    KeyType,
    Mechanism,
    ObjectClass,
    SignMixin,
    TokenFlag,
)
from pkcs11.util.ec import encode_ecdsa_signature

SM2_CURVE = "1.2.156.10197.1.301"


class TokenTrouble(Exception):
    """What stands between the holder and the key, as a code of the protocol."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True, slots=True)
class OnToken:
    """A certificate whose private key the token holds."""

    der: bytes
    token: str
    """The token's label, for people."""
    key_id: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.der).hexdigest()


def is_national(certificate: bytes) -> bool:
    """Whether the certificate (DER) is of an SM2 key."""
    key = x509.Certificate.load(certificate).public_key
    return bool(key.algorithm == "ec" and key.curve == ("named", SM2_CURVE))


class Tokens(Protocol):
    """What the agent needs of tokens; the PIN is used for one order and not kept."""

    def certificates(self) -> Sequence[OnToken]:
        """The certificates that can be used, without a PIN."""
        ...

    def sign(self, certificate: OnToken, data: bytes, pin: str) -> bytes:
        """The signature value over `data` as a CMS holds it: SHA-256 with RSA (PKCS #1 v1.5) or ECDSA, SM3 with SM2."""
        ...

    def agree(self, certificate: OnToken, point: bytes, pin: str) -> bytes:
        """The 32-byte ECDH secret with an uncompressed P-256 point. `TokenTrouble`."""
        ...

    def decrypt(self, certificate: OnToken, ciphertext: bytes, pin: str) -> bytes:
        """RSA-OAEP with SHA-256. `TokenTrouble`."""
        ...


class Pkcs11Tokens:
    """Every token of one PKCS #11 module."""

    def __init__(self, module: str) -> None:
        self._library = pkcs11.lib(module)

    def certificates(self) -> list[OnToken]:
        found = []
        for token in self._present():
            with token.open() as session:
                for row in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}):
                    found.append(OnToken(bytes(row[Attribute.VALUE]), token.label, bytes(row[Attribute.ID])))
        return found

    def sign(self, certificate: OnToken, data: bytes, pin: str) -> bytes:
        if is_national(certificate.der):
            # PKCS #11 has no mechanism for SM2, and what makers invented differs from one to the next.
            raise TokenTrouble("KEY_NOT_FOR_THIS", "this agent has no way to sign with SM2; use the token maker's own")
        with self._key(certificate, pin) as key:
            if not isinstance(key, SignMixin):
                raise TokenTrouble("KEY_NOT_FOR_THIS", "the token does not let this key sign")
            if key.key_type == KeyType.RSA:
                return bytes(key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS))
            # Tokens that know ECDSA need not know it together with a hash.
            raw = key.sign(hashlib.sha256(data).digest(), mechanism=Mechanism.ECDSA)
            return bytes(encode_ecdsa_signature(raw))

    def agree(self, certificate: OnToken, point: bytes, pin: str) -> bytes:
        template = {Attribute.SENSITIVE: False, Attribute.EXTRACTABLE: True}
        with self._key(certificate, pin) as key:
            if not isinstance(key, DeriveMixin):
                raise TokenTrouble("KEY_NOT_FOR_THIS", "the token lets this key sign, not agree on a secret")
            secret = key.derive_key(
                KeyType.GENERIC_SECRET,
                256,
                mechanism=Mechanism.ECDH1_DERIVE,
                mechanism_param=(KDF.NULL, None, point),
                template=template,
            )
            return bytes(secret[Attribute.VALUE])

    def decrypt(self, certificate: OnToken, ciphertext: bytes, pin: str) -> bytes:
        parameters = (Mechanism.SHA256, pkcs11.MGF.SHA256, None)
        with self._key(certificate, pin) as key:
            if not isinstance(key, DecryptMixin):
                raise TokenTrouble("KEY_NOT_FOR_THIS", "the token does not let this key decrypt")
            opened = key.decrypt(ciphertext, mechanism=Mechanism.RSA_PKCS_OAEP, mechanism_param=parameters)
        assert isinstance(opened, bytes), "what is given in one piece comes back in one"
        return opened

    def _present(self) -> Iterator[pkcs11.Token]:
        """Tokens that somebody has set up; an empty slot of some readers looks like one that nobody has."""
        return (one for one in self._library.get_tokens() if TokenFlag.TOKEN_INITIALIZED in one.flags)

    @contextmanager
    def _key(self, certificate: OnToken, pin: str) -> Iterator[pkcs11.Key]:
        try:
            token = next(one for one in self._present() if one.label == certificate.token)
            with token.open(user_pin=pin) as session:
                yield session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=certificate.key_id)
        except StopIteration:
            raise TokenTrouble("TOKEN_GONE", "the token is not there any more") from None
        except pkcs11.exceptions.PinLocked:
            raise TokenTrouble("PIN_LOCKED", "the token is locked after too many wrong PINs") from None
        except (pkcs11.exceptions.PinIncorrect, pkcs11.exceptions.PinInvalid, pkcs11.exceptions.PinLenRange):
            raise TokenTrouble("PIN_WRONG", "the PIN is wrong") from None
        except pkcs11.exceptions.NoSuchKey:
            raise TokenTrouble("NO_SUCH_KEY", "the token holds the certificate without its key") from None
        except pkcs11.exceptions.PKCS11Error as error:
            raise TokenTrouble("TOKEN_FAILED", f"the token failed: {type(error).__name__}") from None
