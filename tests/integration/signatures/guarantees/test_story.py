"""From the application to the claim, by the real services, with real certificates of the embedded authority."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from commons.domain.money import Money
from commons.domain.refusals import NotAllowedNow, NotFound, NotPermitted
from commons.evidence import keys
from commons.evidence.domain.trust import Keyring
from commons.evidence.models import EvidenceEntry
from commons.evidence.queries import keyring
from commons.inbox.models import InboxMessage
from commons.inbox.queries import receiver
from signatures.guarantees import queries
from signatures.guarantees import services as guarantees
from signatures.guarantees.domain import chain
from signatures.guarantees.domain.checks import Fault, GuaranteeFaulty
from signatures.guarantees.domain.refusals import (
    ClaimTooLarge,
    CreditExceeded,
    CreditMissing,
    DataChanged,
    DeadlinePassed,
    ExtensionShort,
    GuaranteeExists,
    GuaranteeOver,
    IssuerNotTaking,
    NoExtensionAsked,
    NotAssessed,
    SameHands,
)
from signatures.guarantees.domain.states import GuaranteeState
from signatures.guarantees.domain.terms import ClaimGround, IssuerStatus, RefusalGround
from signatures.guarantees.models import Guarantee
from tests.cast import actor, organisation
from tests.integration.signatures.guarantees import story
from tests.pki import authority, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank() -> int:
    return story.city()["bank"]


def published() -> Keyring:
    keys.publish(at=story.ASKED)
    return keyring()


def state(ref: str) -> str:
    return str(Guarantee.objects.values_list("state", flat=True).get(ref=ref))


def test_the_whole_way_from_the_application_to_the_payment(bank: int) -> None:
    ref = story.issued(bank)
    assert state(ref) == "SEALED"
    (opened,) = story.unseal()
    assert (opened.covers, opened.findings, opened.ref) == (True, (), ref)
    guarantees.claim(
        actor=actor("seller"),
        ref=ref,
        ground=ClaimGround.REFUSED_TO_SIGN,
        amount=Money(Decimal("6720.00")),
        statement="竞得人拒签合同。",
        at=story.later(1),
    )
    view = queries.one(actor("manager"), ref)
    assert view.dossier.claim is not None
    assert view.dossier.claim.due_on == date(2026, 6, 26), "five working days after Friday, 19 June, a holiday"
    guarantees.pay(actor=actor("manager"), ref=ref, payment_ref="TX-1", at=story.later(2))

    assert state(ref) == "PAID"
    entries = queries.chain_of(view.dossier.anchor)
    assert list(chain.faults(entries, anchor=view.dossier.anchor, trusted=published())) == []
    assert len(entries) == 4


def test_a_refused_claim_can_be_made_again_while_the_guarantee_is_valid(bank: int) -> None:
    ref = story.opened(bank)
    claim = {"ground": ClaimGround.COLLUSION, "amount": Money(Decimal("100.00")), "statement": "串通"}
    guarantees.claim(actor=actor("seller"), ref=ref, at=story.later(1), **claim)
    guarantees.refuse(
        actor=actor("manager"), ref=ref, ground=RefusalGround.DOCUMENTS_DIFFER, note="缺少处罚决定", at=story.later(2)
    )
    assert state(ref) == "REFUSED"
    assert queries.one(actor("seller"), ref).dossier.claims[0].refusal_note == "缺少处罚决定"
    guarantees.claim(actor=actor("seller"), ref=ref, at=story.later(3), **claim)

    assert state(ref) == "CLAIMED"


def test_a_claim_is_bounded_by_amount_and_time(bank: int) -> None:
    ref = story.opened(bank)
    claim = {"actor": actor("seller"), "ref": ref, "ground": ClaimGround.COLLUSION, "statement": "串通"}
    with pytest.raises(ClaimTooLarge):
        guarantees.claim(**claim, amount=Money(Decimal("6720.01")), at=story.later(1))
    with pytest.raises(GuaranteeOver):
        guarantees.claim(**claim, amount=Money(Decimal("1.00")), at=datetime.fromisoformat("2026-09-15T16:00:00+00:00"))
    guarantees.claim(**claim, amount=Money(Decimal("1.00")), at=datetime.fromisoformat("2026-09-15T15:59:59+00:00"))


def test_only_the_beneficiary_claims_and_only_its_issuers_manager_answers(bank: int) -> None:
    ref = story.opened(bank)
    claim = {"ref": ref, "ground": ClaimGround.COLLUSION, "amount": Money(Decimal("1.00")), "statement": "串通"}
    for key in ("buyer1", "staff", "manager", "regulator"):
        with pytest.raises(NotPermitted):
            guarantees.claim(actor=actor(key), at=story.later(1), **claim)
    guarantees.claim(actor=actor("seller"), at=story.later(1), **claim)
    for key in ("underwriter", "manager2", "seller", "buyer1"):
        with pytest.raises(NotPermitted):
            guarantees.pay(actor=actor(key), ref=ref, payment_ref="TX", at=story.later(2))


def test_who_assessed_does_not_sign(bank: int) -> None:
    ref = story.ask(bank)
    guarantees.take_up(actor=actor("manager"), ref=ref, at=story.ASKED)
    with pytest.raises(NotAssessed):
        guarantees.prepare(actor=actor("manager"), ref=ref, at=story.ASKED)
    guarantees.assess(actor=actor("manager"), ref=ref, number="BH", note="", at=story.ASKED)
    with pytest.raises(SameHands):
        guarantees.prepare(actor=actor("manager"), ref=ref, at=story.ASKED)


def test_an_underwriter_of_another_issuer_does_not_even_find_it(bank: int) -> None:
    ref = story.ask(bank)

    with pytest.raises(NotFound):
        queries.one(actor("underwriter2"), ref)
    with pytest.raises(NotPermitted):
        guarantees.take_up(actor=actor("underwriter2"), ref=ref, at=story.ASKED)


def test_one_guarantee_for_one_procedure(bank: int) -> None:
    ref = story.ask(bank)
    with pytest.raises(GuaranteeExists):
        story.ask(bank)
    guarantees.cancel(actor=actor("buyer1"), ref=ref, reason="改用现金", at=story.ASKED)

    assert story.ask(bank) != ref


def test_it_can_be_cancelled_until_the_deadline_and_not_after(bank: int) -> None:
    ref = story.issued(bank)
    with pytest.raises(DeadlinePassed):
        guarantees.cancel(actor=actor("buyer1"), ref=ref, reason="反悔", at=story.DEADLINE)
    guarantees.cancel(actor=actor("buyer1"), ref=ref, reason="反悔", at=story.DEADLINE - timedelta(seconds=1))

    assert state(ref) == "CANCELLED"
    assert story.unseal() == []


def test_nothing_is_asked_for_or_issued_after_the_deadline(bank: int) -> None:
    with pytest.raises(DeadlinePassed):
        story.ask(bank, at=story.DEADLINE)
    ref = story.ask(bank)
    story.assessed(ref)
    with pytest.raises(DeadlinePassed):
        story.signed(ref, at=story.DEADLINE)


def test_the_credit_line_holds_across_projects(bank: int) -> None:
    guarantees.grant_credit(
        actor=actor("manager"),
        issuer_id=bank,
        organisation_id=organisation("jinma").pk,
        limit=Money(Decimal("10000.00")),
        valid_until=date(2027, 1, 1),
        at=story.ASKED,
    )
    story.issued(bank)
    second = story.ask(bank, subject="tender:7")
    guarantees.take_up(actor=actor("underwriter"), ref=second, at=story.ASKED)
    with pytest.raises(CreditExceeded) as refusal:
        guarantees.assess(actor=actor("underwriter"), ref=second, number="BH-2", note="", at=story.ASKED)
    assert refusal.value.fields == {"free": "3280.00", "amount": "6720.00"}
    guarantees.release(
        actor=actor("host"), subject="lot:901", organisation_id=organisation("jinma").pk, reason="流标", at=story.ASKED
    )
    guarantees.assess(actor=actor("underwriter"), ref=second, number="BH-2", note="", at=story.ASKED)


def test_without_a_credit_line_nothing_is_issued(bank: int) -> None:
    ref = story.ask(bank, key="robot1")
    guarantees.take_up(actor=actor("underwriter"), ref=ref, at=story.ASKED)
    with pytest.raises(CreditMissing):
        guarantees.assess(actor=actor("underwriter"), ref=ref, number="BH", note="", at=story.ASKED)


# --- attacks ---------------------------------------------------------------------------------------------------------


def first_fault(bank: int, *, number: str = "BH-2026-1", **changes: object) -> str:
    """A guarantee issued for something else than what the procedure asks at the opening: what its check says first."""
    story.issued(bank, number=number, **changes)
    (opened,) = story.unseal()
    assert not opened.covers
    return opened.findings[0].fault.value


def test_one_for_another_tender_is_told_at_the_opening(bank: int) -> None:
    other = story.required().procedure
    changed = type(other)(other.beneficiary, "F01440600260608000999", "F01440600260608000999001", other.title)

    assert first_fault(bank, procedure=changed) == Fault.OTHER_PROJECT


def test_one_for_another_section_is_told_at_the_opening(bank: int) -> None:
    other = story.required().procedure
    changed = type(other)(other.beneficiary, other.project_code, other.project_code + "002", other.title)

    assert first_fault(bank, procedure=changed) == Fault.OTHER_SECTION


def test_a_fen_short_is_told_at_the_opening(bank: int) -> None:
    assert first_fault(bank, amount=Money(Decimal("6719.99"))) == Fault.AMOUNT_SHORT


def test_a_day_short_is_told_at_the_opening(bank: int) -> None:
    assert first_fault(bank, valid_until=date(2026, 9, 14)) == Fault.EXPIRES_EARLY


def test_an_issuer_that_was_revoked_meanwhile_no_longer_covers(bank: int) -> None:
    story.issued(bank)
    revoke(bank)
    (opened,) = story.unseal()

    assert [one.fault for one in opened.findings] == [Fault.ISSUER_REVOKED]


def revoke(bank: int) -> None:
    guarantees.set_status(
        actor=actor("staff"),
        issuer_id=bank,
        status=IssuerStatus.REVOKED,
        decision_no="佛金监〔2026〕31号",
        at=story.ASKED,
    )


def test_a_revoked_issuer_is_not_asked_and_does_not_issue(bank: int) -> None:
    ref = story.ask(bank)
    story.assessed(ref)
    revoke(bank)
    with pytest.raises(IssuerNotTaking):
        story.ask(bank, key="buyer2")
    with pytest.raises(GuaranteeFaulty) as refusal:
        story.signed(ref)
    assert refusal.value.fields["fault"] == "ISSUER_REVOKED"


def test_one_number_backs_one_procedure(bank: int) -> None:
    story.issued(bank)
    second = story.ask(bank, key="buyer2")
    story.assessed(second, number="BH-2026-1")
    with pytest.raises(GuaranteeFaulty) as refusal:
        story.signed(second)
    assert refusal.value.fields["fault"] == "DUPLICATE"


def test_another_amount_than_was_prepared_is_refused(bank: int) -> None:
    ref = story.ask(bank)
    story.assessed(ref)
    prepared = guarantees.prepare(actor=actor("manager"), ref=ref, at=story.ASKED)
    changed = prepared.data.replace(b'"6720.00"', b'"9999.00"')
    with pytest.raises(DataChanged):
        guarantees.issue(
            actor=actor("manager"),
            ref=ref,
            data=changed,
            signature=sign("manager", changed, at=story.ASKED),
            pdf=story.PDF,
            at=story.ASKED,
        )


@pytest.mark.parametrize("signer", ["manager2", "buyer1", "expired", "rogue"])
def test_a_signature_of_anybody_else_is_refused(bank: int, signer: str) -> None:
    ref = story.ask(bank)
    story.assessed(ref)
    prepared = guarantees.prepare(actor=actor("manager"), ref=ref, at=story.ASKED)
    with pytest.raises(GuaranteeFaulty) as refusal:
        guarantees.issue(
            actor=actor("manager"),
            ref=ref,
            data=prepared.data,
            signature=sign(signer, prepared.data, at=story.ASKED),
            pdf=story.PDF,
            at=story.ASKED,
        )
    assert refusal.value.fields["fault"] == "SIGNATURE_INVALID"


def test_a_revoked_certificate_signs_nothing(bank: int) -> None:
    ref = story.ask(bank)
    story.assessed(ref)
    authority().revoke("manager", at=story.ASKED - timedelta(days=1))
    try:
        with pytest.raises(GuaranteeFaulty) as refusal:
            story.signed(ref)
    finally:
        authority().restore("manager")
    assert refusal.value.fields["fault"] == "SIGNATURE_INVALID"


def test_a_signature_of_another_guarantee_cannot_be_transplanted(bank: int) -> None:
    first, second = story.ask(bank), story.ask(bank, key="buyer2")
    story.assessed(first)
    story.assessed(second, number="BH-2026-2")
    one = guarantees.prepare(actor=actor("manager"), ref=first, at=story.ASKED)
    two = guarantees.prepare(actor=actor("manager"), ref=second, at=story.ASKED)
    with pytest.raises(GuaranteeFaulty):
        guarantees.issue(
            actor=actor("manager"),
            ref=second,
            data=two.data,
            signature=sign("manager", one.data, at=story.ASKED),
            pdf=story.PDF,
            at=story.ASKED,
        )
    with pytest.raises(DataChanged):
        guarantees.issue(
            actor=actor("manager"),
            ref=second,
            data=one.data,
            signature=sign("manager", one.data, at=story.ASKED),
            pdf=story.PDF,
            at=story.ASKED,
        )


def test_the_same_issue_again_is_harmless(bank: int) -> None:
    ref = story.ask(bank)
    story.assessed(ref)
    prepared = guarantees.prepare(actor=actor("manager"), ref=ref, at=story.ASKED)
    signature = sign("manager", prepared.data, at=story.ASKED)
    again = {"actor": actor("manager"), "ref": ref, "data": prepared.data, "signature": signature, "pdf": story.PDF}

    assert guarantees.issue(**again, at=story.ASKED) == guarantees.issue(**again, at=story.ASKED)


# --- secrecy ---------------------------------------------------------------------------------------------------------


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
    row = Guarantee.objects.values().get()
    assert (row["subject"], row["applicant_id"], row["beneficiary_id"]) == ("", None, None)
    secrets = (buyer.uscc, buyer.name, seller.uscc, "6720", "lot:901", "person:")
    stored = [bytes(value) if isinstance(value, memoryview) else value for value in row.values()]
    log = list(EvidenceEntry.objects.filter(stream__startswith="guarantee:").values_list("actor", "payload"))
    told = list(
        InboxMessage.objects.filter(key__startswith="guarantee:").values_list("subject_msgid", "fields", "link")
    )
    shown = repr(stored) + repr([(by, bytes(payload)) for by, payload in log]) + repr(told)

    assert [secret for secret in secrets if secret in shown] == []
    assert len(log) >= 4


def test_sizes_in_the_table_do_not_tell_the_amount(bank: int) -> None:
    story.issued(bank)
    story.issued(bank, key="buyer2", number="A much longer number of a guarantee", amount=Money(Decimal("123456.78")))

    assert len({len(bytes(content)) for content in Guarantee.objects.values_list("content", flat=True)}) == 1


def test_the_feed_tells_only_of_what_was_opened(bank: int) -> None:
    story.issued(bank)
    story.issued(bank, key="buyer2", number="BH-2026-2")
    story.unseal("buyer1")

    assert (
        len(
            {
                chain_of["body"]["anchor"]
                for _, entry in queries.feed(after=0, limit=10)
                for chain_of in [entry.as_json()]
            }
        )
        == 1
    )
    assert [seq for seq, _ in queries.feed(after=0, limit=10)] == sorted(
        seq for seq, _ in queries.feed(after=0, limit=10)
    )


def test_a_repeated_opening_gives_the_same(bank: int) -> None:
    story.issued(bank)

    assert story.unseal() == story.unseal()


# --- extension, release, end -----------------------------------------------------------------------------------------


def test_an_extension_is_a_new_signed_version_that_names_the_one_before(bank: int) -> None:
    ref = story.opened(bank)
    with pytest.raises(ExtensionShort):
        guarantees.ask_extension(actor=actor("buyer1"), ref=ref, until=date(2026, 9, 15), at=story.later(1))
    guarantees.ask_extension(actor=actor("buyer1"), ref=ref, until=date(2026, 12, 31), at=story.later(1))
    story.signed(ref, at=story.later(2))
    dossier = queries.one(actor("seller"), ref).dossier

    assert dossier.expires_on == date(2026, 12, 31)
    assert dossier.versions[1].facts.supersedes == dossier.versions[0].facts.anchor
    entries = queries.chain_of(dossier.anchor)
    assert list(chain.faults(entries, anchor=dossier.anchor, trusted=published())) == []


def test_nothing_is_extended_that_was_not_asked_for(bank: int) -> None:
    ref = story.opened(bank)
    with pytest.raises(NoExtensionAsked):
        guarantees.prepare(actor=actor("manager"), ref=ref, at=story.later(1))


def test_a_released_guarantee_is_over(bank: int) -> None:
    ref = story.opened(bank)
    guarantees.release_own(actor=actor("seller"), ref=ref, reason="合同已签", at=story.later(3))
    assert state(ref) == "RELEASED"
    with pytest.raises(NotAllowedNow):
        guarantees.claim(
            actor=actor("seller"), ref=ref, ground=ClaimGround.COLLUSION, amount=Money(Decimal("1.00")),
            statement="x", at=story.later(4),
        )  # fmt: skip


def test_one_that_was_never_opened_is_released_without_being_shown(bank: int) -> None:
    ref = story.issued(bank)
    seller = organisation("ecology").pk
    assert guarantees.release(
        actor=actor("host"),
        subject="lot:901",
        organisation_id=organisation("jinma").pk,
        reason="未竞得",
        at=story.OPENING,
    )

    assert Guarantee.objects.filter(ref=ref, state="RELEASED", applicant=None, subject="").exists()
    assert not InboxMessage.objects.filter(party=receiver(seller)).exists()
    with pytest.raises(NotFound):
        queries.one(actor("regulator"), ref)


def test_time_ends_it_once_its_last_day_is_over(bank: int) -> None:
    ref = story.opened(bank)
    guarantees.advance_due(datetime.fromisoformat("2026-09-15T15:59:59+00:00"))
    assert state(ref) == "OPENED"
    guarantees.advance_due(datetime.fromisoformat("2026-09-15T16:00:00+00:00"))

    assert state(ref) == "EXPIRED"


def test_time_does_not_end_a_claim(bank: int) -> None:
    ref = story.opened(bank)
    guarantees.claim(
        actor=actor("seller"), ref=ref, ground=ClaimGround.COLLUSION, amount=Money(Decimal("1.00")), statement="x",
        at=story.later(1),
    )  # fmt: skip
    guarantees.advance_due(datetime.fromisoformat("2026-12-01T00:00:00+00:00"))

    assert state(ref) == "CLAIMED"


def test_an_application_that_nobody_answered_ends_with_the_deadline(bank: int) -> None:
    ref = story.ask(bank)
    guarantees.advance_due(story.DEADLINE - timedelta(seconds=1))
    assert state(ref) == "APPLIED"
    guarantees.advance_due(story.DEADLINE)

    assert state(ref) == "EXPIRED"


def warned() -> int:
    return sum("ends on" in one.subject_msgid for one in InboxMessage.objects.all())


def test_the_end_is_announced_thirty_seven_and_one_day_ahead_once_each(bank: int) -> None:
    story.opened(bank)
    counts = []
    for day in ("08-16", "08-17", "08-18", "09-09", "09-15"):
        at = datetime.fromisoformat(f"2026-{day}T00:00:00+00:00")
        guarantees.advance_due(at)
        guarantees.advance_due(at + timedelta(seconds=1))
        counts.append(warned())

    assert counts == [0, 2, 2, 4, 6]
