"""The secret half of an envelope's row, and how an organisation's own rows are found without naming it."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from commons.domain.time import from_text, to_text
from commons.evidence.domain.canonical import JSON
from signatures import at_rest
from signatures.envelopes.domain.states import EnvelopeState
from signatures.envelopes.models import SealedEnvelope

MOST_REPLACEMENTS = 200


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an envelope before its opening."""

    intake_id: int
    organisation_id: int
    person_id: int
    commit: str
    size: int
    received_at: datetime
    receipt: str

    def seal(self, ref: str) -> bytes:
        values: Mapping[str, JSON] = {name: _text(value) for name, value in asdict(self).items()}
        return at_rest.seal(values, place=f"envelope:{ref}")


def facts_of(row: SealedEnvelope) -> Facts:
    found = {name: str(value) for name, value in at_rest.unseal(bytes(row.facts), place=f"envelope:{row.pk}").items()}
    return Facts(
        int(found["intake_id"]),
        int(found["organisation_id"]),
        int(found["person_id"]),
        found["commit"],
        int(found["size"]),
        from_text(found["received_at"]),
        found["receipt"],
    )


def slot_tag(intake_id: int, organisation_id: int, number: int) -> str:
    """The tag of an organisation's envelope with that number in an intake."""
    return at_rest.tag("envelope", str(intake_id), str(organisation_id), str(number))


def commit_tag(commit: str) -> str:
    return at_rest.tag("commit", commit)


def own_envelopes(intake_id: int, organisation_id: int) -> list[SealedEnvelope]:
    """Every envelope that the organisation handed in there, oldest first."""
    found: list[SealedEnvelope] = []
    for tags in _pages(intake_id, organisation_id):
        rows = {row.slot_tag: row for row in SealedEnvelope.objects.filter(slot_tag__in=tags)}
        found += [rows[tag] for tag in tags if tag in rows]
        if len(rows) < len(tags):
            break
    return found


def current(rows: list[SealedEnvelope]) -> SealedEnvelope | None:
    """The one that counts, if any: a withdrawn one does not."""
    last = rows[-1] if rows else None
    return last if last is not None and last.state != EnvelopeState.WITHDRAWN else None


def _pages(intake_id: int, organisation_id: int) -> Iterator[list[str]]:
    for start in range(0, MOST_REPLACEMENTS, 8):
        yield [slot_tag(intake_id, organisation_id, number) for number in range(start, start + 8)]


def _text(value: object) -> str:
    return to_text(value) if isinstance(value, datetime) else str(value)
