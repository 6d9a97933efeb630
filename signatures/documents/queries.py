"""Papers as values, and whether the log knows a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.domain.time import to_text
from commons.evidence import queries as evidence
from commons.evidence.domain import canonical, chain, merkle
from signatures.documents import policies
from signatures.documents.domain.papers import SIGNABLE, Act, Mode, PaperState
from signatures.documents.kinds import label_of
from signatures.documents.models import Paper, PaperParty, PaperRevision


@dataclass(frozen=True, slots=True)
class PartyView:
    """A party as pages show it."""

    id: int
    field: str
    role: str
    mode: Mode
    organisation_id: int | None
    organisation: str
    signed_at: datetime | None
    signer_name: str
    serial: str
    signature_id: int | None

    @property
    def role_label(self) -> str:
        return gettext(self.role)


@dataclass(frozen=True, slots=True)
class RevisionView:
    """A registered state of the file."""

    number: int
    act: Act
    document_id: int
    sha256: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class PaperView:
    """A paper as pages and other packages see it."""

    id: int
    number: str
    kind: str
    subject: str
    title: str
    amount: Decimal | None
    public: bool
    state: PaperState
    revision: int
    document_id: int
    drawn_at: datetime
    ended_at: datetime | None
    lease_party_id: int | None
    lease_until: datetime | None
    parties: tuple[PartyView, ...]

    @property
    def label(self) -> str:
        """The kind in the reader's language."""
        return gettext(label_of(self.kind))

    @property
    def complete(self) -> bool:
        return self.state in (PaperState.SIGNED, PaperState.ARCHIVED)

    @property
    def signable(self) -> bool:
        return self.state in SIGNABLE

    def party(self, field: str) -> PartyView | None:
        return next((one for one in self.parties if one.field == field), None)


def paper(viewer: Actor, number: str) -> PaperView:
    """The paper. Raises `NotFound`, also for those who may not read it."""
    row = _rows().filter(number=number.strip().upper()).first()
    if row is None or not policies.can_read(viewer, row):
        raise NotFound()
    return view(row)


def papers_about(subject: str, kind: str | None = None) -> list[PaperView]:
    """The papers about `subject`, newest first. Who may read them, the caller decides."""
    rows = _rows().filter(subject=subject)
    return [view(row) for row in (rows.filter(kind=kind) if kind else rows).order_by("-id")]


def listed_about(subject: str) -> list[PaperView]:
    """The papers about `subject`, newest first, without their parties; one query. The caller decides who may read."""
    return [view(row, parties=()) for row in Paper.objects.filter(subject=subject).order_by("-id")]


def newest(subject: str, kind: str) -> PaperView | None:
    """The newest paper of that kind about `subject` that was not withdrawn. The caller decides who may know."""
    row = _rows().filter(subject=subject, kind=kind).exclude(state=PaperState.WITHDRAWN.value).order_by("-id").first()
    return view(row) if row else None


def newest_file(document_id: int) -> int:
    """The newest state of the paper of which `document_id` is a state; the same document where it is none."""
    row = PaperRevision.objects.select_related("paper").filter(document_id=document_id).first()
    return row.paper.document_id if row else document_id


def revisions(paper_id: int) -> list[RevisionView]:
    """The registered states of a paper's file, oldest first."""
    rows = PaperRevision.objects.filter(paper_id=paper_id).order_by("number")
    return [RevisionView(row.number, Act(row.act), row.document_id, row.sha256, row.made_at) for row in rows]


def may_sign(viewer: Actor, paper_id: int) -> tuple[PartyView, ...]:
    """The parties of a paper that `viewer` may sign for and that have not signed."""
    rows = PaperParty.objects.select_related("paper", "organisation").filter(paper_id=paper_id, signed_at__isnull=True)
    return tuple(_party(row) for row in rows if policies.can_sign(viewer, row))


def waiting_for(viewer: Actor, *, limit: int = 50) -> list[PaperView]:
    """Papers that wait for the viewer's organisation."""
    if viewer.organisation_id is None:
        return []
    rows = _rows().filter(
        state__in=[state.value for state in (*SIGNABLE, PaperState.DRAWN)],
        parties__organisation_id=viewer.organisation_id,
        parties__signed_at__isnull=True,
    )
    return [view(row) for row in rows.distinct().order_by("id")[:limit] if may_sign(viewer, row.pk)]


def is_public(paper_id: str) -> bool:
    """Whether the paper of that number of its stream may be read by everybody."""
    return (
        paper_id.isascii()
        and paper_id.isdecimal()
        and Paper.objects.filter(pk=int(paper_id[:18]), public=True).exists()
    )


def registration(sha256: str) -> Mapping[str, str] | None:
    """Where the log registers a file with that hash; None when it does not.

    The row is found by the hash, but believed only when the log's own entry names the hash and its chain link is right.
    """
    row = PaperRevision.objects.select_related("paper").filter(sha256=sha256).order_by("-id").first()
    if row is None:
        return None
    entry = next(iter(evidence.entries(row.stream, after_seq=row.stream_seq - 1, limit=1)), None)
    if entry is None or chain.recompute(entry) != entry.hash or not _names(entry, sha256):
        return None
    return {
        "paper": row.paper.number,
        "title": row.paper.title if row.paper.public else "",
        "kind": row.paper.kind,
        "state": row.paper.state,
        "act": row.act,
        "revision": str(row.number),
        "newest": str(row.paper.revision),
        "registered_at": to_text(row.made_at),
        "entry": entry.hash.hex(),
        "stream": row.stream,
        "seq": str(row.stream_seq),
        "in_public_log": _in_public_log(entry),
    }


def _names(entry: chain.Link, sha256: str) -> bool:
    payload = canonical.decode(entry.payload)
    return isinstance(payload, dict) and payload.get("sha256") == sha256


def _in_public_log(entry: chain.Link) -> str:
    """`yes`, `no` or, until the next checkpoint gathers the entry, `pending`."""
    checkpoint = evidence.latest_checkpoint()
    proof = evidence.inclusion(entry.stream, entry.seq, size=checkpoint.size) if checkpoint else None
    if checkpoint is None or proof is None:
        return "pending"
    root = merkle.root_from_inclusion(entry.hash, proof.index, proof.size, proof.path)
    return "yes" if root == checkpoint.root else "no"


def view(row: Paper, parties: tuple[PartyView, ...] | None = None) -> PaperView:
    """The row as a value, with its parties unless the caller gives some."""
    return PaperView(
        id=row.pk,
        number=row.number,
        kind=row.kind,
        subject=row.subject,
        title=row.title,
        amount=row.amount,
        public=row.public,
        state=PaperState(row.state),
        revision=row.revision,
        document_id=row.document_id,
        drawn_at=row.drawn_at,
        ended_at=row.ended_at,
        lease_party_id=row.lease_party_id,
        lease_until=row.lease_until,
        parties=tuple(_party(party) for party in row.parties.all()) if parties is None else parties,
    )


def _party(row: PaperParty) -> PartyView:
    return PartyView(
        id=row.pk,
        field=row.field,
        role=row.role,
        mode=Mode(row.mode),
        organisation_id=row.organisation_id,
        organisation=row.organisation.name if row.organisation else "",
        signed_at=row.signed_at,
        signer_name=row.signer_name,
        serial=row.serial,
        signature_id=row.signature_id,
    )


def _rows() -> QuerySet[Paper]:
    return Paper.objects.prefetch_related(Prefetch("parties", PaperParty.objects.select_related("organisation")))
