"""The exported draw, `luochui-draw/v1`, and its verification: every step computed again from what was published.

    {"format":"luochui-draw/v1","draw_id":…,"roster":[…],"exclusions":[…],"entries":[…],"checkpoint":<note>|null,
     "anchor":{"note":…,"index":…,"path":[…]}|null,"keys":{…}}

`entries` is the whole stream `draw:<draw_id>` of the log, each as in `luochui-log/v1`. The anchor is the first
checkpoint that covers the announcement; its instant must not be later than the outside value could be known. Standard
library and `cryptography` only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from commons.evidence.domain import canonical, chain, merkle
from commons.evidence.domain.canonical import JSON
from commons.evidence.domain.chain import START
from commons.evidence.domain.exports import Proven, count, entry_from, path_from
from commons.evidence.domain.notes import BadNote, Checkpoint
from commons.evidence.domain.report import Report
from commons.evidence.domain.trust import Keyring
from signatures.draws.domain import hs1
from signatures.draws.domain.beacons import BeaconFile

FORMAT = "luochui-draw/v1"
ONCE = ("draw.prepared", "draw.announced", "draw.beacon", "draw.completed", "draw.voided", "draw.disclosed")


class NoRecord(ValueError):
    """The file is no exported draw: bad input, not a draw that does not hold."""


Payload = Mapping[str, JSON]


@dataclass(slots=True)
class _Story:
    """What the entries of the stream tell."""

    once: dict[str, Payload] = field(default_factory=dict)
    at: dict[str, str] = field(default_factory=dict)
    secrets: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Role, reference, secret, instant of each reveal."""
    entries: dict[str, Proven] = field(default_factory=dict)


def check(value: object, *, trusted: Keyring | None = None, beacon: BeaconFile | None = None) -> Report:
    """Whether the draw holds; with `beacon`, whether its value is what the beacon published. Raises `NoRecord`."""
    try:
        record = _read(value)
        believed = trusted or Keyring.parse(record["keys"])
        entries = [entry_from(item) for item in _list(record["entries"])]
        draw_id, roster, exclusions = str(record["draw_id"]), _texts(record["roster"]), _texts(record["exclusions"])
    except (KeyError, TypeError, ValueError) as error:
        raise NoRecord(f"the file is no draw of the form {FORMAT}: {error}") from None
    report = Report()
    report.facts |= {"draw_id": draw_id, "keys_trusted": trusted is not None}
    report.add(chain.check_links([entry.link for entry in entries], stream=f"draw:{draw_id}", head=START))
    report.add(_place_faults(entries, record["checkpoint"], believed, report))
    story = _story(entries, report)
    announcement = story.once.get("draw.announced")
    if announcement is None:
        _tell_end(story, report)
        if "draw.completed" in story.once or not entries:
            report.fault("the draw was never announced")
        return report
    try:
        report.add(_announcement_faults(announcement, draw_id, roster, exclusions))
        report.add(_anchor_faults(announcement, story, record["anchor"], believed, report))
        report.add(_reveal_faults(announcement, story, beacon, report))
        report.add(_result_faults(announcement, story, roster, exclusions, report))
        report.add(_disclosure_faults(story, report))
    except (KeyError, TypeError, ValueError) as error:
        report.fault(f"the announcement or what follows it has another form: {error}")
    _tell_end(story, report)
    return report


def _read(value: object) -> Mapping[str, JSON]:
    if not isinstance(value, Mapping) or value.get("format") != FORMAT:
        raise ValueError("its format is another one")
    return value


def _list(value: object) -> Sequence[JSON]:
    if not isinstance(value, list):
        raise TypeError("a list is missing")
    return value


def _texts(value: object) -> list[str]:
    items = _list(value)
    if not all(isinstance(item, str) for item in items):
        raise TypeError("a roster holds text")
    return [str(item) for item in items]


def _story(entries: Sequence[Proven], report: Report) -> _Story:
    story = _Story()
    for entry in entries:
        payload = canonical.decode(entry.link.payload)
        kind = entry.link.type
        if not isinstance(payload, Mapping):
            report.fault(f"the entry {kind} holds no object")
            continue
        if kind in ONCE:
            if kind in story.once:
                report.fault(f"the entry {kind} stands twice")
            story.once[kind], story.at[kind], story.entries[kind] = payload, entry.link.ts, entry
        elif kind == "draw.revealed":
            told = (str(payload.get("role")), str(payload.get("ref")), str(payload.get("secret")), entry.link.ts)
            story.secrets.append(told)
    return story


