"""Runs the watchdog."""
from __future__ import annotations

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from logistics.alerts.watchdog import Watchdog
from logistics.core import clock


class Command(BaseCommand):
    """`manage.py watchdog`: looks every 5 seconds whether those who should speak do, until it is told to stop."""

    help = "Watch the dispatcher, the outbox and the deadlines, and speak by a channel of its own."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Look once and end.")

    def handle(self, *args: Any, **options: Any) -> None:
        dog = Watchdog()
        signal.signal(signal.SIGTERM, dog.stop)
        signal.signal(signal.SIGINT, dog.stop)
        if options["once"]:
            said = dog.once(clock.now())
            self.stdout.write("\n".join(said) or "all is well")
        else:
            dog.run()
