"""Two checkpoints and the proof that the newer log extends the older one: `luochui-consistency/v1`.

    {"format":"luochui-consistency/v1","new":<note>,"old":<note>,"path":[<base64>…]}

The older note is one that somebody kept; a log that was rewound, forked or shown differently to different people has no
such proof. Standard library and `cryptography` only.
"""

from collections.abc import Mapping

from commons.evidence.domain import merkle
from commons.evidence.domain.exports import path_from
from commons.evidence.domain.notes import BadNote
from commons.evidence.domain.report import Report
from commons.evidence.domain.trust import Keyring

FORMAT = "luochui-consistency/v1"


def check(value: object, *, trusted: Keyring) -> Report:
    """Whether the proof holds; raises `ValueError` when `value` is of another form."""
    if not isinstance(value, Mapping) or value.get("format") != FORMAT:
        raise ValueError(f"the file is not of the form {FORMAT}")
    path = path_from(value.get("path"))
    report = Report()
    try:
        (old, _), (new, _) = trusted.open(str(value.get("old"))), trusted.open(str(value.get("new")))
    except BadNote as error:
        report.fault(f"a checkpoint cannot be believed: {error}")
        return report
    report.facts |= {"origin": new.origin, "old_size": str(old.size), "new_size": str(new.size)}
    if old.origin != new.origin:
        report.fault("the checkpoints are of different logs")
    if not _extends(old.size, old.root, new.size, new.root, path):
        report.fault("the newer log does not extend the older one")
    return report


def _extends(old: int, old_root: bytes, new: int, new_root: bytes, path: tuple[bytes, ...]) -> bool:
    """Every log extends the empty one, whose proof is empty."""
    if old == 0 < new:
        return old_root == merkle.EMPTY_ROOT and not path
    return merkle.is_consistent(old, old_root, new, new_root, path)
