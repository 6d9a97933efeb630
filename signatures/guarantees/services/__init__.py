"""The public face of guarantees."""

from signatures.guarantees.services.applying import For, Stated, apply, ask_extension, cancel, upload, withdraw
from signatures.guarantees.services.claiming import claim, claim_for_procedure, pay, refuse
from signatures.guarantees.services.issuers import IssuerFacts, grant_credit, list_issuer, set_status
from signatures.guarantees.services.opening import (
    Opened,
    covers,
    judge_upload,
    release,
    release_own,
    unseal,
)
from signatures.guarantees.services.receiving import issuer_behind
from signatures.guarantees.services.signing import begin_signing, request_signing
from signatures.guarantees.services.underwriting import (
    Prepared,
    assess,
    decline,
    extend,
    issue,
    prepare,
    take_up,
)
from signatures.guarantees.services.watching import advance_due

__all__ = [
    "For",
    "IssuerFacts",
    "Opened",
    "Prepared",
    "Stated",
    "advance_due",
    "apply",
    "ask_extension",
    "assess",
    "begin_signing",
    "cancel",
    "claim",
    "claim_for_procedure",
    "covers",
    "decline",
    "extend",
    "grant_credit",
    "issue",
    "issuer_behind",
    "judge_upload",
    "list_issuer",
    "pay",
    "prepare",
    "refuse",
    "release",
    "release_own",
    "request_signing",
    "set_status",
    "take_up",
    "unseal",
    "upload",
    "withdraw",
]
