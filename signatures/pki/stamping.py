"""Time stamps from the services of the trust list, in their order."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from signatures.crypto import timestamps
from signatures.crypto.timestamps import FailOver, HttpStamper, Stamper, StampUnavailable
from signatures.pki import queries
from signatures.pki.services import judging


class ConfiguredStamper:
    """Asks the configured time-stamp services in turn; remembers in this process which one failed lately."""

    def stamp(self, digest: bytes, *, at: datetime) -> bytes:
        return _fail_over(queries.time_stamp_urls()).stamp(digest, at=at)


@dataclass(frozen=True, slots=True)
class Judged:
    """A service whose token is looked at before it is taken: one that does not hold is as good as none."""

    stamper: Stamper

    def stamp(self, digest: bytes, *, at: datetime) -> bytes:
        token = self.stamper.stamp(digest, at=at)
        status = timestamps.verify(
            token, digest=digest, at=at, trust=queries.trust_store(), revocation=judging.revocation_source()
        )
        if not status.valid:
            refusal = status.certificate.refusal if status.certificate else None
            raise StampUnavailable(f"the token does not hold ({refusal.code if refusal else 'TIME_STAMP_WRONG'})")
        return token


@lru_cache(maxsize=4)
def _fail_over(urls: tuple[str, ...]) -> FailOver:
    return FailOver([Judged(HttpStamper(url)) for url in urls])
