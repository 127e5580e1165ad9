"""Brings database, translations, static files and demo data up to date, in one Django process.

Progress goes to the error stream; the standard output carries the demo accounts only.
"""
from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from logistics.local.setup import digest, has_text, say
from logistics.local.translations import compile_catalogues

UNSERVED = ["*.map", "redoc", "rest_framework"]  # no page asks for them, and packing them takes most of the time


def main() -> None:
    compile_catalogues()
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    collect_static()
    if settings.DEMO:
        call_command("demo", "--if-empty", stdout=sys.stderr)
        call_command("demo", "--accounts")


def collect_static() -> None:
    """Static files with their hashed names, only when one of them changed: hashing and packing takes seconds."""
    done = Path(settings.STATIC_ROOT) / ".inputs.sha256"
    inputs = static_inputs()
    if has_text(done, inputs):
        return
    say("Collecting the static files …")
    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=UNSERVED)
    done.write_text(inputs)


def static_inputs() -> str:
    """One digest over the name, size and time of every file that would be collected, and over the rules of collecting."""
    files = [digest(Path(settings.BASE_DIR) / "logistics" / "settings.py")]
    for finder in get_finders():
        for name, storage in finder.list([]):
            state = os.stat(storage.path(name))
            files.append(f"{getattr(storage, 'prefix', '')}/{name} {state.st_size} {state.st_mtime_ns}")
    return hashlib.sha256("\n".join(files).encode()).hexdigest()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "logistics.settings")
    main()
