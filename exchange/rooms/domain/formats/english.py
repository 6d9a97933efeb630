"""Extension English 延时竞价: free phase, waiting, timed phase in which each bid moves the close (Foshan, Ningxia)."""

from exchange.rooms.domain.formats.continuous import check, least_price
from exchange.rooms.domain.formats.play import Play, keeps_one_offer
from exchange.rooms.domain.formats.selling import clear_at_the_hammer

PLAY = Play(
    check=check,
    least_price=least_price,
    replaced=keeps_one_offer,
    settle=clear_at_the_hammer,
)
