"""`manage.py bench`: fill a database with a million work orders and measure the pages against raw SQL for the same rows."""
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Measure the main pages at --rows work orders; prints a table and writes var/bench.json."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--rows", type=int, default=1_000_000)
        parser.add_argument("--runs", type=int, default=30)

    def handle(self, *args: Any, **options: Any) -> None:
        from bench.run import run

        run(rows=options["rows"], runs=options["runs"], say=self.stdout.write)
