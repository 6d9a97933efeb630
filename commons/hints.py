"""The cache between processes: Redis, which may be away. Meanwhile each process remembers for itself.

What lies here is a hint: who tried to sign in how often, which rooms open soon, what an authority answered. Losing it
costs a question more, never a page.
"""

import logging
import time
from typing import Any, ClassVar

import redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)

TRY_AGAIN_S = 2.0
"""So long nobody waits for a Redis that did not answer."""


class HintsCache(BaseCache):
    """Django's Redis cache; while Redis does not answer, the memory of this process."""

    _away_until: ClassVar[dict[str, float]] = {}

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._server = server
        self._shared = RedisCache(server, params)
        own = {name: value for name, value in params.items() if name != "OPTIONS"}
        self._own = LocMemCache(f"hints of {server}", own)

    def _ask(self, method: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self._away_until.get(self._server, 0.0):
            try:
                return getattr(self._shared, method)(*args, **kwargs)
            except (redis.RedisError, OSError) as error:
                self._away_until[self._server] = time.monotonic() + TRY_AGAIN_S
                logger.warning("Redis does not answer; this process remembers for itself: %s", error)
        return getattr(self._own, method)(*args, **kwargs)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("add", key, value, timeout, version))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._ask("get", key, default, version)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask("set", key, value, timeout, version)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("touch", key, timeout, version))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(self._ask("delete", key, version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return int(self._ask("incr", key, delta, version))

    def has_key(self, key: str, version: int | None = None) -> bool:
        return bool(self._ask("has_key", key, version))

    def clear(self) -> None:
        """Both, for what this process remembered must not come back either."""
        self._ask("clear")
        self._own.clear()
