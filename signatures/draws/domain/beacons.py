"""The file of a public beacon, as an operator fetches it and as anybody may keep it: `luochui-beacon/v1`.

    {"format":"luochui-beacon/v1","source":…,"rounds":[{"round":…,"value":<hexadecimal>}…]}

Standard library only.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from signatures.draws.domain.hs1 import MOST_BEACON_BYTES

FORMAT = "luochui-beacon/v1"


class BadBeacon(ValueError):
    """The file is no beacon's; the sentence says why."""


@dataclass(frozen=True, slots=True)
class BeaconFile:
    """The rounds of one source that are known so far."""

    source: str
    rounds: Mapping[str, bytes]

    @classmethod
    def parse(cls, value: object) -> "BeaconFile":
        """The file's content; raises `BadBeacon`."""
        if not isinstance(value, Mapping) or value.get("format") != FORMAT or not isinstance(value.get("rounds"), list):
            raise BadBeacon(f"the file is not of the form {FORMAT}")
        try:
            rounds = {str(item["round"]): bytes.fromhex(str(item["value"])) for item in value["rounds"]}
        except (KeyError, TypeError, ValueError):
            raise BadBeacon("a round has a name and a value in hexadecimal") from None
        if any(not 1 <= len(found) <= MOST_BEACON_BYTES for found in rounds.values()):
            raise BadBeacon(f"the value of a round has 1 to {MOST_BEACON_BYTES} bytes")
        return cls(str(value.get("source")), rounds)

    def value_of(self, source: str, round_: str) -> bytes | None:
        """The value, once it is known."""
        return self.rounds.get(round_) if source == self.source else None
