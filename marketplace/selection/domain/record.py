"""The exported selection, `luochui-selection/v1`, and its verification: the outcome computed again from the case.

    {"format":"luochui-selection/v1","selection_id":…,"case":{…},"outcome":{…},"draws":[<luochui-draw/v1>, …],
     "entries":[…],"checkpoint":<note>|null,"keys":{…}}

`entries` is the whole stream `selection:<id>` of the log, each as in `luochui-log/v1`; its last `SelectionDecided` or
`SelectionFailed` names the SHA-256 of the case. Standard library and `cryptography` only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from commons.evidence.domain import canonical, chain
from commons.evidence.domain.canonical import JSON
from commons.evidence.domain.chain import START, Link
from commons.evidence.domain.exports import entry_from
from commons.evidence.domain.report import Report
from commons.evidence.domain.trust import Keyring
from marketplace.selection.domain.case import Case, Drawn, case_from
from marketplace.selection.domain.deciding import decide
from marketplace.selection.domain.outcome import End
from signatures.draws.domain import record as draw_record
from signatures.draws.domain.beacons import BeaconFile

FORMAT = "luochui-selection/v1"
DECISIONS = ("SelectionDecided", "SelectionFailed")


class NoRecord(ValueError):
    """The file is no exported selection: bad input, not a selection that does not hold."""


def check(value: object, *, trusted: Keyring | None = None, beacon: BeaconFile | None = None) -> Report:
    """Whether the selection holds: log, draws and outcome. Raises `NoRecord`."""
    try:
        record = _read(value)
        case = case_from(_map(record["case"]))
        links = [entry_from(item).link for item in _list(record["entries"])]
        draws = {str(_map(item)["draw_id"]): _map(item) for item in _list(record["draws"])}
        believed = trusted or Keyring.parse(record["keys"])
    except (KeyError, TypeError, ValueError) as error:
        raise NoRecord(f"the file is no selection of the form {FORMAT}: {error}") from None
    report = Report()
    report.facts |= {"selection_id": str(record["selection_id"]), "keys_trusted": trusted is not None}
    report.add(chain.check_links(links, stream=f"selection:{record['selection_id']}", head=START))
    report.add(_outcome_faults(case, record["outcome"], report))
    report.add(_log_faults(case, links))
    for drawn in case.draws:
        report.add(_draw_faults(case, drawn, draws.get(drawn.draw_id), believed, beacon))
    report.facts["draws"] = str(len(case.draws))
    return report


def _outcome_faults(case: Case, told: JSON, report: Report) -> Iterator[str]:
    """The same case gives the same outcome, step by step."""
    computed = decide(case)
    report.facts |= {"end": computed.end.value, "winner": computed.winner}
    told_steps = _list(_map(told).get("steps"))
    for place, step in enumerate(computed.steps):
        if place >= len(told_steps) or canonical.encode(told_steps[place]) != canonical.encode(step.as_json()):
            yield f"step {place + 1} ({step.code}) comes out otherwise"
            return
    if canonical.encode(told) != canonical.encode(computed.as_json()):
        yield "the outcome comes out otherwise"
    if computed.end not in (End.WINNER, End.FAILED):
        yield "the selection is not finished"


def _log_faults(case: Case, links: Sequence[Link]) -> Iterator[str]:
    decisions = [link for link in links if link.type in DECISIONS]
    if not decisions:
        yield "the log holds no decision"
        return
    payload = canonical.decode(decisions[-1].payload)
    if not isinstance(payload, Mapping) or payload.get("case_sha256") != case.sha256():
        yield "the log names another case than this one"


def _draw_faults(
    case: Case, drawn: Drawn, exported: Mapping[str, JSON] | None, believed: Keyring, beacon: BeaconFile | None
) -> Iterator[str]:
    """The draw holds by itself and is the one that the case used."""
    if exported is None:
        yield f"the draw {drawn.draw_id} is missing"
        return
    try:
        found = draw_record.check(exported, trusted=believed, beacon=beacon)
    except draw_record.NoRecord as error:
        yield f"the draw {drawn.draw_id} cannot be read: {error}"
        return
    yield from (f"draw {drawn.draw_id}: {fault}" for fault in found.faults)
    same = (
        sorted(drawn.roster) == sorted(str(one) for one in _list(exported["roster"]))
        and sorted(drawn.exclusions) == sorted(str(one) for one in _list(exported["exclusions"]))
        and list(drawn.selected) == found.facts.get("selected")
    )
    if not same:
        yield f"the draw {drawn.draw_id} has another roster or another result than the case says"
    yield from _asked_faults(case, drawn)


def _asked_faults(case: Case, drawn: Drawn) -> Iterator[str]:
    """Without this draw and those after it, the case asks for exactly this one."""
    place = case.draws.index(drawn)
    earlier = _before(case, place)
    need = decide(earlier).need
    if need is None or (need.purpose, sorted(need.roster), sorted(need.exclusions), need.k) != (
        drawn.purpose,
        sorted(drawn.roster),
        sorted(drawn.exclusions),
        len(drawn.selected),
    ):
        yield f"the case did not ask for the draw {drawn.draw_id}"


def _before(case: Case, place: int) -> Case:
    """The case when its draw number `place` was asked for: with the draws before it, and who had fallen out by then."""
    round_ = int(case.draws[place].purpose.rpartition(":")[2])
    return replace(case, draws=case.draws[:place], dropped=case.dropped[: round_ - 1])


def _read(value: object) -> Mapping[str, JSON]:
    if not isinstance(value, Mapping) or value.get("format") != FORMAT:
        raise ValueError("its format is another one")
    return value


def _map(value: JSON) -> Mapping[str, JSON]:
    if not isinstance(value, Mapping):
        raise TypeError("an object is missing")
    return value


def _list(value: JSON) -> Sequence[JSON]:
    if not isinstance(value, list):
        raise TypeError("a list is missing")
    return value
