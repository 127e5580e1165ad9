"""Files that work has made or read: kept for a while, then only what came of them stays."""
from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models

AT_ONCE = 1000


def forget_files(rows: models.QuerySet) -> int:
    """Delete the files that these rows name in `file`, at most a thousand in one go; how many rows lost theirs."""
    old = list(rows.exclude(file="").values_list("pk", "file")[:AT_ONCE])
    for _pk, name in old:
        (Path(settings.MEDIA_ROOT) / name).unlink(missing_ok=True)
    return rows.model._base_manager.filter(pk__in=[pk for pk, _name in old]).update(file="")
