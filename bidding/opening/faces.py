"""Whether the face before a device is the designated person's: asked of a system behind a port (docs/hooks.md).

The embedded version trusts the device, which compares and sends its result alone. What it can hold it to: the result
counts for the person, the certificate session and the hall for which the page was drawn, and not for long.
"""

from typing import Protocol

from django.core import signing

from commons import hooks

SALT = "luochui.face-challenge.v1"
LASTS_S = 600


class FacePort(Protocol):
    """Face sign-in of designated persons 特定人员刷脸签到."""

    def challenge(self, *, hall_id: int, person_id: int) -> str:
        """What goes to the person's device with the page, and comes back with its result."""
        ...

    def proves(self, *, hall_id: int, person_id: int, result: str) -> bool:
        """Does the result say that this person's face was seen for this hall?"""
        ...


class OnDevice:
    """The embedded version: the device compares, the platform holds its result to person, hall and time."""

    def challenge(self, *, hall_id: int, person_id: int) -> str:
        return signing.dumps([hall_id, person_id], salt=SALT)

    def proves(self, *, hall_id: int, person_id: int, result: str) -> bool:
        try:
            return bool(signing.loads(result, salt=SALT, max_age=LASTS_S) == [hall_id, person_id])
        except (signing.BadSignature, ValueError, TypeError):
            return False


def faces() -> FacePort:
    """The face system of this installation."""
    found: FacePort = hooks.adapter("faces", FacePort, embedded="bidding.opening.faces.OnDevice")
    return found
