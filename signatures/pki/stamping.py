"""Time stamps from the services of the trust list, in their order."""

from datetime import datetime
from functools import lru_cache

from signatures.crypto.timestamps import FailOver, HttpStamper
from signatures.pki.queries import time_stamp_urls


class ConfiguredStamper:
    """Asks the configured time-stamp services in turn; remembers in this process which one failed lately."""

    def stamp(self, digest: bytes, *, at: datetime) -> bytes:
        return _fail_over(time_stamp_urls()).stamp(digest, at=at)


@lru_cache(maxsize=4)
def _fail_over(urls: tuple[str, ...]) -> FailOver:
    return FailOver([HttpStamper(url) for url in urls])
