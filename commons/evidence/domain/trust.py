"""Which keys a verifier believes, and when each was in use. Standard library and `cryptography` only."""

from collections.abc import Mapping
from dataclasses import dataclass

from commons.evidence.domain.canonical import JSON
from commons.evidence.domain.notes import BadNote, Checkpoint, VerifierKey, opened

FORMAT = "luochui-keys/v1"


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A key with its validity as text instants; `None` ends never."""

    key: VerifierKey
    valid_from: str
    valid_until: str | None

    def was_valid(self, at: str) -> bool:
        """Instants have one spelling, so their text sorts as they do."""
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of the platform, by key id."""

    keys: Mapping[bytes, TrustedKey]

    @classmethod
    def of(cls, *keys: TrustedKey) -> "Keyring":
        return cls({trusted.key.key_id: trusted for trusted in keys})

    @classmethod
    def parse(cls, value: object) -> "Keyring":
        """The keyring that the platform publishes; raises `BadNote`."""
        if not isinstance(value, Mapping) or value.get("format") != FORMAT or not isinstance(value.get("keys"), list):
            raise BadNote(f"the keys are not in the form {FORMAT}")
        return cls.of(*(_trusted(item) for item in value["keys"]))

    def as_json(self) -> dict[str, JSON]:
        """The form in which the platform publishes its keys."""
        return {"format": FORMAT, "keys": [_as_json(trusted) for trusted in self.keys.values()]}

    def find(self, text: str) -> TrustedKey | None:
        """The trusted key that `text` spells, or None when it is not one of these."""
        key = VerifierKey.parse(text)
        trusted = self.keys.get(key.key_id)
        return trusted if trusted is not None and trusted.key == key else None

    def open(self, note: str, *, suffix: str = "") -> tuple[Checkpoint, VerifierKey]:
        """The checkpoint in a note that one of these keys signed while it was valid; raises `BadNote`.

        Its origin must be the key's own name, with `suffix` for other statements of the same form: neither passes for
        the other.
        """
        text, signer = opened(note, {key_id: trusted.key for key_id, trusted in self.keys.items()})
        checkpoint = Checkpoint.parse(text)
        if checkpoint.origin != signer.name + suffix:
            raise BadNote(f"{signer.name} does not speak for {checkpoint.origin}")
        if not self.keys[signer.key_id].was_valid(checkpoint.at):
            raise BadNote(f"{signer.name} was not valid at {checkpoint.at}")
        return checkpoint, signer


def _trusted(item: object) -> TrustedKey:
    if not isinstance(item, Mapping):
        raise BadNote("a key is an object")
    until = item.get("valid_until")
    return TrustedKey(
        VerifierKey.parse(str(item.get("key"))), str(item.get("valid_from")), None if until is None else str(until)
    )


def _as_json(trusted: TrustedKey) -> JSON:
    return {"key": str(trusted.key), "valid_from": trusted.valid_from, "valid_until": trusted.valid_until}
