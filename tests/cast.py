"""The cast: the same named parties in every test and in the demo city."""

from portal.demo.cast import LONG_AGO, ORGANISATIONS, PARTIES, PASSWORD, actor, organisation, person, uscc

__all__ = ["LONG_AGO", "ORGANISATIONS", "PARTIES", "PASSWORD", "actor", "organisation", "person", "uscc"]
