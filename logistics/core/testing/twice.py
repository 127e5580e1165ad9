"""Every periodic task run twice leaves the same rows as run once."""
from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection

QUIET = {"django_session", "pghistory_context", "alerts_heartbeat"}  # a heartbeat says when, not what


def fingerprint() -> dict[str, Any]:
    """A digest of every table of the project."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted({model._meta.db_table for model in apps.get_models()} & set(connection.introspection.table_names()) - QUIET):
            cursor.execute(f"SELECT count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 8))::bit(32)::bigint), 0) FROM \"{table}\" t")
            found[table] = cursor.fetchone()
    return found


def not_idempotent(tasks: dict[str, Any]) -> list[str]:
    """Tasks whose second run changed something."""
    problems = []
    for name, run in tasks.items():
        run()
        once = fingerprint()
        run()
        again = fingerprint()
        changed = [table for table in once if once[table] != again[table]]
        if changed:
            problems.append(f"{name}: a second run changed {', '.join(changed)}")
    return problems
