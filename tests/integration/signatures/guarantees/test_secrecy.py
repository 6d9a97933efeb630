"""Until the opening a guarantee is between its applicant and its issuer."""

import json
from decimal import Decimal

import pytest

from commons.domain.money import Money
from commons.domain.refusals import NotFound
from commons.evidence.models import EvidenceEntry
from commons.inbox.models import InboxMessage
from signatures.guarantees import queries
from signatures.guarantees.domain.states import GuaranteeState
from signatures.guarantees.models import Guarantee
from tests.cast import actor, organisation
from tests.dumps import found_in
from tests.integration.signatures.guarantees import story

pytestmark = pytest.mark.django_db


def test_before_the_opening_only_applicant_and_issuer_find_it(bank: int) -> None:
    ref = story.issued(bank)
    for key in ("buyer2", "seller", "staff", "host", "finance", "regulator", "auditor", "manager2"):
        with pytest.raises(NotFound):
            queries.one(actor(key), ref)
    assert queries.for_beneficiary(actor("seller")) == []
    assert queries.opened(actor("regulator")) == []
    assert queries.feed(after=0, limit=10) == []
    assert queries.one(actor("buyer1"), ref).state is GuaranteeState.SEALED


def test_the_issuer_learns_the_procedure_only_at_the_opening(bank: int) -> None:
    ref = story.issued(bank)
    view = queries.one(actor("underwriter"), ref)
    assert view.procedure_hidden
    assert "佛山排污权出让" not in view.title
    assert queries.bundle(actor("underwriter"), ref)["disclosure"] is None
    story.unseal()

    assert not queries.one(actor("underwriter"), ref).procedure_hidden


def test_two_rivals_at_one_bank_have_unrelated_references(bank: int) -> None:
    story.ask(bank)
    story.ask(bank, key="buyer2")

    assert len({view.dossier.commitment for view in queries.of_issuer(actor("underwriter"))}) == 2


def test_the_tables_and_the_log_name_nobody_before_the_opening(bank: int) -> None:
    story.issued(bank)
    buyer, seller = organisation("jinma"), organisation("ecology")
    one = Guarantee.objects.get()
    assert (one.subject, one.applicant_id, one.beneficiary_id) == ("", None, None)
    row = Guarantee.objects.values().get()
    secrets = (buyer.uscc, buyer.name, seller.uscc, "6720", "lot:901", "person:")
    stored = [bytes(value) if isinstance(value, memoryview) else value for value in row.values()]
    log = list(EvidenceEntry.objects.filter(stream__startswith="guarantee:").values_list("actor", "payload"))
    told = list(
        InboxMessage.objects.filter(key__startswith="guarantee:").values_list("subject_msgid", "fields", "link")
    )
    shown = repr(stored) + repr([(by, bytes(payload)) for by, payload in log]) + repr(told)

    assert found_in(shown, secrets) == []
    assert len(log) >= 4


def test_sizes_in_the_table_do_not_tell_the_amount(bank: int) -> None:
    story.issued(bank)
    story.issued(bank, key="buyer2", number="A much longer number of a guarantee", amount=Money(Decimal("123456.78")))

    assert len({len(bytes(content)) for content in Guarantee.objects.values_list("content", flat=True)}) == 1


def test_the_feed_tells_only_of_what_was_opened(bank: int) -> None:
    story.issued(bank)
    story.issued(bank, key="buyer2", number="BH-2026-2")
    story.unseal("buyer1")

    told = queries.feed(after=0, limit=10)
    assert len({json.loads(entry.body)["anchor"] for _, entry in told}) == 1
    assert [seq for seq, _ in told] == sorted(seq for seq, _ in told)


def test_a_repeated_opening_gives_the_same(bank: int) -> None:
    story.issued(bank)

    assert story.unseal() == story.unseal()
