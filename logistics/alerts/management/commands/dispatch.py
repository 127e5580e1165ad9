"""Runs the dispatcher that sends what waits in the outbox."""
from __future__ import annotations

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from logistics.alerts.delivery import Dispatcher


class Command(BaseCommand):
    """`manage.py dispatch`: sends notices as they are written, until it is told to stop; several may run at once."""

    help = "Send notices and events as they are written, until told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Send what is due now and end.")

    def handle(self, *args: Any, **options: Any) -> None:
        dispatcher = Dispatcher()
        signal.signal(signal.SIGTERM, dispatcher.stop)
        signal.signal(signal.SIGINT, dispatcher.stop)
        if options["once"]:
            sent = dispatcher.once()
            self.stdout.write(f"{sent} sent")
        else:
            dispatcher.run()
