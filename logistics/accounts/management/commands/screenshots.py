"""`manage.py screenshots`: what every kind of user sees, as PNG files under var/screenshots."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Photograph the main pages of every demo person: 390 and 1,440 px, Chinese and English, three of them dark too."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--person", action="append", help="the number of a demo person, e.g. S1001; may be repeated (default: all)")

    def handle(self, *args: Any, **options: Any) -> None:
        from bench.screenshots import photograph
        from logistics.local.prepare import collect_static

        if not settings.DEMO:
            raise CommandError("Screenshots show the demo school: set HOUQIN_DEMO=1 and load it with `manage.py demo`.")
        collect_static()
        made = photograph(Path(settings.VAR_DIR) / "screenshots", only=options["person"])
        self.stdout.write(f"{made} pictures in {Path(settings.VAR_DIR) / 'screenshots'}")
