"""What other apps ask of the staff files, and the verbs of the roster."""
from staff.services.questions import (
    certificates_covering,
    level_of,
    levels,
    on_call,
    on_duty,
    on_duty_minutes,
    people_on_duty,
    rostered,
)
from staff.services.rostering import assign_duty, cancel_duty, make_week, publish_roster, usual_week

__all__ = [
    "assign_duty", "cancel_duty", "certificates_covering", "level_of", "levels", "make_week", "on_call", "on_duty", "on_duty_minutes",
    "people_on_duty", "publish_roster", "rostered", "usual_week",
]
