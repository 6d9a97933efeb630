"""Questions about the log: checkpoints, proofs, keys, entries."""

from commons.evidence.queries.entries import EntryView, entry
from commons.evidence.queries.log import (
    CheckpointView,
    all_checkpoints,
    anchored_at,
    checkpoint_covering,
    checkpoint_of,
    checkpoints,
    entries,
    entries_of_type,
    index_of,
    keyring,
    latest_checkpoint,
    newest_checkpoints,
    published_head,
    published_keys,
    signed_so_far,
)
from commons.evidence.queries.nodes import root_of, tree_size
from commons.evidence.queries.proofs import (
    InclusionProof,
    consistency,
    consistency_bundle,
    inclusion,
    inclusions,
    path_of,
    public_proof,
)
from commons.evidence.queries.receipts import check_receipts, head_faults
from commons.evidence.queries.records import Record, records_by_key, records_in, records_of
from commons.evidence.queries.verification import verify_database

__all__ = [
    "CheckpointView",
    "EntryView",
    "InclusionProof",
    "Record",
    "all_checkpoints",
    "anchored_at",
    "check_receipts",
    "checkpoint_covering",
    "checkpoint_of",
    "checkpoints",
    "consistency",
    "consistency_bundle",
    "entries",
    "entries_of_type",
    "entry",
    "head_faults",
    "inclusion",
    "inclusions",
    "index_of",
    "keyring",
    "latest_checkpoint",
    "newest_checkpoints",
    "path_of",
    "public_proof",
    "published_head",
    "published_keys",
    "records_by_key",
    "records_in",
    "records_of",
    "root_of",
    "signed_so_far",
    "tree_size",
    "verify_database",
]
