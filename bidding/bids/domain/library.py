"""What a company keeps for its bids."""

from enum import StrEnum


class ItemKind(StrEnum):
    """A licence 资质, a person 人员, or a finished project 业绩."""

    LICENCE = "LICENCE"
    PERSON = "PERSON"
    PERFORMANCE = "PERFORMANCE"
