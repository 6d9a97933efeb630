"""Somebody whom the demo city's identity system and licence library know, and the platform does not yet."""

from datetime import date, datetime

from commons.domain.actor import Assurance
from commons.domain.codes import citizen_id, make_uscc
from commons.identity import embedded as identity
from commons.licences import embedded as licences
from commons.licences.domain import Licence, LicenceKind

NAME = "邓新"
NUMBER = "440604199003078825"
ORGANISATION = "禅城绿源环保科技有限公司"
USCC = make_uscc(authority="9", category="1", region="440604", organisation8="05607990")


def settle(*, at: datetime) -> None:
    """Enter the newcomer, the company and the right to act for it in the embedded registers."""
    number = citizen_id(NUMBER)
    identity.enrol_person(citizen_id=number, name=NAME, assurance=Assurance.FACE_OR_LICENCE, at=at)
    identity.enrol_representation(citizen_id=number, uscc=USCC, at=at)
    licence = Licence(
        kind=LicenceKind.BUSINESS_LICENCE,
        number=USCC,
        issuer="佛山市禅城区市场监督管理局",
        holder=ORGANISATION,
        holder_uscc=USCC,
        valid_from=date(2019, 5, 6),
        valid_until=None,
    )
    licences.report(licence, at=at)
