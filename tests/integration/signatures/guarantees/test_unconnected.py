"""A guarantee of an issuer that is not connected, handed in as a file: until the claim is answered."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from commons.domain.money import Money
from commons.domain.refusals import NotPermitted
from signatures.guarantees import queries
from signatures.guarantees import services as guarantees
from signatures.guarantees.domain import chain
from signatures.guarantees.domain.checks import GuaranteeFaulty
from signatures.guarantees.domain.refusals import FileKnown, IssuerConnected, NotJudged
from signatures.guarantees.domain.terms import RefusalGround
from signatures.guarantees.services import Stated
from signatures.guarantees.views.reading import actions
from tests import papers
from tests.cast import actor, organisation
from tests.integration.signatures.guarantees import story
from tests.pki import install_trust

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _trust() -> None:
    install_trust()


def handed_in(
    *,
    subject: str = "lot:901",
    uscc: str = "91440600MA00000001",
    amount: str = "6720.00",
    number: str = "ZX-77",
    pdf: bytes | None = None,
) -> str:
    stated = Stated("佛山市排污权储备中心", uscc, number, Money(Decimal(amount)), date(2026, 9, 15))
    what, pdf = story.what(subject=subject), pdf or papers.signed_paper()
    return guarantees.upload(actor=actor("buyer1"), what=what, stated=stated, pdf=pdf, at=story.ASKED)


def offered(ref: str, key: str) -> frozenset[str]:
    who = actor(key)
    return actions(who, queries.one(who, ref))


def test_its_beneficiary_judges_it_claims_and_records_what_the_issuer_answered() -> None:
    ref = handed_in()
    (opened,) = story.unseal()
    assert (opened.uploaded, opened.covers) == (True, True)
    guarantees.judge_upload(actor=actor("seller"), ref=ref, accepted=True, reason="条款相符", at=story.later(1))
    with pytest.raises(NotJudged):
        guarantees.judge_upload(actor=actor("seller"), ref=ref, accepted=False, reason="反悔", at=story.later(1))
    story.claim(ref, amount="100.00", at=story.later(1))

    assert {"pay", "note-refusal"} <= offered(ref, "seller")
    assert offered(ref, "buyer1") == frozenset()
    for key in ("buyer1", "manager", "host"):
        with pytest.raises(NotPermitted):
            guarantees.pay(actor=actor(key), ref=ref, payment_ref="TX", at=story.later(2))
    guarantees.refuse(
        actor=actor("seller"), ref=ref, ground=RefusalGround.DOCUMENTS_DIFFER, note="来函称单据不符", at=story.later(2)
    )
    story.claim(ref, amount="100.00", at=story.later(3))
    guarantees.pay(actor=actor("seller"), ref=ref, payment_ref="TX-1", at=story.later(4))

    dossier = queries.one(actor("regulator"), ref).dossier
    assert story.state_of(ref) == "PAID"
    assert [(one.refusal_note, one.payment_ref) for one in dossier.claims] == [("来函称单据不符", ""), ("", "TX-1")]
    entries = queries.chain_of(dossier.anchor)
    assert list(chain.faults(entries, anchor=dossier.anchor, trusted=story.published())) == []


def test_one_whose_text_was_not_accepted_no_longer_covers() -> None:
    ref, who = handed_in(), organisation("jinma").pk
    story.unseal()
    asked: dict[str, Any] = {
        "subject": "lot:901",
        "organisation_id": who,
        "required": story.required(),
        "at": story.later(1),
    }
    assert guarantees.covers(**asked)
    guarantees.judge_upload(actor=actor("seller"), ref=ref, accepted=False, reason="只担保签约", at=story.later(1))

    assert not guarantees.covers(**asked)


def test_a_file_backs_one_procedure_states_enough_and_comes_from_an_issuer_that_is_not_connected() -> None:
    with pytest.raises(GuaranteeFaulty):
        handed_in(amount="6719.99")
    handed_in()
    with pytest.raises(FileKnown):
        handed_in(subject="lot:902", number="ZX-78")
    story.city()
    with pytest.raises(IssuerConnected):
        handed_in(subject="lot:902", uscc=organisation("bank").uscc)


@pytest.mark.parametrize("number", ["ZX-77", "zx-77", "ＺＸ－７７", " ZX -77"])
def test_a_number_of_an_issuer_backs_one_procedure_however_it_is_typed_and_in_whatever_file(number: str) -> None:
    first = handed_in()
    with pytest.raises(GuaranteeFaulty) as refused:
        handed_in(subject="lot:902", number=number, pdf=papers.archived_paper())
    assert refused.value.fields["found"] == number

    guarantees.cancel(actor=actor("buyer1"), ref=first, reason="改用保证金", at=story.ASKED)
    handed_in(subject="lot:902", number=number, pdf=papers.archived_paper())
