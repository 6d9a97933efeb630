"""A consortium agrees on shares and lead; every member signs with its certificate before the bid can be handed in.

What is signed is a salted digest of the agreement: the signature proves it once salt and agreement are shown, and a
copy of the database does not tell for which tender somebody signed.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction

from bidding.bids.domain.consortium import (
    AgreementInvalid,
    AgreementUnsigned,
    ConsortiumBarred,
    ConsortiumChanged,
    InAnotherConsortium,
    Member,
    MemberBidsAlone,
    check_members,
)
from bidding.bids.models import ConsortiumAgreement
from bidding.bids.policies import can_prepare
from bidding.bids.queries.consortia import agreements_of, members_of
from bidding.bids.services.bonds import BidStillIn
from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders import queries as tenders
from commons.domain.actor import Actor
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain import canonical
from commons.evidence.services import append_secret
from commons.people import queries as people
from commons.secrecy.fields import Party
from signatures.envelopes import queries as envelopes
from signatures.signing.domain.sessions import Signer
from signatures.signing.kinds import Signed, register_kind
from signatures.signing.services import SessionRef, request_signature

KIND = "bids.consortium"


class Said(NamedTuple):
    """One member as the lead names it."""

    uscc: str
    share: Decimal
    role: str
    licence: str = ""


@transaction.atomic
def propose_consortium(*, actor: Actor, section_id: int, said: Sequence[Said], at: datetime) -> int:
    """The lead writes the agreement, or another one in its place, for which nobody has signed yet; its number.

    Refuses `MayNotBid`, `ConsortiumBarred`, `AgreementInvalid`, `ConsortiumChanged`, `BidStillIn`.
    """
    can_prepare(actor).require()
    terms = tenders.section_terms(section_id)
    lead = actor.organisation_id or 0
    tenders.eligibility_of(section_id=section_id, organisation_id=lead, at=at).require()
    if not terms.consortium_allowed:
        raise ConsortiumBarred()
    if _is_in(actor, terms):
        raise BidStillIn()
    members = [_member(one, terms) for one in said]
    check_members(members, lead_id=lead)
    _require_as_qualified(terms, lead, {one.organisation_id for one in members})
    facts = {"members": [_kept(member) for member in members], "salt": secrets.token_hex(16), "at": to_text(at)}
    row, _ = ConsortiumAgreement.objects.update_or_create(party=Party(section_id, lead), defaults={"facts": facts})
    _record(row, "ConsortiumProposed", actor, at)
    return row.pk


@transaction.atomic
def request_agreement(*, actor: Actor, agreement_id: int, at: datetime) -> SessionRef:
    """Have the actor sign for its organisation in the signing dialogue.

    Refuses `NotFound` to whoever is no member, `InAnotherConsortium`, `NotAllowedNow` a second signature.
    """
    can_prepare(actor).require()
    row = _open(agreement_id, actor, at)
    assert actor.person_id is not None, "people sign"
    return request_signature(
        actor=actor,
        kind=KIND,
        subject=f"consortium:{row.pk}",
        title="联合体协议",
        content=_content(row),
        signer=Signer(actor.person_id, actor.organisation_id),
        role=gettext_noop("Member of the consortium"),
        context={"agreement": str(row.pk)},
        return_url=f"/bids/consortium/{row.pk}/",
        suite=tenders.section_terms(row.party.place).suite,
        at=at,
    )


@transaction.atomic
def dissolve_consortium(*, actor: Actor, section_id: int, at: datetime) -> None:
    """The lead gives the consortium up, until the deadline and while no bid is handed in."""
    can_prepare(actor).require()
    terms, lead = tenders.section_terms(section_id), actor.organisation_id or 0
    tenders.eligibility_of(section_id=section_id, organisation_id=lead, at=at).require()
    row = ConsortiumAgreement.objects.select_for_update().filter(party=Party(section_id, lead)).first()
    if row is None:
        raise NotFound()
    if _is_in(actor, terms):
        raise BidStillIn()
    _record(row, "ConsortiumDissolved", actor, at)
    row.delete()


def require_whole(section_id: int, organisation_id: int) -> None:
    """Asked before a bid is taken in.

    Refuses `AgreementUnsigned` to a lead, `MemberBidsAlone` to a member, `ConsortiumChanged` to whoever was
    prequalified with others and bids without them.
    """
    leads = False
    for row in agreements_of(section_id):
        members = members_of(row)
        own = next((one for one in members if one.organisation_id == organisation_id), None)
        if own is None:
            continue
        if row.organisation_id == organisation_id:
            leads = True
            if missing := sum(1 for one in members if not one.signed_at):
                raise AgreementUnsigned(missing=missing)
        elif own.signed_at:
            raise MemberBidsAlone()
    if not leads:
        _require_as_qualified(tenders.section_terms(section_id), organisation_id, {organisation_id})


def _signed(signed: Signed) -> None:
    row = _open(int(str(signed.order.context["agreement"])), signed.actor, signed.at)
    if signed.order.content != _content(row):
        raise NotAllowedNow(command="SIGN", state="CHANGED")
    own = signed.actor.organisation_id
    members = [
        replace(one, signed_at=to_text(signed.at)) if one.organisation_id == own else one for one in members_of(row)
    ]
    row.facts = {**row.facts, "members": [_kept(member) for member in members]}
    row.save(update_fields=["facts"])
    _record(row, "ConsortiumSigned", signed.actor, signed.at)


def _open(agreement_id: int, actor: Actor, at: datetime) -> ConsortiumAgreement:
    row = ConsortiumAgreement.objects.select_for_update().filter(pk=agreement_id).first()
    own = next((one for one in members_of(row) if one.organisation_id == actor.organisation_id), None) if row else None
    if row is None or own is None:
        raise NotFound()
    section_id = row.party.place
    tenders.eligibility_of(section_id=section_id, organisation_id=row.organisation_id, at=at).require()
    if own.signed_at:
        raise NotAllowedNow(command="SIGN", state="SIGNED")
    for other in agreements_of(section_id):
        signed = {one.organisation_id for one in members_of(other) if one.signed_at}
        if other.pk != row.pk and actor.organisation_id in signed:
            raise InAnotherConsortium()
    return row


def _content(row: ConsortiumAgreement) -> bytes:
    """What is signed: a salted digest of section, lead, members, shares and parts."""
    terms = tenders.section_terms(row.party.place)
    agreed = {
        "section": terms.code,
        "lead": f"organisation:{row.organisation_id}",
        "members": [member.as_json() for member in members_of(row)],
        "salt": row.facts["salt"],
    }
    return canonical.encode({"document": "联合体协议", "agreement_sha256": canonical.digest(canonical.encode(agreed))})


def _member(said: Said, terms: tenders.SectionTerms) -> Member:
    found = people.organisation_by_uscc(said.uscc.strip())
    if found is None or found.id in (terms.owner_id, terms.agent_id):
        raise AgreementInvalid(reason=gettext_noop("a member is not registered here, or is the owner or its agent"))
    return Member(found.id, found.uscc, found.name, said.share, said.role.strip(), said.licence.strip())


def _require_as_qualified(terms: tenders.SectionTerms, lead: int, members: set[int]) -> None:
    if not terms.profile.has(Switch.PREQUALIFICATION):
        return
    together = tenders.qualified_together(terms.section_id, lead)
    if together and members != together:
        names = sorted(one.name for one in people.organisations(together).values())
        raise ConsortiumChanged(members="、".join(names))


def _kept(member: Member) -> dict[str, Any]:
    return {**member.as_json(), "organisation": member.organisation_id, "signed_at": member.signed_at}


def _is_in(actor: Actor, terms: tenders.SectionTerms) -> bool:
    receipts = envelopes.own_receipts(actor, terms.intake_id) if terms.intake_id is not None else []
    return bool(receipts) and receipts[0].kind == "SEALED"


def _record(row: ConsortiumAgreement, type: str, actor: Actor, at: datetime) -> None:
    agreed = canonical.digest(_content(row))
    append_secret(
        stream=f"consortium:{row.pk}",
        type=type,
        actor=actor,
        payload={"agreement": agreed},
        decided_at=at,
        idempotency_key=f"{type}:{actor.organisation_id}:{agreed}",
    )


# Who bids together is nobody's to know before the opening.
register_kind(KIND, label=gettext_noop("Agreement of a consortium"), done=_signed, secret=True)
