"""Pictures of the demo school: each kind of user walks through the main pages with a camera."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from assets.models import Downtime, Equipment, Meter, RenewalItem, Requirement, SafetyGroup, Scheme, StatutoryRecord
from bench.browser import DESKTOP, PHONE, chromium, enter, serving, speak, window
from logistics.accounts.demo import DEMO_PEOPLE
from logistics.accounts.models import Person
from logistics.alerts.models import Alert, Chain
from logistics.campus.models import FloorPlan, Place, Tag, TagBinding, WorkCalendar
from logistics.core.models import Approval, ImportBatch, Job, SyncConflict
from maintenance.models import (
    Checklist,
    Finding,
    MaintenancePlan,
    Outage,
    Permit,
    PlanOccurrence,
    Quote,
    RepairRequest,
    Round,
    Route,
    WorkOrder,
)

SIZES = {"phone": PHONE, "desktop": DESKTOP}
SETTLING_MS = 150  # scripts furnish selects and photos after the load
DARK = {("S1001", "queue"), ("S0002", "figures"), ("S1101", "today")}
Pages = dict[str, str]


def pages_of() -> dict[str, Pages]:
    """Number of a person -> name of a page -> its address; "visitor" is nobody. Records are looked up, so none is empty."""
    tag = Tag.objects.filter(state="bound", place__public=True, place__use="toilet").order_by("pk").first()
    room = Place.objects.filter(kind="room", use="classroom").order_by("pk").first()
    order = WorkOrder.objects.filter(state__in=["in_progress", "on_hold"]).order_by("-pk").first()
    calendar = WorkCalendar.objects.order_by("pk").first()
    thing = Equipment.objects.filter(use_state="locked").order_by("pk").first() or Equipment.objects.order_by("pk").first()
    assert tag and room and order and calendar and thing
    walk = Round.objects.live().filter(inspector__number="S1501").order_by("window_to").first()
    again = Finding.objects.filter(state="rectified").order_by("-pk").first()
    door, report = reverse("tag", args=[tag.code]), f"{reverse('maintenance:report')}?tag={tag.code}"
    home: Pages = {"home": reverse("home")}
    return {
        "visitor": {"sign-in": reverse("sign-in"), "tag": door, "report": reverse("guest-report", args=[tag.code])},
        "20240312": home
        | named("maintenance:report", "maintenance:mine", "notifications", "profile")
        | {"tag": door, "report-here": report}
        | own_report("20240312"),
        "T2031": home | named("maintenance:mine", "campus:tree") | {"tag": door} | own_report("T2031"),
        "S1001": home
        | named(
            "maintenance:queue",
            "maintenance:workorder-board",
            "maintenance:workorder-list",
            "maintenance:repairrequest-list",
            "maintenance:buildings",
        )
        | named("maintenance:report-for", "maintenance:wallboard", "staff:roster", "maintenance:technician-list")
        | named("alerts:inbox", "alerts:duties", "alerts:duties-calendar", "core:syncconflict-list", "maintenance:calendar", "approvals")
        | {
            "order": order.get_absolute_url(),
            "filters": f"{reverse('maintenance:workorder-list')}?state=open&sort=priority",
            "select": f"{reverse('maintenance:workorder-list')}?select=1",
            "search": f"{reverse('search')}?q=水龙头",
            "search-en": f"{reverse('search')}?q=tap",
        }
        | newest(alert=Alert.objects.unresolved(), conflict=SyncConflict.objects.all()),
        "S1101": named("maintenance:today", "scan", "staff:my-duties", "notifications", "how-i-am-told", "outbox", "sent-from-phone")
        | named("offline")
        | own_order("S1101")
        | thing_label(),
        "S1501": home
        | named("scan", "notifications")
        | {"round": reverse("maintenance:round-walk", args=[walk.pk]) if walk else reverse("maintenance:my-rounds")}
        | newest(walked=Round.objects.done().filter(failed__gt=0)),
        "S0001": home
        | named(
            "maintenance:finding-list", "maintenance:round-list", "maintenance:route-list", "maintenance:controlsheet-list", "alerts:inbox"
        )
        | named(
            "assets:certificates", "assets:statutory-calendar", "assets:safetygroup-list", "assets:scheme-list", "maintenance:permit-list"
        )
        | newest(
            finding=Finding.objects.filter(state="rectified"),
            major=Finding.objects.filter(level="major").exclude(state="verified"),
            permit=Permit.objects.all(),
            certificate=Requirement.objects.filter(next_due_on__isnull=False),
            scheme=Scheme.objects.all(),
            unit=SafetyGroup.objects.all(),
            checklist=Checklist.objects.filter(active=True),
            route=Route.objects.all(),
            record=StatutoryRecord.objects.all(),
        )
        | {"look": reverse("maintenance:finding-look", args=[again.pk]) if again else reverse("maintenance:finding-list")},
        "S1100": home | named("maintenance:workorder-board", "maintenance:workorder-list", "staff:roster", "staff:certificate-board"),
        "S1002": home
        | named(
            "maintenance:queue",
            "maintenance:figures",
            "maintenance:symptom-list",
            "maintenance:servicepolicy-list",
            "assets:equipment-list",
        )
        | named("alerts:chain-list", "alerts:silence-list", "alerts:kinds", "alerts:wallboard", "core:limit-list", "approvals")
        | named("alerts:reportschedule-list", "alerts:figures")
        | {"equipment": thing.get_absolute_url(), "equipment-add": reverse("assets:equipment-add")}
        | newest(alert=Alert.objects.filter(flapping=True), chain=Chain.objects.all(), approval=Approval.objects.all())
        | named(
            "maintenance:facilities",
            "maintenance:planner",
            "maintenance:maintenanceplan-list",
            "maintenance:planoccurrence-list",
            "maintenance:outage-list",
        )
        | named("assets:renewal", "assets:downtime-list", "assets:meter-list", "assets:supply-list", "assets:criticalload-list")
        | newest(
            plan=MaintenancePlan.objects.filter(category__code="pump"),
            due=PlanOccurrence.objects.filter(state="generated"),
            outage=Outage.objects.all(),
            meter=Meter.objects.all(),
            renewal_item=RenewalItem.objects.all(),
            quote=Quote.objects.all(),
            stop=Downtime.objects.all(),
        )
        | named("core:importbatch-list", "core:job-list")
        | newest(imported=ImportBatch.objects.filter(state="imported"), job=Job.objects.filter(owner__number="S1002")),
        "S0002": home
        | named("maintenance:figures", "maintenance:buildings", "maintenance:workorder-list", "notifications", "approvals")
        | named("maintenance:facilities", "maintenance:planner", "assets:renewal", "maintenance:outage-list", "maintenance:finding-list"),
        "S0101": home
        | named("campus:tree", "campus:labels", "campus:stewards", "campus:place-list", "campus:tag-list", "campus:bind")
        | {"year": reverse("campus:calendar-year", args=[calendar.pk]), "place": room.get_absolute_url()}
        | {"import": reverse("campus:place-import"), "calendar": calendar.get_absolute_url()}
        | named("campus:use-map", "campus:idle-rooms", "campus:term-list")
        | newest(floor_plan=FloorPlan.objects.all()),
        "S0901": home
        | named(
            "accounts:person-list", "accounts:matrix", "accounts:explain", "accounts:person-add", "accounts:department-list", "profile"
        ),
        "S0801": home
        | named("maintenance:workorder-list", "accounts:rolegrant-list", "maintenance:figures")
        | {"history": reverse("maintenance:workorder-history", args=[order.pk])},
    }


def named(*names: str) -> Pages:
    """Pages by the names of their addresses."""
    return {name.rpartition(":")[2].removesuffix("-list"): reverse(name) for name in names}


def newest(**rows: QuerySet) -> Pages:
    """The page of the newest of these rows, where there is one."""
    found = {name: queryset.order_by("-pk").first() for name, queryset in rows.items()}
    return {name: row.get_absolute_url() for name, row in found.items() if row is not None}


def own_report(number: str) -> Pages:
    row = RepairRequest.objects.filter(reporter__number=number).order_by("-submitted_at").first()
    return {"my-report": reverse("maintenance:my-report", args=[row.pk])} if row else {}


def own_order(number: str) -> Pages:
    row = WorkOrder.objects.filter(lead__number=number).exclude(state__in=["closed", "cancelled"]).order_by("-pk").first()
    return {"order": reverse("maintenance:order", args=[row.pk])} if row else {}


def thing_label() -> Pages:
    """The label of a locked thing, as whoever scans it sees it."""
    locked = Equipment.objects.filter(use_state="locked").values("pk")
    row = (
        TagBinding.objects.filter(kind="assets.equipment", object_id__in=locked, during__upper_inf=True)
        .select_related("tag")
        .order_by("pk")
        .first()
    )
    return {"locked-label": reverse("tag", args=[row.tag.code])} if row else {}


def photograph(folder: Path, only: Sequence[str] | None = None) -> int:
    """Writes <person>/<page>.<language>.<size>[.dark].png; returns how many."""
    pages = {number: walk for number, walk in pages_of().items() if not only or number in only}
    remembered = {one.number: one.language for one in Person.objects.filter(number__in=list(pages))}
    made = 0
    with serving(os.environ) as address, chromium() as browser:
        for number, walk in pages.items():
            for language in ("zh", "en"):
                for size, pixels in SIZES.items():
                    camera = Camera(browser, address, folder / person_folder(number), number, language, size, pixels)
                    made += sum(camera.take(name, path, dark=(number, name) in DARK) for name, path in walk.items())
                    camera.close()
    for number, language in remembered.items():
        Person.objects.filter(number=number).update(language=language)
    return made


def person_folder(number: str) -> str:
    """`S1001-dispatcher`: the number and the first word of what the person does."""
    lines = {one.number: one.line_en.partition(" · ")[0].lower().replace(" ", "-") for one in DEMO_PEOPLE}
    return f"{number}-{lines[number]}" if number in lines else number


class Camera:
    """One person in one language at one size."""

    def __init__(self, browser: Any, address: str, folder: Path, number: str, language: str, size: str, pixels: dict[str, int]):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.tail = folder, f"{language}.{size}"
        self.context = window(browser, address, language, pixels)
        self.page = self.context.new_page()
        if number != "visitor":
            enter(self.page, number)
            speak(self.page, language)

    def take(self, name: str, path: str, *, dark: bool) -> int:
        self.page.goto(path)
        self.page.wait_for_timeout(SETTLING_MS)
        self.page.screenshot(path=self.folder / f"{name}.{self.tail}.png", full_page=True)
        if not dark:
            return 1
        self.page.emulate_media(color_scheme="dark")
        self.page.screenshot(path=self.folder / f"{name}.{self.tail}.dark.png", full_page=True)
        self.page.emulate_media(color_scheme="light")
        return 2

    def close(self) -> None:
        self.context.close()
