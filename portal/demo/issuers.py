"""The issuers of guarantees of the demo city: a bank, a guarantee company, an insurer, and the credit they grant."""

from datetime import date, datetime
from decimal import Decimal

from commons.domain.money import Money
from portal.demo.cast import CLERK, actor, organisation_id
from signatures.guarantees import services as guarantees
from signatures.guarantees.domain.terms import IssuerKind
from signatures.guarantees.services import IssuerFacts

ISSUERS: dict[str, tuple[str, IssuerFacts]] = {
    "bank": (
        "manager",
        IssuerFacts(IssuerKind.BANK, "B0215H344060001", Decimal("0.012"), Decimal("100.00")),
    ),
    "guarantor": (
        "manager2",
        IssuerFacts(IssuerKind.GUARANTEE_COMPANY, "粤440600（担）0007", Decimal("0.015"), Decimal("80.00")),
    ),
    "insurer": (
        "manager3",
        IssuerFacts(IssuerKind.INSURER, "000121440600", Decimal("0.008"), Decimal("50.00")),
    ),
}
"""By organisation of the cast: who manages it, and its entry on the list."""

BORROWERS = ("jinma", "lanshi", "nanfeng", "anju")
DECISION = "佛金监〔2026〕9号"


def open_issuers(*, at: datetime) -> dict[str, int]:
    """List the issuers and let each grant credit to the buyers; gives the issuers' numbers by organisation."""
    numbers = {}
    for key, (manager, facts) in ISSUERS.items():
        number = guarantees.list_issuer(
            actor=CLERK, organisation_id=organisation_id(key), facts=facts, decision_no=DECISION, at=at
        )
        for borrower in BORROWERS:
            guarantees.grant_credit(
                actor=actor(manager),
                issuer_id=number,
                organisation_id=organisation_id(borrower),
                limit=Money(Decimal("1000000.00")),
                valid_until=date(2027, 12, 31),
                at=at,
            )
        numbers[key] = number
    return numbers
