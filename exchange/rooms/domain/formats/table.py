"""Which module plays which format."""

from exchange.rooms.domain.formats import descending, english, limited_quotes, sealed_call
from exchange.rooms.domain.formats.play import Play
from exchange.rooms.domain.phases import Format

PLAYS: dict[Format, Play] = {
    Format.ENGLISH: english.PLAY,
    Format.LIMITED_QUOTES: limited_quotes.PLAY,
    Format.SEALED_CALL: sealed_call.PLAY,
    Format.DESCENDING: descending.PLAY,
}
