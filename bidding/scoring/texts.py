"""The steps of a scoring in the reader's language."""

from django.utils.translation import gettext

from bidding.scoring.domain.model import Flag, Step


def sentence(step: Step) -> str:
    return gettext(step.text) % step.fields


def flag_json(flag: Flag) -> dict[str, str]:
    return {"bidder": flag.bidder, "code": flag.code.value, "reason": sentence(flag.reason)}
