"""Blind volumes 暗标: what experts judge without knowing whose it is."""

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class VolumeNotBlind(Refusal):
    """A blind volume would tell whose it is."""

    code = "VOLUME_NOT_BLIND"
    message = gettext_noop("This volume cannot be judged blind: %(reason)s. Hand in a PDF without it.")
    status = 400
