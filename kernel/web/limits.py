"""How often something may happen: counters in the cache, per key and window of time."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase
from redis.exceptions import RedisError

from kernel import audit
from kernel.actor import Actor, Kind
from kernel.errors import TooMany
from kernel.web.addresses import source_of
from kernel.web.http import actor_of, error_response

log = logging.getLogger(__name__)

MINUTE: Final = 60
SHARES: Final = 100
"""A process tells the others after each hundredth of a limit: counting costs no round trip a request."""


def hit(key: str, limit: int, seconds: int, times: int = 1) -> int:
    """Count `times` events of `key` and answer how many there were in the present window of `seconds`.

    Raises TooMany (429) above `limit`. `key` may name an address or an account: it is stored as a digest.
    Where the cache does not answer nobody is locked out: 0, with a warning in the log.
    """
    window = int(time.time()) // seconds
    name = "limit:" + hashlib.sha256(f"{key}:{seconds}:{window}".encode()).hexdigest()
    try:
        cache.add(name, 0, seconds + 1)
        count = cache.incr(name, times)
    except (RedisError, OSError, ValueError) as error:
        log.warning("limits are not counted, the cache does not answer: %s", error)
        return 0
    if count > limit:
        raise _too_many(limit, seconds)
    return int(count)


def _too_many(limit: int, seconds: int) -> TooMany:
    left = seconds - int(time.time()) % seconds
    return TooMany(detail={"limit": limit, "seconds": seconds, "retry_after": left})


class Pace:
    """Requests a minute per key: counted in this process, shared with the others a hundredth of the limit at a time.

    So a limit is kept to about one hundredth of it per process.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.window = 0
        self.counts: dict[str, int] = {}
        self.over: set[str] = set()

    def step(self, key: str, limit: int) -> None:
        """One more request of `key`. Raises TooMany above `limit` a minute."""
        share = max(1, limit // SHARES)
        with self.lock:
            window = int(time.time()) // MINUTE
            if window != self.window:
                self.window, self.counts, self.over = window, {}, set()
            if key in self.over:
                raise _too_many(limit, MINUTE)
            self.counts[key] = self.counts.get(key, 0) + 1
            if self.counts[key] % share:
                return
        try:
            hit(key, limit, MINUTE, share)
        except TooMany:
            with self.lock:
                self.over.add(key)
            raise

    def first_refusal(self, key: str) -> bool:
        """Whether this refusal of `key` is the first of its window here: that one is recorded."""
        with self.lock:
            fresh = f"told:{key}" not in self.counts
            self.counts[f"told:{key}"] = 1
        return fresh


PACE: Final = Pace()


def pace(by: Actor) -> None:
    """One more request of this account or client. Raises TooMany (429) above its limit a minute."""
    if by.id is None:
        return
    limit = settings.RATE_CLIENT if by.kind is Kind.CLIENT else settings.RATE_ACCOUNT
    _step(f"actor:{by.id}", limit, lambda: by)


def _step(key: str, limit: int, who: Callable[[], Actor]) -> None:
    try:
        PACE.step(key, limit)
    except TooMany:
        if PACE.first_refusal(key):
            audit.record_refusal(by=who(), action="access.too_many", detail={"limit": limit, "kind": key[:6]})
        raise


class PaceMiddleware:
    """Refuses (429) a source that asks too often, and at the portal an account that does.

    Stands behind whatever knows who asks. A client is counted where its token is read (`pace`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        known = getattr(request, "actor", None)
        limit = settings.RATE_SOURCE if known is not None else settings.RATE_MACHINES
        try:
            _step(f"source:{source_of(request)}:{known is not None}", limit, lambda: actor_of(request))
            if known is not None:
                pace(known)
        except TooMany as refusal:
            return error_response(request, refusal)
        return self.get_response(request)
