"""What a guarantee says: who stands for whom, towards whom, for what, how much, from when until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from commons.domain.money import Money, as_text, money
from commons.domain.refusals import Malformed
from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON

FORMAT = "luochui-guarantee/v1"


class IssuerKind(StrEnum):
    """Who may issue bid guarantees: banks, guarantee companies, insurers."""

    BANK = "BANK"
    GUARANTEE_COMPANY = "GUARANTEE_COMPANY"
    INSURER = "INSURER"


class IssuerStatus(StrEnum):
    LISTED = "LISTED"
    SUSPENDED = "SUSPENDED"
    """Takes no new applications; what it issued stands."""
    REVOKED = "REVOKED"
    """Its right to issue ended; what is still sealed no longer covers anything."""


class GuaranteeKind(StrEnum):
    INDEPENDENT = "INDEPENDENT"
    """见索即付: pays against documents (最高人民法院关于审理独立保函纠纷案件若干问题的规定第一条)."""
    CONDITIONAL = "CONDITIONAL"
    """Pays when the breach is established."""


class ClaimGround(StrEnum):
    """For what a beneficiary may claim 索赔事由 (招标投标法实施条例第三十五条、第七十四条、第七十七条)."""

    WITHDRAWN_AFTER_DEADLINE = "WITHDRAWN_AFTER_DEADLINE"
    REFUSED_TO_SIGN = "REFUSED_TO_SIGN"
    NO_PERFORMANCE_BOND = "NO_PERFORMANCE_BOND"
    COLLUSION = "COLLUSION"


class RefusalGround(StrEnum):
    """For what an issuer may refuse a claim."""

    DOCUMENTS_DIFFER = "DOCUMENTS_DIFFER"
    GROUND_NOT_COVERED = "GROUND_NOT_COVERED"
    PRESENTED_LATE = "PRESENTED_LATE"
    AMOUNT_EXCEEDS = "AMOUNT_EXCEEDS"
    COURT_ORDER = "COURT_ORDER"


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation as a guarantee names it."""

    uscc: str
    name: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """Towards whom and for what: the beneficiary 受益人, the project and its section (lot)."""

    beneficiary: Party
    project_code: str
    section_code: str
    title: str

    def as_json(self) -> dict[str, JSON]:
        return {
            "beneficiary": {"uscc": self.beneficiary.uscc, "name": self.beneficiary.name},
            "project_code": self.project_code,
            "section_code": self.section_code,
            "title": self.title,
        }

    @classmethod
    def parse(cls, value: Mapping[str, JSON]) -> "Procedure":
        try:
            return cls(party(value["beneficiary"]), *(text(value, name) for name in _PROCEDURE_TEXTS))
        except KeyError as error:
            raise Malformed(field=str(error.args[0]), reason="missing") from None


_PROCEDURE_TEXTS = ("project_code", "section_code", "title")


@dataclass(frozen=True, slots=True)
class Required:
    """What a procedure asks of a guarantee."""

    procedure: Procedure
    amount: Money
    valid_until: date
    """The last day on which it must still be possible to claim."""
    kinds: frozenset[GuaranteeKind] = frozenset(GuaranteeKind)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The procedure behind a commitment, with the salt that shows it."""

    procedure: Procedure
    salt: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A guarantee of an issuer that is not connected: what the applicant states, and what its file's check showed.

    Certificate and integrity are checked by machine; what the text promises is judged by people.
    """

    issuer_name: str
    number: str
    amount: Decimal
    expires_on: date
    file_sha256: str
    signer: str
    judged_by: str = ""
    judged_at: datetime | None = None
    accepted: bool | None = None
    judgement: str = ""


