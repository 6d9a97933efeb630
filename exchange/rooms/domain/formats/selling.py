"""The hammer of the formats that sell: the standing offers go through the clearing of the rules."""

from exchange.rooms.domain.formats.descending import settle as clear_at_the_hammer

__all__ = ["clear_at_the_hammer"]
