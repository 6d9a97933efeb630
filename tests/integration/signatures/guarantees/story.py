"""The guarantee story by the real services: the bank of the cast issues for a procedure that only this test knows."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from commons.domain.money import Money
from portal.demo.issuers import open_issuers
from signatures.guarantees import services as guarantees
from signatures.guarantees.domain.terms import GuaranteeKind, Party, Procedure, Required
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


def required(**changes: object) -> Required:
    seller = organisation("ecology")
    procedure = Procedure(
        Party(seller.uscc, seller.name), "F01440600260608000123", "F01440600260608000123001", "佛山排污权出让"
    )
    return replace(Required(procedure, Money(Decimal("6720.00")), date(2026, 9, 15)), **changes)  # type: ignore[arg-type]


def what(*, subject: str = "lot:901", **changes: object) -> guarantees.For:
    return guarantees.For(
        subject=subject,
        beneficiary_id=organisation("ecology").pk,
        required=required(**changes),
        deadline=DEADLINE,
        trade_type="EMISSION_RIGHTS",
        region="440600",
    )


def ask(
    issuer_id: int, *, key: str = "buyer1", at: datetime = ASKED, subject: str = "lot:901", **changes: object
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


def issued(issuer_id: int, *, key: str = "buyer1", number: str = "BH-2026-1", **changes: object) -> str:
    ref = ask(issuer_id, key=key, **changes)
    assessed(ref, number=number)
    signed(ref)
    return ref


def unseal(*keys: str, subject: str = "lot:901", at: datetime = OPENING, **changes: object) -> list[guarantees.Opened]:
    return guarantees.unseal(
        actor=actor("host"),
        subject=subject,
        organisation_ids=[actor(key).organisation_id or 0 for key in keys or ("buyer1",)],
        required=required(**changes),
        at=at,
    )


def opened(issuer_id: int) -> str:
    ref = issued(issuer_id)
    unseal()
    return ref


def later(days: int) -> datetime:
    return OPENING + timedelta(days=days)
