"""The way from the key ceremony to the opened bid, with the officers' and bidders' devices played in Python."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from commons.domain.actor import Actor, system_actor
from signatures.crypto.suites import Suite
from signatures.envelopes import queries, services, store
from signatures.envelopes.domain import layout, sealing
from signatures.envelopes.domain.encoding import to_base64
from signatures.envelopes.domain.header import Mode
from signatures.envelopes.domain.payload import Attestation, SealedFile
from signatures.envelopes.domain.sealing import Terms
from signatures.envelopes.domain.slots import PrivateKey, Slot, spki_of, unwrap_kek
from signatures.envelopes.models import RosterSeat
from signatures.envelopes.services import Subject
from tests import cast, pki
from tests.envelopes import key_of

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DEADLINE = AT + timedelta(days=20)
OPENS = DEADLINE + timedelta(seconds=15)
OFFICERS = ("officer1", "officer2", "officer3")
FILES = (("报价.pdf", b"%PDF-1.7 " + b"1" * 300_000), ("清单.bin", b"\x01\x02" * 1000))
TENDER = system_actor("tender")


@dataclass
class Story:
    """A roster whose keys are here, and an intake that uses it."""

    roster_id: int
    intake_id: int = 0
    suite: Suite = Suite.INTERNATIONAL
    officers: dict[str, PrivateKey] = field(default_factory=dict)
    bidders: dict[str, PrivateKey] = field(default_factory=dict)

    def terms(self) -> Terms:
        return Terms.parse(queries.terms_published(self.intake_id))


def seat_of(roster_id: int, key: str) -> RosterSeat:
    return RosterSeat.objects.get(roster_id=roster_id, person_id=cast.person(key).pk, until__isnull=True)


def ceremony_before_keys() -> int:
    """A roster whose officers have made no key yet."""
    members = [cast.actor(key).person_id or 0 for key in OFFICERS]
    return services.draft_roster(actor=cast.actor("staff"), name="开标人员", members=members, k=2, at=AT)


def ceremony(
    *, k: int = 2, officers: Sequence[str] = OFFICERS, at: datetime = AT, suite: Suite = Suite.INTERNATIONAL
) -> Story:
    """A roster in use."""
    members = [cast.actor(key).person_id or 0 for key in officers]
    desk = cast.actor("staff")
    roster_id = services.draft_roster(actor=desk, name="开标人员", members=members, k=k, suite=suite, at=at)
    story = Story(roster_id, suite=suite)
    for key in officers:
        story.officers[key] = key_of(suite)
        make_key(story, key, at=at)
    services.activate_roster(actor=cast.actor("auditor"), roster_id=roster_id, at=at)
    return story


def make_key(story: Story, key: str, *, at: datetime = AT) -> None:
    seat, private = seat_of(story.roster_id, key), story.officers[key]
    slot = services.enrol_key(actor=cast.actor(key), seat_id=seat.pk, spki=spki_of(private), kept_on="device", at=at)
    code = to_base64(unwrap_kek(slot, private))
    services.try_key(actor=cast.actor(key), seat_id=seat.pk, unlock_code=code, at=at)


def story_of(
    *, mode: Mode = Mode.AND, k: int = 2, name: str = "tender:1/lot:1", suite: Suite = Suite.INTERNATIONAL
) -> Story:
    """A roster in use and an intake that takes envelopes until `DEADLINE`."""
    story = ceremony(k=k, suite=suite)
    add_intake(story, mode=mode, name=name)
    return story


def add_intake(story: Story, *, mode: Mode = Mode.AND, name: str = "tender:1/lot:1", lot: str = "1") -> None:
    story.intake_id = services.open_intake(
        actor=TENDER,
        subject=Subject(name, "道路工程", "FS2026-001", lot),
        mode=mode,
        deadline=DEADLINE,
        roster_id=story.roster_id,
        at=AT,
    )


def sealed(
    story: Story, key: str, files: Sequence[tuple[str, bytes]] = FILES, *, bidder: str = "", signer: str = ""
) -> bytes:
    """An envelope of the bidder's; `bidder` relabels it, the certificate of `signer` signs inside."""
    party = cast.PARTIES[key].organisation
    private = story.bidders.setdefault(key, key_of(story.suite))
    drafted = sealing.draft(
        story.terms(),
        bidder=bidder or cast.uscc(party),
        bidder_keys=[spki_of(private)],
        files=[SealedFile(name, len(data)) for name, data in files],
        created="2026-03-02T01:00:00.000Z",
        entropy=secrets.token_bytes,
    )
    sign = (lambda commit: attested(signer, commit)) if signer else None
    return b"".join(sealing.seal(drafted, [[data] for _, data in files], sign=sign))


def attested(key: str, commit: str) -> Attestation:
    """What the bidder's certificate says of the commitment."""
    holder = pki.holder(key)
    return Attestation((holder.certificate, *holder.chain), pki.sign(key, bytes.fromhex(commit), at=AT))


def hand_in(story: Story, key: str, data: bytes, *, at: datetime = AT) -> str:
    """Upload in one piece; the number of the receipt."""
    actor = cast.actor(key)
    token = services.authorise_upload(actor=actor, intake_id=story.intake_id, at=min(at, DEADLINE - timedelta(hours=1)))
    begun = min(at, DEADLINE - timedelta(hours=1))
    upload = services.begin_upload(token=token, length=len(data), at=begun)
    path = store.upload_path(upload.ref)
    path.write_bytes(data)
    return services.accept(upload=upload, path=path, reckoned=layout.reckon([data]), received_at=at)


def begin(story: Story, *, at: datetime = OPENS) -> list[str]:
    """The opening begins; the envelopes in it."""
    services.begin_opening(actor=cast.actor("host"), intake_id=story.intake_id, at=at)
    return [one.ref for one in queries.opening(cast.actor("host"), story.intake_id).envelopes]


def code_of(locked: services.Locked, private: PrivateKey) -> str:
    return to_base64(unwrap_kek(Slot.parse(dict(locked.slot)), private))


def bidder_unlocks(story: Story, key: str, ref: str, *, at: datetime = OPENS) -> None:
    actor: Actor = cast.actor(key)
    locked = services.locked_for_bidder(actor=actor, envelope_ref=ref)
    code = code_of(locked[0], story.bidders[key])
    services.unlock_as_bidder(actor=actor, envelope_ref=ref, unlock_code=code, at=at)


def officer_unlocks(story: Story, key: str, *, at: datetime = OPENS) -> int:
    actor = cast.actor(key)
    locked = services.locked_for_officer(actor=actor, intake_id=story.intake_id)
    codes = {one.envelope: code_of(one, story.officers[key]) for one in locked}
    return services.unlock_as_officer(actor=actor, intake_id=story.intake_id, codes=codes, at=at)


def state_of(ref: str) -> str:
    return str(queries.envelope(cast.actor("host"), ref).state)
