"""The supermarket of the demo city: its catalogue, owners and agencies, and needs in every stage of the sign-up."""

from dataclasses import dataclass
from datetime import datetime

from portal.demo.supermarket import agencies, catalogue, citizens, needs
from portal.demo.supermarket.agencies import agency_actor
from portal.demo.supermarket.needs import base_need

__all__ = ["Supermarket", "agency_actor", "base_need", "build"]


@dataclass(frozen=True, slots=True)
class Supermarket:
    """What was built, by name, for whoever goes on from here."""

    items: dict[str, int]
    agencies: dict[str, int]
    owner_id: int
    needs: dict[str, int]


def build(*, at: datetime) -> Supermarket:
    """Fill the supermarket as of `at`: catalogue, ten agencies, an owner, a citizen, an entry to check, and needs."""
    items = catalogue.enter()
    entered = agencies.enter_agencies(items)
    owner = agencies.enter_owner()
    agencies.begin_an_entry(items, at)
    agencies.subscribe(items)
    made = needs.enter_needs(items, at)
    return Supermarket(items, entered, owner, made | {"citizen": citizens.enter_citizen(items, at)})