def _place_faults(entries: Sequence[Proven], note: JSON, believed: Keyring, report: Report) -> Iterator[str]:
    """Each entry against the newest checkpoint of the record."""
    report.facts["in_log"] = False
    if note is None:
        return
    try:
        checkpoint, signer = believed.open(str(note))
    except BadNote as error:
        yield f"the checkpoint cannot be believed: {error}"
        return
    placed = 0
    for entry in entries:
        if entry.index is None:
            continue
        placed += 1
        if merkle.root_from_inclusion(entry.link.hash, entry.index, checkpoint.size, entry.path) != checkpoint.root:
            yield f"seq {entry.link.seq}: its proof does not lead to the root of the checkpoint"
    report.facts |= {"in_log": placed == len(entries) > 0, "signed_by": str(signer), "entries": str(len(entries))}


def _announcement_faults(
    announcement: Payload, draw_id: str, roster: list[str], exclusions: list[str]
) -> Iterator[str]:
    if announcement["algorithm"] != hs1.ALGORITHM:
        yield f"the draw follows {announcement['algorithm']}, not {hs1.ALGORITHM}"
    if announcement["draw_id"] != draw_id:
        yield "the announcement is of another draw"
    if hs1.list_sha256(roster) != announcement["roster_sha256"]:
        yield "the roster is not the one that was announced"
    if hs1.list_sha256(exclusions) != announcement["exclusions_sha256"]:
        yield "the exclusions are not those that were announced"
    if len(set(roster)) != len(roster) or not set(exclusions) <= set(roster):
        yield "an entry stands twice, or somebody is excluded who does not stand on the roster"
    custodians = _list(announcement["custodians"])
    if len(custodians) < (1 if announcement["beacon"] else 2):
        yield "there are fewer custodians than a draw needs"
    commitments = [_text(item, "commitment") for item in [*custodians, *_list(announcement["parties"])]]
    if len(set(commitments)) != len(commitments):
        yield "two holders published the same commitment"


def _text(item: JSON, name: str) -> str:
    if not isinstance(item, Mapping) or not isinstance(item.get(name), str):
        raise ValueError(f"“{name}” is missing")
    return str(item[name])


def _known_from(announcement: Payload) -> str:
    """The first instant at which anything that the result depends on can be known. Instants sort as their text."""
    beacon = announcement["beacon"]
    known = [str(announcement["reveal_from"])]
    return min([*known, _text(beacon, "known_from")] if beacon else known)


def _anchor_faults(
    announcement: Payload, story: _Story, anchor: JSON, believed: Keyring, report: Report
) -> Iterator[str]:
    """The announcement stood under a signed checkpoint before the outside value could be known."""
    report.facts["committed_before"] = False
    if not isinstance(anchor, Mapping):
        if "draw.completed" in story.once:
            yield "no checkpoint shows when the announcement stood in the log"
        return
    try:
        checkpoint, _ = believed.open(str(anchor["note"]))
    except BadNote as error:
        yield f"the anchor cannot be believed: {error}"
        return
    if not _covers(checkpoint, story.entries["draw.announced"], anchor):
        yield "the anchor does not cover the announcement"
        return
    report.facts |= {"anchored_at": checkpoint.at, "committed_before": checkpoint.at <= _known_from(announcement)}
    if checkpoint.at > _known_from(announcement) and "draw.completed" in story.once:
        yield "the announcement stood in the log only after the outside value could be known"


def _covers(checkpoint: Checkpoint, announced: Proven, anchor: Mapping[str, JSON]) -> bool:
    index, path = count(anchor["index"]), path_from(anchor["path"])
    return merkle.root_from_inclusion(announced.link.hash, index, checkpoint.size, path) == checkpoint.root


def _reveal_faults(announcement: Payload, story: _Story, beacon: BeaconFile | None, report: Report) -> Iterator[str]:
    for role, ref, secret, at in story.secrets:
        announced = _announced_holder(announcement, role, ref)
        if announced is None:
            yield f"{ref} reveals without being named"
        elif hs1.commitment_to(bytes.fromhex(secret)) != announced:
            yield f"what {ref} revealed is not what it committed to"
        if at < str(announcement["reveal_from"]):
            yield f"{ref} revealed before the announced moment"
    yield from _beacon_faults(announcement, story, beacon, report)


