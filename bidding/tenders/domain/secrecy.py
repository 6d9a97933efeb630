"""What is hidden from whom until when: the one matrix of a tender before its opening.

Who took the documents, who is invited, who applied and who bids, and how many, are secret from everybody until the
opening (招标投标法 第22条; 财政部令第87号 第28条). By nature the owner who judges applications for prequalification
learns the applicants once their time is over, and who invites knows whom; consoles of the centre show no counts.
A single source is no secret: its notice names it (财政部令第74号 第38条).
"""

from enum import Flag, StrEnum, auto


class Stage(StrEnum):
    """Where a section stands for secrecy."""

    BEFORE = "BEFORE"
    """Until the applications end (or, without prequalification, until the opening)."""
    JUDGING = "JUDGING"
    """Applications ended, bids still sealed."""
    OPENED = "OPENED"


class Viewer(StrEnum):
    PUBLIC = "PUBLIC"
    BIDDER = "BIDDER"
    OWNER = "OWNER"
    STAFF = "STAFF"
    REGULATOR = "REGULATOR"
    AUDITOR = "AUDITOR"


class Sight(Flag):
    """What may be seen of other bidders."""

    NOTHING = 0
    INVITED = auto()
    APPLICANTS = auto()
    TAKERS = auto()
    COUNT = auto()


_ALL = Sight.INVITED | Sight.APPLICANTS | Sight.TAKERS | Sight.COUNT

_MATRIX: dict[tuple[Stage, Viewer], Sight] = {
    (Stage.BEFORE, Viewer.OWNER): Sight.INVITED,
    (Stage.JUDGING, Viewer.OWNER): Sight.INVITED | Sight.APPLICANTS,
    (Stage.OPENED, Viewer.OWNER): _ALL,
    (Stage.OPENED, Viewer.STAFF): _ALL,
    (Stage.OPENED, Viewer.REGULATOR): _ALL,
    (Stage.OPENED, Viewer.AUDITOR): _ALL,
}


def sight(stage: Stage, viewer: Viewer) -> Sight:
    """What `viewer` may see of other bidders; nothing where the matrix is silent."""
    return _MATRIX.get((stage, viewer), Sight.NOTHING)
