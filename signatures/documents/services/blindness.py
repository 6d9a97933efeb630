"""Whether a volume that experts judge blind tells whose it is; the file is read in the cage."""

from typing import Any, BinaryIO, cast

from commons.uploads import limited
from commons.uploads.domain import Cage
from signatures.documents.domain.blindness import VolumeNotBlind

JOB = "signatures.documents.pades.job:look_for_author"


def require_blind(file: BinaryIO, *, cage: Cage | None = None) -> None:
    """Refuses (`VolumeNotBlind`, with what tells the author) a volume that was sealed: it can only be taken as it is.

    A bidder takes such things off beforehand with `manage.py blind_check` or `python -m signatures.seal seal --blind`.
    Refuses also what is no safe PDF (`UploadUnsafe`).
    """
    found = cast("dict[str, Any]", limited.run(JOB, file, cage=cage))
    if found["reason"] or found["tells"]:
        raise VolumeNotBlind(reason=found["reason"] or ", ".join(found["tells"]))
