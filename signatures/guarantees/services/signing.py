"""A manager signs in the one dialogue. The session's own row holds the reference only.

A session that kept the data would tell a reader of the tables who applied and for how much; the form fetches what is to
be signed from the sealed dossier each time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from commons.domain.actor import Actor
from commons.domain.text import gettext_noop
from signatures.guarantees.domain.terms import GuaranteeData
from signatures.guarantees.labels import KINDS
from signatures.guarantees.services import papers, sealing, underwriting
from signatures.signing import services as signing
from signatures.signing.domain.sessions import Signer
from signatures.signing.kinds import Finished, Order, Prepared, Shown, Signed, register_kind
from signatures.signing.services import SessionRef
from signatures.signing.services.forms import DetachedCms

KIND = "guarantee"


def begin_signing(*, actor: Actor, ref: str, at: datetime) -> str:
    """Open a session in which the manager signs the next version; gives the address of the dialogue.

    Refuses as `prepare` does: not assessed, assessed by the same person, no extension asked for.
    """
    return request_signing(actor=actor, ref=ref, at=at).url


def request_signing(*, actor: Actor, ref: str, at: datetime) -> SessionRef:
    """The same; gives the session itself. Refuses as `begin_signing`."""
    underwriting.prepare(actor=actor, ref=ref, at=at)
    assert actor.person_id is not None, "the policy lets only persons sign here"
    return signing.request_signature(
        actor=actor,
        kind=KIND,
        subject=f"guarantee:{ref}",
        title="电子保函",
        content=b"",
        signer=Signer(actor.person_id, actor.organisation_id),
        role=gettext_noop("Issuer of the guarantee"),
        return_url=reverse("guarantees:one", args=[ref]),
        at=at,
        context={"ref": ref},
    )


class SealedData(DetachedCms):
    """Canonical data out of the sealed dossier, signed as detached CMS."""

    def prepare(self, order: Order, *, at: datetime) -> Prepared:
        return super().prepare(_filled(order), at=at)

    def finish(self, order: Order, signature: bytes, *, at: datetime) -> Finished:
        return super().finish(_filled(order), signature, at=at)

    def content(self, order: Order) -> Iterable[bytes]:
        return super().content(_filled(order))


def _filled(order: Order) -> Order:
    return replace(order, content=underwriting.data_to_sign(str(order.context["ref"])))


def _shown(context: Mapping[str, Any]) -> Shown:
    """For the signer: which guarantee, for whom, how much and until when; of an extension, until when it was."""
    said = GuaranteeData.parse(underwriting.data_to_sign(str(context["ref"])))
    title = gettext("Guarantee %(number)s") if said.version == 1 else gettext("Extension of guarantee %(number)s")
    facts = (
        (gettext_noop("Applicant"), said.applicant.name),
        (gettext_noop("Kind of guarantee"), gettext(str(KINDS[said.kind]))),
        (gettext_noop("Valid"), f"{said.effective_on} – {said.expires_on}"),
    )
    return Shown(title % {"number": said.number}, said.amount, facts)


def _done(signed: Signed) -> None:
    """Issue, or extend, with the signature that the dialogue brought; in its transaction."""
    ref = str(signed.order.context["ref"])
    data = underwriting.data_to_sign(ref)
    facts = GuaranteeData.parse(data)
    take = underwriting.take_in_extension if facts.version > 1 else underwriting.take_in
    fault = papers.holder_fault(signed.order.certificate, facts.issuer)
    take(
        actor=signed.actor,
        ref=ref,
        data=data,
        signature=signed.finished.cms,
        pdf=papers.draft_pdf(facts),
        fault=fault,
        at=signed.at,
    )
    sealing.ask_for_seal(ref, facts.version, at=signed.at)


register_kind(KIND, label=gettext_noop("Electronic guarantee"), done=_done, form=SealedData(), shown=_shown)
