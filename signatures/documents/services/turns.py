"""Signing in turn: one party holds the paper, signs its field in the newest file, and passes it on."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from commons.domain.actor import ALLOWED, Actor
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.suites import Suite
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.vault import queries as vault_queries
from commons.vault import services as vault
from signatures.crypto import cms
from signatures.crypto.certificates import facts_of
from signatures.documents import policies
from signatures.documents.domain.papers import (
    LEASE,
    PAPER,
    Act,
    Mode,
    PaperBusy,
    PaperCommand,
    PaperMoved,
    PaperSignedAlready,
    PaperState,
)
from signatures.documents.domain.seals import Appearance, organisation_seal, personal_signature, short_serial
from signatures.documents.kinds import SignedPart, paper_kind
from signatures.documents.models import Paper, PaperParty
from signatures.documents.pades.preparing import Intent, PreparedPdf, prepare
from signatures.documents.services.common import PLATFORM_ACTOR, content_of, load, locked, register, step, store
from signatures.documents.services.finishing import finished
from signatures.documents.services.following import told_complete
from signatures.documents.services.statements import STATEMENT_KIND, statement_of
from signatures.signing import services as signing
from signatures.signing.domain.sessions import Fact, Signer
from signatures.signing.kinds import Finished, Order, Prepared, Signed, register_kind

SIGNING_KIND = "signatures.paper"


def subject_of(paper_id: int) -> str:
    """How sessions name a paper."""
    return f"paper:{paper_id}"


def ask(*, actor: Actor, paper_id: int, field: str, return_url: str, at: datetime) -> signing.SessionRef:
    """The dialogue in which the actor signs for the party of `field`.

    Refuses `NotPermitted`, `NotFound`, `PaperSignedAlready`, `PaperBusy`, and `NotAllowedNow` while the platform has
    not certified the paper or after it was withdrawn; in the dialogue, a certificate of another suite than the paper's.
    """
    party = PaperParty.objects.select_related("paper").filter(paper_id=paper_id, field=field).first()
    if party is None:
        raise NotFound()
    policies.can_sign(actor, party).require()
    assert actor.person_id is not None, "the policy lets only persons sign"
    _require_open(party, at)
    parallel = party.mode == Mode.PARALLEL
    return signing.request_signature(
        actor=actor,
        kind=STATEMENT_KIND if parallel else SIGNING_KIND,
        subject=subject_of(paper_id),
        title=party.paper.title,
        content=statement_of(party) if parallel else b"",
        signer=Signer(actor.person_id, party.organisation_id),
        role=party.role,
        amount=party.paper.amount,
        facts=[Fact(gettext_noop("Document number"), party.paper.number)],
        context={"paper": str(paper_id), "party": str(party.pk)},
        return_url=return_url,
        suite=Suite(party.paper.suite) if party.paper.suite else None,
        at=at,
    )


def _require_open(party: PaperParty, at: datetime) -> None:
    if party.signed_at is not None:
        raise PaperSignedAlready()
    state = PaperState(party.paper.state)
    if party.mode == Mode.PARALLEL:
        if state != PaperState.DRAWN:
            raise NotAllowedNow(command=PaperCommand.SIGN.value, state=state.value)
        return
    PAPER.fire(state, PaperCommand.COMPLETE)
    _require_free(party.paper, party.pk, at)


def _require_free(paper: Paper, party_id: int, at: datetime) -> None:
    if paper.lease_until is not None and paper.lease_until > at and paper.lease_party_id != party_id:
        raise PaperBusy(until=to_text(paper.lease_until))


@transaction.atomic
def take_lease(*, party_id: int, at: datetime) -> Paper:
    """Hold the paper for one party, by a conditional update. Refuses `PaperBusy`, `PaperSignedAlready`."""
    party = PaperParty.objects.select_related("paper").get(pk=party_id)
    _require_open(party, at)
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=at) | Q(lease_party_id=party_id)
    signable = [PaperState.PREPARED.value, PaperState.SIGNING.value]
    held = Paper.objects.filter(free, pk=party.paper_id, state__in=signable)
    if held.update(lease_party_id=party_id, lease_until=at + LEASE) != 1:
        raise PaperBusy(until=to_text(load(party.paper_id).lease_until or at + LEASE))
    return load(party.paper_id)


class PaperForm:
    """How a paper is signed: prepared here, signed by the holder, finished here."""

    def prepare(self, order: Order, *, at: datetime) -> Prepared:
        """The attributes over the newest file with the signer's appearance in it; the party holds the paper."""
        party = PaperParty.objects.get(pk=int(order.context["party"]))
        paper = take_lease(party_id=party.pk, at=at)
        facts = facts_of(order.certificate)
        intent = Intent(
            field=party.field,
            certificate=order.certificate,
            name=facts.common_name,
            reason=paper.title,
            appearance=appearance_of(order.certificate, role=party.role, at=at),
        )
        prepared = prepare(content_of(paper.document_id, at=at), intent)
        kept = store(paper, prepared.content, at=at, name=f"{paper.number}-prepared.pdf")
        attributes = cms.signed_attributes(
            digest=cms.digest_of(prepared.covered, order.certificate), certificate=order.certificate
        )
        state = {"document": kept.id, "start": prepared.start, "end": prepared.end, "revision": paper.revision}
        return Prepared(attributes, prepared.sha256, prepared.ranges, state)

    def finish(self, order: Order, signature: bytes, *, at: datetime) -> Finished:
        """The signed file, validated and kept. Refuses what is wrong with the signature, and `PaperMoved`."""
        state, paper = order.prepared, load(int(order.context["paper"]))
        _require_unmoved(paper, int(order.context["party"]), int(state["revision"]))
        prepared = PreparedPdf(content_of(int(state["document"]), at=at), int(state["start"]), int(state["end"]))
        content = finished(
            prepared,
            attributes=order.attributes,
            signature=signature,
            certificate=order.certificate,
            chain=order.chain,
            purpose=order.purpose,
            at=at,
        )
        document = store(paper, content, at=at)
        return Finished(result={"document": str(document.id), "document_sha256": document.sha256})

    def content(self, order: Order) -> Iterable[bytes]:
        """The prepared file, or the newest one as long as nothing is prepared."""
        document_id = int(order.prepared.get("document") or load(int(order.context["paper"])).document_id)
        stored = vault_queries.document(document_id)
        assert stored is not None, "papers lie in the vault"
        opened = vault.open_document(
            actor=PLATFORM_ACTOR, document_id=document_id, at=stored.stored_at, decision=ALLOWED
        )
        return opened.chunks