@dataclass(frozen=True, slots=True)
class GuaranteeData:
    """The signed content of a guarantee. The procedure stands in it as a commitment, opened at the opening."""

    number: str
    issuer: Party
    issuer_kind: IssuerKind
    applicant: Party
    procedure_commitment: str
    amount: Money
    kind: GuaranteeKind
    issued_on: date
    effective_on: date
    expires_on: date
    """The last day of validity, inclusive, in the time of Beijing."""
    claim_grounds: tuple[ClaimGround, ...]
    verify_url: str
    version: int = 1
    supersedes: str = ""
    """The anchor of the version that this one extends."""

    def as_json(self) -> dict[str, JSON]:
        return {
            "format": FORMAT,
            "number": self.number,
            "issuer": {"uscc": self.issuer.uscc, "name": self.issuer.name, "kind": self.issuer_kind.value},
            "applicant": {"uscc": self.applicant.uscc, "name": self.applicant.name},
            "procedure": self.procedure_commitment,
            "amount": as_text(self.amount),
            "currency": "CNY",
            "kind": self.kind.value,
            "issued_on": self.issued_on.isoformat(),
            "effective_on": self.effective_on.isoformat(),
            "expires_on": self.expires_on.isoformat(),
            "claim_grounds": [ground.value for ground in self.claim_grounds],
            "verify_url": self.verify_url,
            "version": str(self.version),
            "supersedes": self.supersedes,
        }

    def as_bytes(self) -> bytes:
        """The canonical bytes: what the issuer signs."""
        return canonical.encode(self.as_json())

    @property
    def anchor(self) -> str:
        """The name of the guarantee towards strangers: SHA-256 of what was signed. It tells nothing of its content."""
        return canonical.digest(self.as_bytes())

    @classmethod
    def parse(cls, data: bytes) -> "GuaranteeData":
        """The guarantee that canonical bytes spell. Refuses (`Malformed`) anything else."""
        try:
            value = canonical.decode(data)
        except canonical.NotCanonical as error:
            raise Malformed(field="guarantee", reason=str(error)) from None
        if not isinstance(value, Mapping) or value.get("format") != FORMAT or value.get("currency") != "CNY":
            raise Malformed(field="format", reason=f"not {FORMAT} in CNY")
        found = _parsed(value)
        if found.as_bytes() != data:
            raise Malformed(field="guarantee", reason="unknown fields")
        return found


def _parsed(value: Mapping[str, JSON]) -> GuaranteeData:
    try:
        issuer = value["issuer"]
        grounds = value["claim_grounds"]
        assert isinstance(issuer, Mapping)
        assert isinstance(grounds, list)
        return GuaranteeData(
            number=text(value, "number"),
            issuer=party(issuer),
            issuer_kind=IssuerKind(text(issuer, "kind")),
            applicant=party(value["applicant"]),
            procedure_commitment=text(value, "procedure"),
            amount=money(text(value, "amount")),
            kind=GuaranteeKind(text(value, "kind")),
            issued_on=date.fromisoformat(text(value, "issued_on")),
            effective_on=date.fromisoformat(text(value, "effective_on")),
            expires_on=date.fromisoformat(text(value, "expires_on")),
            claim_grounds=tuple(ClaimGround(str(ground)) for ground in grounds),
            verify_url=text(value, "verify_url"),
            version=int(text(value, "version")),
            supersedes=text(value, "supersedes"),
        )
    except (KeyError, ValueError, AssertionError) as error:
        raise Malformed(field="guarantee", reason=f"{type(error).__name__}: {error}") from None


def party(value: object) -> Party:
    """An organisation in a document. Refuses (`Malformed`)."""
    if not isinstance(value, Mapping):
        raise Malformed(field="party", reason="not an object")
    return Party(text(value, "uscc"), text(value, "name"))


def text(value: Mapping[str, JSON], name: str) -> str:
    """A text field of a document. Refuses (`Malformed`)."""
    found = value.get(name)
    if not isinstance(found, str):
        raise Malformed(field=name, reason="missing or no text")
    return found


def premium(amount: Money, rate: Decimal, days: int, minimum: Money) -> Money:
    """The fee 保费: amount × yearly rate × days / 365, half up to the fen, at least the minimum."""
    fee = (amount * rate * days / 365).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")
    return Money(max(fee, minimum))
