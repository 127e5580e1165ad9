"""Who keeps places, labels and calendars; and the grants that stewardships give."""
from django.utils.translation import gettext_lazy as _

from logistics.accounts.roles import STANDING
from logistics.core.access import allow, grant_source, role

role("place_keeper", _("Place keeper"), _("Facts, labels and closures of own places."))
role("calendar_keeper", _("Calendar keeper"), _("Calendars, terms and bell periods."))

READERS = "place_keeper facilities_manager dispatcher safety_officer equipment_keeper logistics_director system_manager auditor"

allow(READERS, "campus.place", "view", "export")
allow("place_keeper facilities_manager system_manager", "campus.place", "add", "change")
allow("facilities_manager system_manager", "campus.place", "retire")
allow("place_keeper facilities_manager system_manager", "campus.tag", "view", "add", "change", "export")
allow("auditor", "campus.tag", "view")
allow("place_keeper facilities_manager safety_officer logistics_director", "campus.placeclosure", "view", "add")
allow("calendar_keeper system_manager logistics_director auditor", "campus.workcalendar", "view")
allow("calendar_keeper system_manager", "campus.workcalendar", "add", "change")
allow("calendar_keeper system_manager", "campus.calendarversion", "view", "add", "change")
allow(f"{READERS} technician inspector", "campus.floorplan", "view")
allow("place_keeper facilities_manager system_manager", "campus.floorplan", "add", "change")
allow("place_keeper facilities_manager safety_officer logistics_director asset_officer system_manager auditor", "campus.buildingprofile",
      "view", "export")
allow("facilities_manager system_manager", "campus.buildingprofile", "add", "change")
allow("place_keeper facilities_manager logistics_director system_manager auditor", "campus.placeuse", "view", "export")
allow("facilities_manager system_manager", "campus.placeuse", "add")
allow("place_keeper facilities_manager logistics_director system_manager auditor", "campus.idleexemption", "view", "export")
allow("facilities_manager system_manager", "campus.idleexemption", "add", "change")
for _kind in ("schoolyear", "term", "termmark", "periodset"):
    allow("calendar_keeper system_manager logistics_director auditor", f"campus.{_kind}", "view")
    allow("calendar_keeper system_manager", f"campus.{_kind}", "add", "change")
allow("place_keeper facilities_manager logistics_director system_manager auditor", "campus.stewardship", "view", "export")
allow("facilities_manager logistics_director system_manager", "campus.stewardship", "add", "change")

allow("facilities_manager", "accounts.person", "view")  # whoever entrusts places has to find the person

grant_source(
    "SELECT s.person_id, s.role::text, s.department_id, s.place_id, s.during, 'stewardship' AS source, s.id AS source_id "
    "FROM campus_stewardship s " + STANDING.format("s", "person_id")
)
