"""What can be objected to at which stage of a section (招标投标法实施条例 第22, 44, 54条; 政府采购法 第52条)."""

from enum import StrEnum

from bidding.profiles.domain.vocabulary import LimitName
from bidding.tenders.domain.states import SectionState


class ObjectionStage(StrEnum):
    PREQUALIFICATION = "PREQUALIFICATION"
    DOCUMENTS = "DOCUMENTS"
    OPENING = "OPENING"
    RESULT = "RESULT"


STAGE_LIMITS = {
    ObjectionStage.PREQUALIFICATION: LimitName.OBJECTION_PREQUALIFICATION,
    ObjectionStage.DOCUMENTS: LimitName.OBJECTION_DOCUMENTS,
    ObjectionStage.OPENING: LimitName.OBJECTION_DOCUMENTS,
    ObjectionStage.RESULT: LimitName.OBJECTION_RESULT,
}

_STAGES = {
    SectionState.PREQUALIFYING: ObjectionStage.PREQUALIFICATION,
    SectionState.BIDDING: ObjectionStage.DOCUMENTS,
    SectionState.OPENING: ObjectionStage.OPENING,
    SectionState.PUBLICIZED: ObjectionStage.RESULT,
}


def stage_of(state: SectionState) -> ObjectionStage | None:
    """What a section in that state can be objected to for; nothing where it cannot."""
    return _STAGES.get(state)
