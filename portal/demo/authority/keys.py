"""Keys of the embedded authority: made on first use, in memory or in a folder."""

from pathlib import Path
from threading import Lock
from typing import Any

from asn1crypto.keys import PrivateKeyInfo
from certomancer.crypto_utils import load_private_key
from certomancer.registry.keys import AsymKey
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


class Keys:
    """What certomancer asks of a key set, with keys that need no file."""

    def __init__(self, folder: Path | None, *, rsa_labels: frozenset[str], weak_labels: frozenset[str]) -> None:
        self.folder = folder
        self.rsa_labels = rsa_labels
        self.weak_labels = weak_labels
        self._made: dict[str, KeyPair] = {}
        self._guard = Lock()

    def __getitem__(self, label: Any) -> "KeyPair":
        name = str(getattr(label, "value", label))
        with self._guard:
            pair = self._made.get(name)
            if pair is None:
                pair = self._made[name] = KeyPair(self._load_or_make(name))
            return pair

    def get_asym_key(self, label: Any) -> AsymKey:
        return self[label].key_pair

    def get_public_key(self, label: Any) -> Any:
        return self[label].public_key_info

    def get_private_key(self, label: Any) -> PrivateKeyInfo:
        return self[label].private_key_info

    def _load_or_make(self, name: str) -> bytes:
        file = self.folder / "keys" / f"{name}.der" if self.folder else None
        if file is not None and file.exists():
            return file.read_bytes()
        made = self._make(name)
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_bytes(made)
        return made

    def _make(self, name: str) -> bytes:
        key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
        if name in self.weak_labels:
            key = rsa.generate_private_key(65537, 1024)  # noqa: S505  # must be refused, and a test sees to it
        elif name in self.rsa_labels:
            key = rsa.generate_private_key(65537, 2048)
        else:
            key = ec.generate_private_key(ec.SECP256R1())
        return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


class KeyPair:
    """One key in the form in which certomancer takes it from a file."""

    def __init__(self, der: bytes) -> None:
        self.private_key_info, self.public_key_info = load_private_key(der, None)
        self.key_pair = AsymKey(public=self.public_key_info, private=self.private_key_info)
