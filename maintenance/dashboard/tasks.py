"""Pages of figures are worked out before somebody asks."""

from __future__ import annotations

from celery import shared_task
from celery.schedules import crontab
from django.utils import translation

from logistics.accounts.models import Person
from logistics.core.access import access_of
from logistics.core.tasks import periodic
from maintenance.dashboard import keeping


@shared_task
def refresh_figures(code: str, person: int, chosen: str, language: str) -> None:
    """One page anew, for all who see what this person sees."""
    found = Person.objects.active().filter(pk=person).first()
    if found is not None and access_of(found).has(keeping.PERMISSION):
        with translation.override(language):
            keeping.keep(code, found, chosen)


@periodic(crontab(hour=0, minute=5))
def fill_figures() -> int:
    """After midnight, when the windows move on a day: every page of figures for each kind of reader, in the languages that they read; the
    number of pages asked for. Each is a task of its own, those of the usual window first."""
    keeping.forget()
    readers = keeping.readers()
    asked = 0
    for chosen in sorted(keeping.SPANS, key=lambda one: one != keeping.USUAL):
        for person, languages in readers:
            for code in keeping.PAGES.codes():
                for language in languages if chosen in keeping.PAGES[code].spans else ():
                    asked += keeping.ask_anew(code, person, chosen, language)
    return asked
