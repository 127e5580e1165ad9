"""Where (places and labels), when (calendars) and who looks after what (stewardships)."""
from logistics.campus.models.calendar import CalendarDay, CalendarVersion, DaySlot, Season, WeeklySlot, WorkCalendar
from logistics.campus.models.closure import PlaceClosure
from logistics.campus.models.place import Place, label_of
from logistics.campus.models.stewardship import Stewardship
from logistics.campus.models.tag import LabelBatch, Tag, TagBinding, TagScan

__all__ = [
    "CalendarDay", "CalendarVersion", "DaySlot", "LabelBatch", "Place", "PlaceClosure", "Season", "Stewardship", "Tag", "TagBinding",
    "TagScan", "WeeklySlot", "WorkCalendar", "label_of",
]
