"""What a draw is to be: the plan, the rules it must keep, and the announcement that is published of it."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON
from signatures.draws.domain import hs1
from signatures.draws.domain.states import HolderRole

MOST_ENTRIES = 100_000
_HEX = re.compile("[0-9a-f]{64}", re.ASCII)


class DrawNeedsTwoCustodians(Refusal):
    code = "DRAW_NEEDS_TWO_CUSTODIANS"
    message = gettext_noop(
        "Without a public beacon a draw needs two custodians; with one, at least one. Name another custodian."
    )


class DrawTooFew(Refusal):
    code = "DRAW_TOO_FEW"
    message = gettext_noop("%(k)s are to be drawn, but only %(candidates)s can be: the roster without its exclusions.")


class DrawEntryTwice(Refusal):
    code = "DRAW_ENTRY_TWICE"
    message = gettext_noop("“%(entry)s” stands twice on the roster, or is empty.")


class DrawExcludesStranger(Refusal):
    code = "DRAW_EXCLUDES_STRANGER"
    message = gettext_noop("“%(entry)s” is to be excluded but does not stand on the roster.")


class DrawTooLarge(Refusal):
    code = "DRAW_TOO_LARGE"
    message = gettext_noop("A roster holds at most %(most)s entries.")


class DrawOutOfTime(Refusal):
    """The commitments must stand in the log before anybody can know the outside value."""

    code = "DRAW_OUT_OF_TIME"
    message = gettext_noop(
        "The moments of a draw must follow each other: announcement, then the beacon, then revealing, then its end."
    )


class DrawNotYet(Refusal):
    code = "DRAW_NOT_YET"
    message = gettext_noop("Nothing may be revealed before %(reveal_from)s.")


class DrawTooLate(Refusal):
    code = "DRAW_TOO_LATE"
    message = gettext_noop("The time for this has passed at %(until)s.")


class CommitmentMalformed(Refusal):
    code = "COMMITMENT_MALFORMED"
    message = gettext_noop("A commitment is the SHA-256 of 32 random bytes, written as 64 characters 0–9 and a–f.")
    status = 400


class CommitmentTaken(Refusal):
    """Somebody who copies a commitment could later copy the secret as well, and would add nothing of his own."""

    code = "COMMITMENT_TAKEN"
    message = gettext_noop("The same commitment stands in this draw already. Make random bytes of your own.")


class SecretDoesNotFit(Refusal):
    code = "SECRET_DOES_NOT_FIT"
    message = gettext_noop("What you reveal is not what you committed to. Choose the file that you kept then.")


class BeaconDoesNotFit(Refusal):
    code = "BEACON_DOES_NOT_FIT"
    message = gettext_noop("The draw waits for round %(round)s of %(source)s; this is another one.")


@dataclass(frozen=True, slots=True)
class Beacon:
    """A public source of chance outside the platform, and the round whose value nobody knows before `known_from`."""

    source: str
    round: str
    known_from: datetime

    def as_json(self) -> dict[str, JSON]:
        return {"source": self.source, "round": self.round, "known_from": to_text(self.known_from)}


@dataclass(frozen=True, slots=True)
class Plan:
    """A draw before anybody committed. `roster` in clear; `salted` says that it is published as salted hashes."""

    subject: str
    title: str
    roster: tuple[str, ...]
    k: int
    reveal_from: datetime
    reveal_until: datetime
    exclusions: tuple[str, ...] = ()
    salted: bool = False
    beacon: Beacon | None = None

    @property
    def known_from(self) -> datetime:
        """The first instant at which anybody may know something that the result depends on."""
        return self.beacon.known_from if self.beacon else self.reveal_from

    def check(self, *, custodians: int, at: datetime) -> None:
        """Raises the refusal for what a draw may not be."""
        if custodians < (1 if self.beacon else 2):
            raise DrawNeedsTwoCustodians()
        if not (at < self.known_from <= self.reveal_from < self.reveal_until):
            raise DrawOutOfTime()
        self._check_roster()

    def _check_roster(self) -> None:
        if len(self.roster) > MOST_ENTRIES:
            raise DrawTooLarge(most=MOST_ENTRIES)
        seen: set[str] = set()
        for entry in self.roster:
            if not entry or entry in seen:
                raise DrawEntryTwice(entry=entry)
            seen.add(entry)
        for entry in self.exclusions:
            if entry not in seen:
                raise DrawExcludesStranger(entry=entry)
        candidates = len(seen) - len(set(self.exclusions))
        if not 1 <= self.k <= candidates:
            raise DrawTooFew(k=self.k, candidates=candidates)


@dataclass(frozen=True, slots=True)
class Commitment:
    """Who holds which secret: `ref` as evidence names actors, `commitment` in hexadecimal."""

    role: HolderRole
    ref: str
    commitment: str


@dataclass(frozen=True, slots=True)
class Redraw:
    """Why a draw was drawn anew: never silently. `attempt` counts all draws of the chain."""

    of: str
    attempt: int
    reason_sha256: str
    approved_by: tuple[str, str]

    def as_json(self) -> dict[str, JSON]:
        return {
            "of": self.of,
            "attempt": str(self.attempt),
            "reason_sha256": self.reason_sha256,
            "approved_by": list(self.approved_by),
        }


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is published in the log before the outside value can be known. `as_json` is its payload."""

    draw_id: str
    plan: Plan
    published_roster: tuple[str, ...]
    published_exclusions: tuple[str, ...]
    commitments: tuple[Commitment, ...]
    redraw: Redraw | None = None
    roster_sha256: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "roster_sha256", hs1.list_sha256(self.published_roster))

    def as_json(self) -> dict[str, JSON]:
        plan = self.plan
        return {
            "algorithm": hs1.ALGORITHM,
            "draw_id": self.draw_id,
            "subject": plan.subject,
            "title": plan.title,
            "roster_sha256": self.roster_sha256,
            "roster_size": str(len(self.published_roster)),
            "salted": plan.salted,
            "k": str(plan.k),
            "exclusions_sha256": hs1.list_sha256(self.published_exclusions),
            "custodians": self._held_by(HolderRole.CUSTODIAN),
            "parties": self._held_by(HolderRole.PARTY),
            "beacon": plan.beacon.as_json() if plan.beacon else None,
            "reveal_from": to_text(plan.reveal_from),
            "reveal_until": to_text(plan.reveal_until),
            "redraw": self.redraw.as_json() if self.redraw else None,
        }

    def _held_by(self, role: HolderRole) -> list[JSON]:
        return [{"ref": one.ref, "commitment": one.commitment} for one in self.commitments if one.role == role]


def check_commitment(commitment: str, taken: frozenset[str]) -> None:
    """Raises `CommitmentMalformed`, `CommitmentTaken`."""
    if not _HEX.fullmatch(commitment):
        raise CommitmentMalformed()
    if commitment in taken:
        raise CommitmentTaken()


def check_secret(secret: bytes, commitment: str) -> None:
    """Raises `SecretDoesNotFit` unless `secret` is what was committed to."""
    if len(secret) != hs1.SECRET_BYTES or hs1.commitment_to(secret) != commitment:
        raise SecretDoesNotFit()