def appearance_of(certificate: bytes, *, role: str, at: datetime) -> Appearance:
    """A seal for the certificate of an organisation, a signature for that of a person."""
    facts = facts_of(certificate)
    serial = short_serial(facts.serial)
    if facts.common_name == facts.organisation:
        return organisation_seal(name=facts.organisation, serial=serial, at=at)
    return personal_signature(name=facts.common_name, organisation=facts.organisation, role="", serial=serial, at=at)


def _require_unmoved(paper: Paper, party_id: int, revision: int) -> None:
    """The file is still the one that was prepared, and the party still holds it."""
    if paper.revision != revision or paper.lease_party_id != party_id:
        raise PaperMoved()


def _done(signed: Signed) -> None:
    """Store the new state of the file inside the transaction of the signature."""
    order = signed.order
    paper = locked(int(order.context["paper"]))
    _require_unmoved(paper, int(order.context["party"]), int(order.prepared["revision"]))
    party = PaperParty.objects.select_for_update().get(pk=int(order.context["party"]))
    policies.can_sign(signed.actor, party).require()
    _require_open(party, signed.at)
    note_signer(party, order.certificate, at=signed.at)
    left = paper.parties.filter(mode=Mode.IN_TURN, signed_at__isnull=True).exists()
    _advance(paper, party, signed, complete=not left)


def note_signer(party: PaperParty, certificate: bytes, *, at: datetime) -> None:
    """Note who signed for the party, with which certificate."""
    facts = facts_of(certificate)
    party.signed_at, party.signer_name, party.serial = at, facts.common_name[:200], facts.serial[:64]
    party.certificate_sha256 = facts.fingerprint
    party.save(update_fields=["signed_at", "signer_name", "serial", "certificate_sha256"])


def _advance(paper: Paper, party: PaperParty, signed: Signed, *, complete: bool) -> None:
    result = signed.finished.result
    document = vault_queries.document(int(result["document"]))
    assert document is not None, "the form has stored the file"
    number = paper.revision + 1
    seq = step(
        paper,
        PaperCommand.COMPLETE if complete else PaperCommand.SIGN,
        actor=signed.actor,
        at=signed.at,
        payload={"sha256": document.sha256, "field": party.field, "certificate_sha256": party.certificate_sha256},
        revision=number,
        document_id=document.id,
        lease_party=None,
        lease_until=None,
    )
    register(paper, Act.SIGNED, document, number=number, seq=seq, at=signed.at)
    if complete:
        told_complete(paper, at=signed.at)
    paper_kind(paper.kind).signed(part_of(paper, party.field, document.id, document.sha256, signed, complete=complete))


def part_of(paper: Paper, field: str, document_id: int, sha256: str, signed: Signed, *, complete: bool) -> SignedPart:
    """The signature as the paper's package learns of it."""
    return SignedPart(
        paper.pk, paper.kind, paper.subject, field, complete, document_id, sha256, signed.actor, signed.at
    )


register_kind(
    SIGNING_KIND,
    label=gettext_noop("Signed document"),
    done=_done,
    form=PaperForm(),
    media_type="application/pdf",
)
