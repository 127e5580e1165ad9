"""Real dispatchers beside the test."""
from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.db import connection


def url_of_test_database() -> str:
    db = connection.settings_dict
    return f"postgres://{db['USER']}@/{db['NAME']}?host={db['OPTIONS'].get('host') or db['HOST']}"


def manage(*words: str, **environ: str) -> subprocess.Popen:
    """`manage.py …` on the database of the test, with the same key."""
    return subprocess.Popen([sys.executable, "manage.py", *words], env={
        **os.environ, "DATABASE_URL": url_of_test_database(), "HOUQIN_SECRET_KEY": settings.SECRET_KEY, "HOUQIN_OUTSIDE": "127.0.0.0/8",
        **environ})


def wait_for(test: Any, seconds: float, what: str = "it") -> float:
    """Seconds until the test held."""
    begun = time.monotonic()
    while not test():
        assert time.monotonic() - begun < seconds, f"{what} did not happen within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - begun
