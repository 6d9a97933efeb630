"""The commitment letter 承诺书, signed by a person of the agency with its certificate (电子签名法 第13、14条)."""

from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.refusals import NotAllowedNow
from commons.domain.text import gettext_noop
from commons.evidence.domain import canonical
from commons.people import queries as people
from marketplace.entry.domain.entrants import EDITABLE, EntrantKind, EntrantState
from marketplace.entry.models import Entrant
from marketplace.entry.policies import can_keep
from marketplace.entry.services.steps import locked, record
from signatures.signing.domain.sessions import Fact, Signer
from signatures.signing.kinds import Signed, register_kind
from signatures.signing.services import SessionRef, request_signature

KIND = "supermarket.commitment"
PROMISES = (
    "所提交的营业执照、资质证书、执业人员等材料真实、合法、有效",
    "依法独立、客观、公正地提供中介服务，不转包，不出借资质",
    "按公告和合同约定的服务内容、期限和价格履约",
    "不与项目业主或其他中介服务机构串通",
    "接受监管部门和社会监督，违反承诺的依法承担责任并接受信用惩戒",
)


@transaction.atomic
def request_commitment(*, actor: Actor, entrant_id: int, at: datetime) -> SessionRef:
    """Have the actor sign the commitment letter; the address of the signing dialogue. Refuses as `can_keep`."""
    row = locked(entrant_id, EntrantKind.AGENCY)
    can_keep(actor, row).require()
    _require_open(row)
    assert actor.person_id is not None, "people sign"
    organisation = people.organisations([row.organisation_id])[row.organisation_id]
    return request_signature(
        actor=actor,
        kind=KIND,
        subject=f"entrant:{row.pk}",
        title=f"网上中介服务超市入驻承诺书 · {organisation.name}",
        content=letter(row),
        signer=Signer(actor.person_id, actor.organisation_id),
        role=gettext_noop("Intermediary agency"),
        facts=[Fact(gettext_noop("We promise"), promise) for promise in PROMISES],
        context={"entrant": str(row.pk)},
        return_url="/supermarket/agency/entry/",
        at=at,
    )


def letter(row: Entrant) -> bytes:
    """What is signed: canonical JSON."""
    organisation = people.organisations([row.organisation_id])[row.organisation_id]
    return canonical.encode(
        {
            "document": "网上中介服务超市入驻承诺书",
            "agency": {"name": organisation.name, "uscc": organisation.uscc},
            "promises": list(PROMISES),
        }
    )


def _signed(signed: Signed) -> None:
    row = locked(int(str(signed.order.context["entrant"])), EntrantKind.AGENCY)
    _require_open(row)
    if signed.order.content != letter(row):
        raise NotAllowedNow(command="COMMIT", state=row.state)
    columns = {"commitment_sha256": signed.order.digest, "commitment_signing": signed.session}
    Entrant.objects.filter(pk=row.pk).update(**columns)
    payload = {"sha256": signed.order.digest, "signing": signed.session}
    record(row, "CommitmentSigned", actor=signed.actor, at=signed.at, payload=payload)


def _require_open(row: Entrant) -> None:
    if EntrantState(row.state) not in EDITABLE or row.commitment_sha256:
        raise NotAllowedNow(command="COMMIT", state=row.state)


register_kind(KIND, label=gettext_noop("Commitment letter of an agency"), done=_signed)
