"""A software token (SoftHSM 2) with keys of its own folder, for tests of the agent."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key
from pkcs11 import Attribute, ObjectClass

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
LABEL = "demo-token"
PIN = "246810"
OFFICER_PIN = "13579111"


@dataclass(frozen=True, slots=True)
class SoftToken:
    """One token; the PKCS #11 module reads its folder from the environment when it is first loaded."""

    folder: Path

    def put(self, key_der: bytes, certificate_der: bytes) -> None:
        """Put a private key (PKCS #8, DER) with its certificate on the token, as an authority's desk would."""
        pem = self.folder / "key.pem"
        key = load_der_private_key(key_der, password=None)
        pem.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        number = os.urandom(8).hex()
        command = ["softhsm2-util", "--import", str(pem), "--token", LABEL, "--label", "holder", "--id", number]
        subprocess.run([*command, "--pin", PIN], check=True, capture_output=True)
        pem.unlink()
        token = next(one for one in pkcs11.lib(MODULE).get_tokens() if one.label == LABEL)
        with token.open(user_pin=PIN, rw=True) as session:
            if isinstance(key, EllipticCurvePrivateKey):
                session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=bytes.fromhex(number))[Attribute.DERIVE] = True
            session.create_object(
                {
                    Attribute.CLASS: ObjectClass.CERTIFICATE,
                    Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                    Attribute.TOKEN: True,
                    Attribute.PRIVATE: False,
                    Attribute.LABEL: "holder",
                    Attribute.ID: bytes.fromhex(number),
                    Attribute.SUBJECT: x509.load_der_x509_certificate(certificate_der).subject.public_bytes(),
                    Attribute.VALUE: certificate_der,
                }
            )

    @contextmanager
    def forbidding(self, use: Attribute, certificate_der: bytes) -> Iterator[None]:
        """While this lasts the private key of a certificate may not be put to `use` (`DECRYPT`, `SIGN`)."""
        self._allow(use, certificate_der, allowed=False)
        yield
        self._allow(use, certificate_der, allowed=True)

    def _allow(self, use: Attribute, certificate_der: bytes, *, allowed: bool) -> None:
        token = next(one for one in pkcs11.lib(MODULE).get_tokens() if one.label == LABEL)
        with token.open(user_pin=PIN, rw=True) as session:
            (certificate,) = session.get_objects({Attribute.VALUE: certificate_der})
            session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=certificate[Attribute.ID])[use] = allowed


@contextmanager
def soft_token(folder: Path) -> Iterator[SoftToken]:
    """A fresh token in `folder`. One folder per process: the module does not forget where it looked first."""
    tokens = folder / "tokens"
    tokens.mkdir(exist_ok=True)
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    command = ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", OFFICER_PIN]
    subprocess.run(command, check=True, capture_output=True)
    library = pkcs11.lib(MODULE)
    library.reinitialize()
    yield SoftToken(folder)
