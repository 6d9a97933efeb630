"""The public face of sealed envelopes; docs/envelopes.md tells the story in order."""

from signatures.envelopes.services.accepting import accept, withdraw
from signatures.envelopes.services.decrypting import decrypt_ready
from signatures.envelopes.services.handovers import (
    ToRewrap,
    hand_over,
    shares_to_rewrap,
    successors,
    witness_handover,
)
from signatures.envelopes.services.holding import hold_opening, resume_opening
from signatures.envelopes.services.intakes import (
    IntakeId,
    Subject,
    abandon_intake,
    begin_rehearsal,
    end_rehearsal_sealing,
    move_deadline,
    open_intake,
)
from signatures.envelopes.services.openings import (
    Locked,
    begin_opening,
    end_windows,
    locked_for_bidder,
    locked_for_officer,
    unlock_as_bidder,
    unlock_as_officer,
)
from signatures.envelopes.services.ordering import ToAttest, prepare_attestation, unwrap_ticket
from signatures.envelopes.services.reading import opened_json
from signatures.envelopes.services.receipts import complete_receipt, sign_receipt, stamp_pending
from signatures.envelopes.services.rosters import (
    RosterId,
    activate_roster,
    alarm_quorums,
    draft_roster,
    enrol_key,
    retire_roster,
    set_duty,
    try_key,
)
from signatures.envelopes.services.supervising import request_supervision, statement, supervise
from signatures.envelopes.services.uploading import (
    Upload,
    authorise_upload,
    begin_upload,
    drop_upload,
    running_upload,
    sweep_uploads,
)

__all__ = [
    "IntakeId",
    "Locked",
    "RosterId",
    "Subject",
    "ToAttest",
    "ToRewrap",
    "Upload",
    "abandon_intake",
    "accept",
    "activate_roster",
    "alarm_quorums",
    "authorise_upload",
    "begin_opening",
    "begin_rehearsal",
    "begin_upload",
    "complete_receipt",
    "decrypt_ready",
    "draft_roster",
    "drop_upload",
    "end_rehearsal_sealing",
    "end_windows",
    "enrol_key",
    "hand_over",
    "hold_opening",
    "locked_for_bidder",
    "locked_for_officer",
    "move_deadline",
    "open_intake",
    "opened_json",
    "prepare_attestation",
    "request_supervision",
    "resume_opening",
    "retire_roster",
    "running_upload",
    "set_duty",
    "shares_to_rewrap",
    "sign_receipt",
    "stamp_pending",
    "statement",
    "successors",
    "supervise",
    "sweep_uploads",
    "try_key",
    "unlock_as_bidder",
    "unlock_as_officer",
    "unwrap_ticket",
    "withdraw",
    "witness_handover",
]
