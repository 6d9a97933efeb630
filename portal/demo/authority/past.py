"""While the past of the city is built, the embedded authority answers as of the time of the story, not of today."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from asn1crypto import x509
from django.conf import settings

from portal.demo.authority.city import CityAuthority
from signatures.crypto.authorities import TrustedAuthority
from signatures.crypto.revocation import RevocationData, ocsp_question
from signatures.crypto.timestamps import Stamper, request, token_of

HERE = "portal.demo.authority.past"
LISTS = {
    "lingnan": ("lingnan-ca", "lingnan-root"),
    "zhujiang": ("zhujiang-ca", "zhujiang-root"),
    "time": ("time-root",),
    "national": ("national-root",),
}

_authority: list[CityAuthority] = []
"""Who answers as long as the story is told."""


class StoryStamps(Stamper):
    """The first time-stamp authority of the city, asked without a network, at any time."""

    def stamp(self, digest: bytes, *, at: datetime) -> bytes:
        """A token over the digest that says `at`."""
        asked = request(digest)
        return token_of(_authority[0].time_stamp("tsa1", asked.der, at=at), asked, digest)


class StoryRevocation:
    """What the authority answered at the time of the story about a certificate."""

    def about(self, *, certificate: bytes, issuer: bytes, authority: TrustedAuthority, at: datetime) -> RevocationData:
        """Lists and, for a holder's certificate, the answer of the responder, as of `at`."""
        city = _authority[0]
        lists = tuple(city.crl(label, at=at) for label in LISTS[authority.key])
        if not authority.ocsp_urls or x509.Certificate.load(certificate).ca:
            return RevocationData(crls=lists, fetched_at=at)
        answer = city.ocsp(f"{authority.key}-ca", ocsp_question(certificate, issuer), at=at)
        return RevocationData((answer,), lists, fetched_at=at)


@contextmanager
def answered_by_the_story(authority: CityAuthority) -> Iterator[None]:
    """Stamps and answers about revocation come from `authority` at the story's time as long as the block lasts."""
    before = settings.HOOKS
    _authority[:] = [authority]
    settings.HOOKS = {**before, "time_stamps": f"{HERE}.StoryStamps", "revocation": f"{HERE}.StoryRevocation"}
    try:
        yield
    finally:
        settings.HOOKS = before
        _authority.clear()
