"""`manage.py demo`: a believable school, the same every time; `--accounts` prints the people to enter as."""
from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from logistics.core.demo import World
from logistics.core.registry import rooms


class Command(BaseCommand):
    help = "Load the demo school into an empty database."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there are people already")
        parser.add_argument("--accounts", action="store_true", help="only print the demo accounts")
        parser.add_argument("--share", type=float, default=1.0, help="share of the requests and pupils, for quick tests")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["accounts"]:
            self.accounts()
            return
        if get_user_model()._default_manager.exists():
            if options["if_empty"]:
                return
            raise CommandError("There are people in this database already: the demo school needs an empty one (make reset).")
        began = time.monotonic()
        world = World(share=options["share"])
        with transaction.atomic():
            for _label, room in rooms("demo"):
                start = time.monotonic()
                if hasattr(room, "load"):
                    room.load(world)
                    self.stdout.write(f"  {room.__name__.removesuffix('.demo')}: {time.monotonic() - start:.1f} s")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self.stdout.write(f"demo school loaded in {time.monotonic() - began:.1f} s")

    def accounts(self) -> None:
        from logistics.accounts.demo import DEMO_PEOPLE, PASSWORD

        if not settings.DEMO:
            return
        for person in DEMO_PEOPLE:
            self.stdout.write(f"  {person.number:10} {PASSWORD}   {person.name_en:14} {person.line_en}")