def _announced_holder(announcement: Payload, role: str, ref: str) -> str | None:
    named = _list(announcement["custodians" if role == "CUSTODIAN" else "parties"])
    return next((_text(item, "commitment") for item in named if _text(item, "ref") == ref), None)


def _beacon_faults(announcement: Payload, story: _Story, beacon: BeaconFile | None, report: Report) -> Iterator[str]:
    told, named = story.once.get("draw.beacon"), announcement["beacon"]
    report.facts["beacon"] = "none" if named is None else "not compared"
    if told is None:
        return
    if named is None:
        yield "a beacon is told of that was not announced"
        return
    source, round_ = _text(named, "source"), _text(named, "round")
    if (source, round_) != (told["source"], told["round"]):
        yield "the round of the beacon is not the one that was announced"
    if story.at["draw.beacon"] < _text(named, "known_from"):
        yield "the value of the beacon is older than it can be"
    if beacon is not None:
        value = beacon.value_of(source, round_)
        report.facts["beacon"] = "same" if value == bytes.fromhex(str(told["value"])) else "different"
        if report.facts["beacon"] == "different":
            yield "the beacon published another value for the announced round, or none"


def _result_faults(
    announcement: Payload, story: _Story, roster: list[str], exclusions: list[str], report: Report
) -> Iterator[str]:
    """Seed and choice, computed again."""
    completed = story.once.get("draw.completed")
    if completed is None:
        return
    if "draw.voided" in story.once:
        yield "the draw is void and has a result"
    secrets, nonces = _revealed(announcement, story, "custodians"), _revealed(announcement, story, "parties")
    beacon = story.once.get("draw.beacon")
    if None in secrets or None in nonces or (announcement["beacon"] is not None and beacon is None):
        yield "there is a result although not everything was revealed"
        return
    seed = hs1.seed_of(
        draw_id=str(announcement["draw_id"]),
        roster_sha256=hs1.list_sha256(roster),
        secrets=[secret for secret in secrets if secret is not None],
        nonces=[nonce for nonce in nonces if nonce is not None],
        beacon=bytes.fromhex(str(beacon["value"])) if beacon else b"",
    )
    k = count(announcement["k"])
    if not 1 <= k <= len(set(roster) - set(exclusions)):
        yield "more are drawn than there are"
        return
    selected = hs1.choose(roster, exclusions=frozenset(exclusions), k=k, seed=seed)
    report.facts |= {"seed": seed.hex(), "selected": list(selected)}
    if completed["seed"] != seed.hex():
        yield "the seed is not the hash of what was revealed"
    if completed["selected"] != selected:
        yield "the chosen are not those that follow from the seed"


def _revealed(announcement: Payload, story: _Story, part: str) -> list[bytes | None]:
    """The secrets of the named holders in the order of the announcement; None for one that is missing."""
    role = "CUSTODIAN" if part == "custodians" else "PARTY"
    by_ref = {ref: bytes.fromhex(secret) for told, ref, secret, _ in story.secrets if told == role}
    return [by_ref.get(_text(item, "ref")) for item in _list(announcement[part])]


def _disclosure_faults(story: _Story, report: Report) -> Iterator[str]:
    disclosed = story.once.get("draw.disclosed")
    if disclosed is None:
        return
    selected = _texts(story.once.get("draw.completed", {}).get("selected", []))
    opened = []
    for item in _list(disclosed["openings"]):
        hashed, entry = _text(item, "hash"), _text(item, "entry")
        if hs1.salted(entry, bytes.fromhex(_text(item, "salt"))) != hashed:
            yield f"“{entry}” does not open its hash"
        opened.append(hashed)
        report.facts["opened"] = [*_texts(report.facts.get("opened", [])), entry]
    if opened != selected:
        yield "others are opened than were drawn"


def _tell_end(story: _Story, report: Report) -> None:
    """What came of it: separate facts."""
    announcement = story.once.get("draw.announced", {})
    redraw = announcement.get("redraw")
    attempt = redraw.get("attempt") if isinstance(redraw, Mapping) else "1"
    state = "DRAWN" if "draw.completed" in story.once else "VOID" if "draw.voided" in story.once else "OPEN"
    report.facts |= {"state": state, "attempt": attempt}
    if state == "VOID":
        report.facts["violations"] = story.once["draw.voided"].get("violations")
