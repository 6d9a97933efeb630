"""Everything about one guarantee that must stay secret until the opening: one value, stored encrypted as a whole."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import msgspec

from commons.domain.money import Money
from signatures.guarantees.domain.terms import (
    ClaimGround,
    Disclosure,
    GuaranteeData,
    GuaranteeKind,
    IssuerKind,
    Party,
    Procedure,
    RefusalGround,
    Required,
    Upload,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the applicant asks an issuer for."""

    amount: Decimal
    effective_on: date
    expires_on: date
    kind: GuaranteeKind
    note: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the underwriter found, before the manager signs."""

    number: str
    premium: Decimal
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """A signed version: canonical data, the issuer's detached signature over it (CMS), when it came."""

    data: bytes
    signature: bytes
    at: datetime

    @property
    def facts(self) -> GuaranteeData:
        return GuaranteeData.parse(self.data)


@dataclass(frozen=True, slots=True)
class Claim:
    """A beneficiary's claim 索赔 and the issuer's answer."""

    ground: ClaimGround
    amount: Decimal
    statement: str
    at: datetime
    due_on: date
    document_ref: str = ""
    answered_at: datetime | None = None
    payment_ref: str = ""
    refusal_ground: RefusalGround | None = None
    refusal_note: str = ""

    @property
    def paid(self) -> bool:
        return bool(self.payment_ref)


@dataclass(frozen=True, slots=True)
class Extension:
    """An applicant's wish that the guarantee last longer 延期."""

    until: date
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Dossier:
    """One guarantee in full."""

    subject: str
    """The procedure in the house: `lot:12`, `tender:5`."""
    applicant_id: int
    applicant: Party
    issuer_id: int | None
    """None for an issuer that is not connected."""
    issuer: Party
    issuer_kind: IssuerKind | None
    beneficiary_id: int
    procedure: Procedure
    salt: str
    commitment: str
    required_amount: Decimal
    required_until: date
    required_kinds: tuple[GuaranteeKind, ...]
    trade_type: str
    region: str
    deadline: datetime
    """Until then the applicant may cancel; then the procedure opens."""
    asked: Asked
    applied_at: datetime
    assessment: Assessment | None = None
    versions: tuple[Version, ...] = ()
    upload: Upload | None = None
    extension: Extension | None = None
    claims: tuple[Claim, ...] = ()
    findings: tuple[tuple[str, str, str], ...] = ()
    """What the check at the opening found: fault, found, wanted."""
    end_reason: str = ""

    @property
    def disclosure(self) -> Disclosure:
        return Disclosure(self.procedure, self.salt)

    @property
    def required(self) -> Required:
        kinds = frozenset(self.required_kinds)
        return Required(self.procedure, Money(self.required_amount), self.required_until, kinds)

    @property
    def standing(self) -> GuaranteeData | None:
        """The version that stands."""
        return self.versions[-1].facts if self.versions else None

    @property
    def anchor(self) -> str:
        """SHA-256 of the first version, or of the uploaded file."""
        if self.upload is not None:
            return self.upload.file_sha256
        return self.versions[0].facts.anchor if self.versions else ""

    @property
    def anchor_now(self) -> str:
        """The anchor of the version that stands."""
        standing = self.standing
        return standing.anchor if standing is not None else self.anchor

    @property
    def amount(self) -> Decimal:
        """What it covers, as issued or, before that, as asked."""
        standing = self.standing
        if standing is not None:
            return standing.amount
        return self.upload.amount if self.upload is not None else self.asked.amount

    @property
    def expires_on(self) -> date:
        """Its last day, as issued or, before that, as asked."""
        standing = self.standing
        if standing is not None:
            return standing.expires_on
        return self.upload.expires_on if self.upload is not None else self.asked.expires_on

    @property
    def claim(self) -> Claim | None:
        """The newest claim."""
        return self.claims[-1] if self.claims else None

    def as_bytes(self) -> bytes:
        return msgspec.json.encode(self)

    @classmethod
    def parse(cls, data: bytes) -> "Dossier":
        return msgspec.json.decode(data, type=cls)
