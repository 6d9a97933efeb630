"""The whole hall again, from its log: every line with its digest, and whether the evidence log bears it out."""

from collections.abc import Mapping
from typing import Any

from bidding.opening.models import Hall, HallEntry
from commons.domain.refusals import NotFound
from commons.domain.time import to_text
from commons.evidence import queries as evidence
from commons.evidence.domain.canonical import decode, digest, encode

FORMAT = "luochui-hall/v1"
MOST = 10_000
"""Lines of the longest hall."""


def replay(hall_id: int) -> dict[str, Any]:
    """Every line in order; `holds` says whether each is what the evidence log names. Public. Raises `NotFound`.

    What stood in a line before the list was published (who signed in) is opened in the evidence log with the list.
    """
    hall = Hall.objects.filter(pk=hall_id).first()
    if hall is None:
        raise NotFound()
    named = _named(hall)
    lines = [_line(entry, named) for entry in HallEntry.objects.filter(hall=hall)]
    return {"format": FORMAT, "hall": str(hall.pk), "stream": hall.stream, "lines": lines,
            "holds": all(line["holds"] for line in lines)}  # fmt: skip


def _named(hall: Hall) -> dict[str, str]:
    """The digest that the evidence log names for each place in the hall's log."""
    found: dict[str, str] = {}
    for link in evidence.entries(hall.stream, limit=MOST):
        payload = decode(link.payload)
        if isinstance(payload, Mapping) and "facts_sha256" in payload:
            found[str(payload["seq"])] = str(payload["facts_sha256"])
    return found


def _line(entry: HallEntry, named: dict[str, str]) -> dict[str, Any]:
    sha256 = digest(encode(entry.facts))
    return {
        "seq": entry.seq,
        "at": to_text(entry.at),
        "kind": entry.kind,
        "facts": entry.facts,
        "sha256": sha256,
        "holds": sha256 == entry.sha256 == named.get(str(entry.seq)),
    }
