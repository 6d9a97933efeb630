"""Bidder numbers that anybody can compute again: committed with the notice, drawn by the order of submission, revealed.

All of it stands in the public stream `numbers:<lot>` of the log; docs/adr/0019 says why it is no draw of
`signatures.draws`.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from commons.domain.actor import Actor, system_actor
from commons.evidence import queries as evidence
from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON
from commons.evidence.domain.chain import Link
from commons.evidence.services import append
from exchange.auctions.domain.aliases import POOL, Entropy, alias_of, draw_of, stream_of
from exchange.auctions.domain.blinding import blinded_ref
from exchange.auctions.models import NumberDraw, Registration
from exchange.projects.domain.states import LotState
from exchange.projects.models import Lot
from signatures.draws.domain import hs1

PAGE = 500
PLATFORM = system_actor("platform")
OVER = frozenset(
    {
        LotState.HAMMERED,
        LotState.NOTICED,
        LotState.CONTRACTED,
        LotState.PAID,
        LotState.REGISTERED,
        LotState.CLOSED,
        LotState.FAILED,
        LotState.TERMINATED,
    }
)
"""Nobody bids under a number any more."""


def commit_numbers(lot: Lot, *, actor: Actor, at: datetime, entropy: Entropy) -> None:
    """Fix the numbers of a lot with its notice: the secret stays sealed, what it hashes to is published."""
    secret = entropy(hs1.SECRET_BYTES)
    commitment = hs1.commitment_to(secret)
    NumberDraw.objects.create(lot=lot, secret=secret.hex(), commitment=commitment)
    payload: dict[str, JSON] = {
        "algorithm": hs1.ALGORITHM,
        "draw_id": draw_of(lot.pk),
        "roster_sha256": hs1.list_sha256(POOL),
        "first": POOL[0],
        "last": POOL[-1],
        "commitment": commitment,
    }
    append(stream=stream_of(lot.pk), type="NumbersCommitted", actor=actor, payload=payload, decided_at=at)


def next_place(lot: Lot) -> int:
    """The place of the next buyer to submit in a lot. The caller holds the lot's lock."""
    last = Registration.objects.filter(lot=lot).aggregate(last=Max("place"))["last"]
    return (last or 0) + 1


def number_of(registration: Registration) -> str:
    """The number that a submitted registration owns. Refuses (`NoAliasLeft`)."""
    draw = NumberDraw.objects.get(lot_id=registration.lot_id)
    assert registration.place is not None, "a registration is submitted at its place"
    return alias_of(draw_of(registration.lot_id), bytes.fromhex(draw.secret), registration.place)


def to_reveal(limit: int) -> list[int]:
    """Lots whose numbers may be known and are not."""
    over = NumberDraw.objects.filter(revealed_at=None, lot__state__in=[state.value for state in OVER])
    return list(over.order_by("lot_id").values_list("lot_id", flat=True)[:limit])


@transaction.atomic
def reveal_numbers(lot_id: int, *, at: datetime) -> bool:
    """Publish the secret, every submission in its order, and who got which number; once."""
    draw = NumberDraw.objects.select_related("lot").get(lot_id=lot_id)
    if draw.lot.state not in OVER or not NumberDraw.objects.filter(pk=draw.pk, revealed_at=None).update(revealed_at=at):
        return False
    drawn = Registration.objects.filter(lot_id=lot_id).exclude(alias="")
    numbers = {blinded_ref(row.organisation_id, row.salt): row.alias for row in drawn}
    payload: dict[str, JSON] = {
        "secret": draw.secret,
        "submissions": [_submission(link) for link in _submissions(lot_id)],
        "numbers": dict(sorted(numbers.items())),
    }
    append(stream=stream_of(lot_id), type="NumbersRevealed", actor=PLATFORM, payload=payload, decided_at=at)
    return True


def _submissions(lot_id: int) -> Iterator[Link]:
    seq = 0
    while links := evidence.entries(f"lot:{lot_id}", after_seq=seq, limit=PAGE):
        yield from (link for link in links if link.type == "RegistrationSubmitted")
        seq = links[-1].seq


def _submission(link: Link) -> JSON:
    """An entry as anybody finds it in the log, by its place and hash, and whose it is, blinded."""
    payload = canonical.decode(link.payload)
    assert isinstance(payload, dict), "payloads are objects"
    return {"seq": str(link.seq), "hash": link.hash.hex(), "buyer": payload["buyer"]}
