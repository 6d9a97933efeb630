"""Public identifiers that tell nothing: neither how many there are nor which came first.

A number that counts up lets a rival count ("my registration is 41, yesterday it was 38"). What stands in addresses,
on virtual accounts and on payments is random instead; the database keeps it unique.
"""

import secrets

LARGEST = 2**53 - 1
"""The largest whole number that JSON readers keep exactly (RFC 8259, section 6)."""


def random_number() -> int:
    """The number of a row as addresses show it: 16 digits, below `LARGEST`."""
    return 10**15 + secrets.randbelow(LARGEST - 10**15)


def random_digits(length: int) -> str:
    """So many decimal digits."""
    return f"{secrets.randbelow(10**length):0{length}d}"
