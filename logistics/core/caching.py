"""The cache of the house: when it does not answer, it is an empty one. Pages are slower without it, and nothing else."""
from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def forgiving(name: str, otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """A command of the client that answers as an empty cache would when the server is away."""
    method = getattr(RedisCacheClient, name)

    @wraps(method)
    def act(self: RedisCacheClient, *args: Any) -> Any:
        try:
            return method(self, *args)
        except RedisError as error:
            log.warning("The cache does not answer (%s): %s", name, error)
            return otherwise(*args)

    return act


class ForgivingClient(RedisCacheClient):
    """All but counting: who counts (`incr`) must know that nothing was counted."""

    get = forgiving("get", lambda key, default: default)
    get_many = forgiving("get_many", lambda keys: {})
    has_key = forgiving("has_key", lambda key: False)
    add = forgiving("add", lambda key, value, timeout: True)
    set = forgiving("set", lambda key, value, timeout: None)
    set_many = forgiving("set_many", lambda data, timeout: None)
    touch = forgiving("touch", lambda key, timeout: False)
    delete = forgiving("delete", lambda key: False)
    delete_many = forgiving("delete_many", lambda keys: None)


class ForgivingCache(RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ForgivingClient
