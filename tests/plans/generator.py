"""A run of the generator in a process of its own, slow enough to be killed in the middle: `python -m tests.plans.generator`."""

from __future__ import annotations

import os
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "logistics.settings")

import django

django.setup()

from datetime import datetime  # noqa: E402

from logistics.core import clock  # noqa: E402
from maintenance.plans.services import generating  # noqa: E402

write = generating._write


def slowly(*args: object) -> None:
    """Each portion says that it is written, then rests."""
    write(*args)  # type: ignore[arg-type]
    print("written", flush=True)
    time.sleep(float(os.environ.get("PAUSE", "0")))


generating.CHUNK = 5
generating._write = slowly  # type: ignore[assignment]
if __name__ == "__main__":
    with clock.standing_at(datetime.fromisoformat(os.environ["NOW"])):
        generating.generate()
    print("ended", flush=True)
