"""Rate limits hold over all threads and processes, open again on time, and never stop a report when the cache is dead."""
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache

from logistics.core import clock
from logistics.core.ratelimit import Allowed, hit

# The start of a window of 60 s, so that no test straddles two.
MINUTE = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def key():
    return f"test:{uuid4()}"


def test_the_hit_after_the_last_allowed_one_is_told_when_to_come_back(key):
    with clock.standing_at(MINUTE + timedelta(seconds=12.5)):
        assert [hit(key, 2, 60) for _ in range(3)] == [Allowed(True), Allowed(True), Allowed(False, 48)]


def test_the_next_window_opens_at_the_promised_second(key):
    with clock.standing_at(MINUTE + timedelta(seconds=12.5)):
        hit(key, 1, 60)
        refused = hit(key, 1, 60)
    with clock.standing_at(MINUTE + timedelta(seconds=12.5 + refused.retry_after_s)):
        assert hit(key, 1, 60)


def test_keys_and_windows_of_other_length_are_counted_apart(key):
    with clock.standing_at(MINUTE):
        assert hit(key, 1, 60)
        assert hit(f"{key}:other", 1, 60)
        assert hit(key, 1, 3600)
        assert not hit(key, 1, 60)


def test_of_64_hits_at_once_exactly_the_limit_gets_through(key):
    def one(_):
        with clock.standing_at(MINUTE):
            return hit(key, 10, 60).ok

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(one, range(64))) == 10


def test_counters_vanish_by_themselves(key):
    with clock.standing_at(MINUTE):
        hit(key, 1, 60)
    counter = cache.make_key(f"rate:{key}:60:{int(MINUTE.timestamp() // 60)}")
    assert 0 < cache._cache.get_client(counter).ttl(counter) <= 180


def test_a_dead_cache_allows_the_hit_and_says_so_in_the_log(key, settings, caplog):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "unix:///nonexistent/valkey.sock"}}
    assert hit(key, 0, 60) == Allowed(True)
    assert "The cache does not answer" in caplog.text
