"""Where (places and labels), when (calendars and terms), who looks after what (stewardships), what a place is used for and looks like."""
from logistics.campus.models.calendar import CalendarDay, CalendarVersion, DaySlot, Season, WeeklySlot, WorkCalendar
from logistics.campus.models.closure import PlaceClosure
from logistics.campus.models.place import Place, label_of
from logistics.campus.models.stewardship import Stewardship
from logistics.campus.models.tag import LabelBatch, Tag, TagBinding, TagScan
from logistics.campus.plans.models import BuildingProfile, FloorPlan, Pin
from logistics.campus.terms.models import Period, PeriodSet, SchoolYear, Term, TermMark
from logistics.campus.use.models import IdleExemption, PlaceUse

__all__ = [
    "BuildingProfile", "CalendarDay", "CalendarVersion", "DaySlot", "FloorPlan", "IdleExemption", "LabelBatch", "Period", "PeriodSet",
    "Pin", "Place", "PlaceClosure", "PlaceUse", "SchoolYear", "Season", "Stewardship", "Tag", "TagBinding", "TagScan", "Term", "TermMark",
    "WeeklySlot", "WorkCalendar", "label_of",
]
