"""Two school years with four terms, their vacations, exam weeks and sports days, and the bells of three stages."""
from __future__ import annotations

from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange

from logistics.campus.models import Period, PeriodSet, SchoolYear, Term, TermMark
from logistics.core.demo import World

DAY = timedelta(days=1)
YEARS = (
    ("2025–26", "2025-09-01", "2026-08-31", (
        ("第一学期", "Autumn term", "2025-09-01", "2026-01-30"), ("寒假", "Winter vacation", "2026-01-31", "2026-03-01"),
        ("第二学期", "Spring term", "2026-03-02", "2026-07-03"), ("暑假", "Summer vacation", "2026-07-04", "2026-08-31"))),
    ("2026–27", "2026-09-01", "2027-08-31", (
        ("第一学期", "Autumn term", "2026-09-01", "2027-01-22"), ("寒假", "Winter vacation", "2027-01-23", "2027-02-21"),
        ("第二学期", "Spring term", "2027-02-22", "2027-07-02"), ("暑假", "Summer vacation", "2027-07-03", "2027-08-31"))),
)
MARKS = (
    ("military_training", "新生军训", "2025-08-25", "2025-08-29"), ("exam", "期中考试", "2025-11-10", "2025-11-14"),
    ("exam", "期末考试", "2026-01-19", "2026-01-23"), ("sports_day", "春季运动会", "2026-04-16", "2026-04-17"),
    ("exam", "期中考试", "2026-04-27", "2026-04-30"), ("entrance", "高考", "2026-06-07", "2026-06-09"),
    ("exam", "期末考试", "2026-06-29", "2026-07-03"), ("military_training", "新生军训", "2026-09-01", "2026-09-05"),
    ("sports_day", "秋季运动会", "2026-10-22", "2026-10-23"), ("exam", "期中考试", "2026-11-09", "2026-11-13"),
    ("exam", "期末考试", "2027-01-11", "2027-01-15"), ("exam", "期中考试", "2027-04-26", "2027-04-30"),
    ("entrance", "高考", "2027-06-07", "2027-06-09"), ("exam", "期末考试", "2027-06-28", "2027-07-02"),
)
BELLS = {  # stage: length of a lesson, first lessons of the morning, of the afternoon
    "primary": (40, (490, 540, 600, 650), (840, 890, 940)), "junior": (40, (480, 530, 590, 640, 690), (840, 890, 950, 1000)),
    "senior": (45, (465, 520, 585, 640, 695), (840, 895, 960, 1015)),
}
NUMBERS = "一二三四五六七八九"


def _span(first: str, last: str) -> DateRange:
    return DateRange(date.fromisoformat(first), date.fromisoformat(last) + DAY)


def load(world: World) -> None:
    """Years, terms, marked days, bells."""
    place, terms = world["school"], []
    for name, first, last, parts in YEARS:
        year = SchoolYear.objects.create(place=place, name=name, days=_span(first, last))
        for zh, en, begin, end in parts:
            teaching = "学期" in zh
            terms.append(Term.objects.create(
                year=year, place=place, name_zh=zh, name_en=en, kind="teaching" if teaching else "vacation", days=_span(begin, end),
                week1_on=date.fromisoformat(begin) if teaching else None,
            ))
    for kind, label, first, last in MARKS:
        days = _span(first, last)
        for term in terms:
            if term.days.lower <= days.lower and days.upper <= term.days.upper:
                TermMark.objects.create(term=term, kind=kind, label=label, days=days)
    periods = []
    for stage, (length, morning, afternoon) in BELLS.items():
        row = PeriodSet.objects.create(place=place, stage=stage, valid=DateRange(date(2025, 9, 1), None))
        periods += [
            Period(set=row, no=n, name=f"第{NUMBERS[n - 1]}节", start_min=start, end_min=start + length)
            for n, start in enumerate((*morning, *afternoon), 1)
        ]
    Period.objects.bulk_create(periods)
