"""`manage.py bench`: fill a database with a million work orders and measure the pages against raw SQL for the same rows."""
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Measure the main pages at --rows work orders; prints a table and writes var/bench.json."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--rows", type=int, default=1_000_000)
        parser.add_argument("--runs", type=int, default=30)
        parser.add_argument("--upkeep", action="store_true", help="Things, plans, orders and answers of a large school instead.")
        parser.add_argument("--whole", type=float, default=1.0, help="With --upkeep: the share of its size, such as 0.1.")

    def handle(self, *args: Any, **options: Any) -> None:
        from bench import upkeep
        from bench.run import run

        if options["upkeep"]:
            upkeep.run(runs=min(options["runs"], 10), whole=options["whole"], say=self.stdout.write)
            return
        run(rows=options["rows"], runs=options["runs"], say=self.stdout.write)
