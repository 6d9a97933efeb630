"""A paper with two sides, drawn, sealed and signed by the real services; its template is a ready PDF."""

import io
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from commons.domain.actor import ALLOWED, deny
from commons.domain.suites import Suite
from signatures.documents import kinds, queries, services
from signatures.documents.domain.papers import Mode, Party
from signatures.documents.services.common import content_of
from signatures.signing import services as signing
from tests.cast import actor, organisation
from tests.pki import authority, bound, holder
from tests.signing import ORIGIN, signature_of

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)
SIGNED: list[kinds.SignedPart] = []
SIDES = {"seller": "seller", "buyer": "buyer1"}


def _may_sign(who, subject, field):
    return ALLOWED if who.person_id == actor(SIDES.get(field, "buyer1")).person_id else deny()


KIND = kinds.register_paper_kind(
    kinds.PaperKind(
        "test.contract",
        "Contract of sale",
        may_sign=_may_sign,
        may_read=lambda who, subject: deny(),
        signed=SIGNED.append,
    )
)


def sides(mode: Mode = Mode.IN_TURN) -> list[Party]:
    return [
        Party("seller", "Seller", organisation("ecology").pk, mode=mode),
        Party("buyer", "Buyer", organisation("jinma").pk, mode=mode),
    ]


def drawn(parties: list[Party] | None = None, *, public: bool = False, suite: Suite | None = None) -> services.PaperRef:
    return services.draw(
        actor=actor("staff"), kind=KIND.name, subject="deal:7", guard="nobody:7", title="出让合同", template="none",
        context={}, parties=sides() if parties is None else parties, at=AT, public=public,
        suite=suite,
    )  # fmt: skip


def sealed(
    parties: list[Party] | None = None, *, public: bool = False, suite: Suite | None = None
) -> services.PaperRef:
    ref = drawn(parties, public=public, suite=suite)
    assert services.certify(paper_id=ref.id, at=AT)
    return ref


def prepared(ref: services.PaperRef, field: str, *, who: str = "", at: datetime = AT) -> tuple[str, bytes]:
    """A session of the side with its attributes ready to be signed."""
    login = who or SIDES[field]
    bound(login)
    session = services.ask(actor=actor(login), paper_id=ref.id, field=field, return_url="/", at=at)
    number = session.number
    made = signing.prepare(
        actor=actor(login), number=number, certificate=holder(login).certificate, origin=ORIGIN, at=at
    )
    return number, made.attributes


def complete(number: str, attributes: bytes, login: str, *, at: datetime = AT) -> None:
    signing.complete(actor=actor(login), number=number, signature=signature_of(login, attributes), at=at)


def sign(ref: services.PaperRef, field: str, *, at: datetime = AT) -> None:
    number, attributes = prepared(ref, field, at=at)
    complete(number, attributes, SIDES[field], at=at)


def paper_of(ref: services.PaperRef) -> queries.PaperView:
    return queries.papers_about("deal:7")[0]


def newest(ref: services.PaperRef) -> bytes:
    return content_of(paper_of(ref).document_id, at=AT)


def altered(content: bytes) -> bytes:
    """One bit of the comment in the second line, which no reader looks at, is another."""
    place = content.index(b"\n%") + 3
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def check(content: bytes, at: datetime = LATER):
    return services.verify_document(io.BytesIO(content), at=at)


def roots() -> str:
    """The trusted roots as PEM."""
    ders = [one.root for one in authority().trust().authorities]
    return "".join(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM).decode() for der in ders)
