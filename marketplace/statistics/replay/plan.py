"""What happens in a replayed year, drawn from a seed: the same seed gives the same year. Pure."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from marketplace.procurement.domain.methods import Method
from marketplace.statistics.replay.profiles import Profile

PROFESSIONS = 24
"""Agencies of one profession offer the same items; so that a notice finds as many as sign up."""
SEED = 20180101


@dataclass(frozen=True, slots=True)
class SignUpPlan:
    """An agency signs up on the day `day` of the sign-up, with a quote as a share of the ceiling."""

    agency: int
    day: int
    share: Decimal


@dataclass(frozen=True, slots=True)
class NoticePlan:
    """One notice: by whom, for what, how, and what becomes of it."""

    number: int
    owner: int
    item: int
    method: Method
    ceiling: Decimal
    sign_ups: tuple[SignUpPlan, ...]
    fails: bool
    gives_up: bool
    """The first winner gives up."""
    silent: bool
    """The owner does not rate in time."""
    stars: tuple[int, int, int, int]


def profession_of_item(item: int, profile: Profile) -> int:
    return item % professions(profile)


def professions(profile: Profile) -> int:
    """Fewer in a small replay, so that each has agencies enough."""
    return max(1, min(PROFESSIONS, profile.items, profile.agencies // 24))


def agencies_of(profession: int, profile: Profile) -> range:
    """The numbers of the agencies of a profession."""
    return range(profession, profile.agencies, professions(profile))


def notices(profile: Profile) -> Iterator[NoticePlan]:
    """Every notice of the year, in order. One at a time: nothing of the year is held."""
    chance = random.Random(SEED)  # noqa: S311  # a simulation, repeatable on purpose
    methods, weights = list(profile.methods), list(profile.methods.values())
    failing = frozenset(chance.sample(range(profile.notices), profile.failed))
    open_ones = profile.notices - profile.failed
    left, spent = profile.sign_ups, 0
    for number in range(profile.notices):
        fails = number in failing
        method = chance.choices(methods, weights)[0]
        if fails and method is Method.DIRECT:
            method = Method.LOWEST_PRICE
        item = chance.randrange(profile.items)
        most = len(agencies_of(profession_of_item(item, profile), profile))
        if fails or method is Method.DIRECT:
            count = 0
        else:
            rest = open_ones - spent
            mean = left / max(1, rest)
            count = max(3, min(most, round(chance.triangular(mean * 0.4, mean * 1.6, mean))))
        spent += 0 if fails else 1
        left -= count
        yield _notice(chance, profile, number, item, method, count, fails)


def _notice(
    chance: random.Random, profile: Profile, number: int, item: int, method: Method, count: int, fails: bool
) -> NoticePlan:
    group = agencies_of(profession_of_item(item, profile), profile)
    chosen = chance.sample(group, count)
    limit = 90_000 if method is Method.DIRECT else 700_000
    ceiling = Decimal(chance.randrange(10_000, limit, 500)).quantize(Decimal("0.01"))
    best = float(1 - profile.saving) * chance.uniform(0.9, 1.1)
    shares = [min(1.0, best * (1 + chance.expovariate(6))) if place else min(1.0, best) for place in range(count)]
    chance.shuffle(shares)
    return NoticePlan(
        number=number,
        owner=chance.randrange(profile.owners),
        item=item,
        method=method,
        ceiling=ceiling,
        sign_ups=tuple(
            SignUpPlan(agency, chance.randrange(3), Decimal(f"{share:.4f}"))
            for agency, share in zip(chosen, shares, strict=True)
        ),
        fails=fails,
        gives_up=count > 5 and chance.random() < 0.008,
        silent=chance.random() < 0.1,
        stars=(chance.choice((3, 4, 4, 5, 5, 5)), chance.choice((3, 4, 5, 5)), chance.choice((4, 5, 5)), 5),
    )
