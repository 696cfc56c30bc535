"""Limits count per key and window and never lock everybody out."""

import pytest
from django.core.cache import cache

from kernel import limits
from kernel.errors import TooMany


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


def test_up_to_the_limit_and_no_further():
    assert [limits.hit("signin:li", 3, 3600) for _ in range(3)] == [1, 2, 3]
    with pytest.raises(TooMany) as refused:
        limits.hit("signin:li", 3, 3600)
    assert 0 < refused.value.detail["retry_after"] <= 3600
    assert limits.hit("signin:wang", 3, 3600) == 1


def test_a_new_window_counts_anew(monkeypatch):
    monkeypatch.setattr(limits.time, "time", lambda: 1_000_000.0)
    assert limits.hit("k", 1, 60) == 1
    monkeypatch.setattr(limits.time, "time", lambda: 1_000_060.0)
    assert limits.hit("k", 1, 60) == 1


def test_a_cache_that_does_not_answer_lets_people_work(settings, caplog):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1",
        }
    }
    assert [limits.hit("k", 1, 60) for _ in range(3)] == [0, 0, 0]
    assert "the cache does not answer" in caplog.text
