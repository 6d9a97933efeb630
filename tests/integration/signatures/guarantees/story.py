"""The guarantee story by the real services: the bank of the cast issues for a procedure that only this test knows."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TypedDict, Unpack

from commons.domain.money import Money
from commons.evidence import keys
from commons.evidence.domain.trust import Keyring
from commons.evidence.queries import keyring
from portal.demo.issuers import open_issuers
from signatures.guarantees import services as guarantees
from signatures.guarantees.domain.terms import ClaimGround, GuaranteeKind, Party, Procedure, Required
from signatures.guarantees.models import Guarantee
from tests.cast import LONG_AGO, actor, organisation
from tests.pki import install_trust, sign

ASKED = datetime(2026, 6, 10, 2, 0, tzinfo=UTC)
DEADLINE = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
OPENING = datetime(2026, 6, 18, 2, 0, tzinfo=UTC)
PDF = b"%PDF-1.7 signed by the issuer"


def city() -> dict[str, int]:
    """The trust list, the issuers and their credit lines."""
    install_trust()
    return open_issuers(at=LONG_AGO)


class Terms(TypedDict, total=False):
    """What a procedure may ask otherwise than usual here."""

    procedure: Procedure
    amount: Money
    valid_until: date


def required(**changes: Unpack[Terms]) -> Required:
    seller = organisation("ecology")
    procedure = Procedure(
        Party(seller.uscc, seller.name), "F01440600260608000123", "F01440600260608000123001", "佛山排污权出让"
    )
    return replace(Required(procedure, Money(Decimal("6720.00")), date(2026, 9, 15)), **changes)


def what(*, subject: str = "lot:901", **changes: Unpack[Terms]) -> guarantees.For:
    return guarantees.For(
        subject=subject,
        beneficiary_id=organisation("ecology").pk,
        required=required(**changes),
        deadline=DEADLINE,
        trade_type="EMISSION_RIGHTS",
        region="440600",
    )


def ask(
    issuer_id: int, *, key: str = "buyer1", at: datetime = ASKED, subject: str = "lot:901", **changes: Unpack[Terms]
) -> str:
    return guarantees.apply(
        actor=actor(key),
        issuer_id=issuer_id,
        what=what(subject=subject, **changes),
        kind=GuaranteeKind.INDEPENDENT,
        at=at,
    )


def assessed(ref: str, *, number: str = "BH-2026-1", at: datetime = ASKED) -> None:
    guarantees.take_up(actor=actor("underwriter"), ref=ref, at=at)
    guarantees.assess(actor=actor("underwriter"), ref=ref, number=number, note="", at=at)


def signed(ref: str, *, at: datetime = ASKED) -> str:
    """A manager signs what is prepared; gives the anchor."""
    prepared = guarantees.prepare(actor=actor("manager"), ref=ref, at=at)
    take = guarantees.extend if prepared.extends else guarantees.issue
    signature = sign("manager", prepared.data, at=at)
    return take(actor=actor("manager"), ref=ref, data=prepared.data, signature=signature, pdf=PDF, at=at)


def issued(issuer_id: int, *, key: str = "buyer1", number: str = "BH-2026-1", **changes: Unpack[Terms]) -> str:
    ref = ask(issuer_id, key=key, **changes)
    assessed(ref, number=number)
    signed(ref)
    return ref


def unseal(
    *logins: str, subject: str = "lot:901", at: datetime = OPENING, **changes: Unpack[Terms]
) -> list[guarantees.Opened]:
    return guarantees.unseal(
        actor=actor("host"),
        subject=subject,
        organisation_ids=[actor(key).organisation_id or 0 for key in logins or ("buyer1",)],
        required=required(**changes),
        at=at,
    )


def opened(issuer_id: int) -> str:
    ref = issued(issuer_id)
    unseal()
    return ref


def claim(ref: str, *, by: str = "seller", amount: str = "1.00", at: datetime) -> None:
    guarantees.claim(
        actor=actor(by),
        ref=ref,
        ground=ClaimGround.COLLUSION,
        amount=Money(Decimal(amount)),
        statement="串通",
        at=at,
    )


def state_of(ref: str) -> str:
    return str(Guarantee.objects.values_list("state", flat=True).get(ref=ref))


def published() -> Keyring:
    """The platform's keys as everybody knows them."""
    keys.publish(at=ASKED)
    return keyring()


def later(days: int) -> datetime:
    return OPENING + timedelta(days=days)
