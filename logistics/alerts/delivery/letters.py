"""A notice, or several in one message, in the words of whoever reads it."""
from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logistics.accounts.models import Person
from logistics.alerts.drivers import Letter
from logistics.alerts.messages import Words
from logistics.alerts.models import Channel, Notification
from logistics.alerts.registries import ENCLOSURES, Enclosed
from logistics.alerts.ways import Way


def language_of(person: Person) -> str:
    """As the person chose, else the school's."""
    return person.language or settings.SCHOOL_LANGUAGE


def letter(notification: Notification, bundled: Sequence[Notification], channel: Channel, way: Way, key: str) -> Letter:
    """What one gateway gets; `key` stays the same over all tries."""
    language = language_of(notification.person)
    with translation.override(language):
        words = in_words(notification, bundled)
        link = reverse("notifications") if bundled else notification.link
        url = settings.PUBLIC_URL.rstrip("/") + link if link else ""
        body, enclosed = words.body, Enclosed()
        if channel.driver == Channel.Driver.EMAIL:
            enclosure = ENCLOSURES.get(notification.source_kind)
            enclosed = enclosure.enclose(notification.source, channel) if enclosure and not bundled and notification.source else enclosed
            body = render_to_string("alerts/mail.txt", {"words": words, "url": url, "text": enclosed.text,
                                                        "lines": enclosed.lines,
                                                        "settings_url": settings.PUBLIC_URL.rstrip("/") + reverse("how-i-am-told")})
        return Letter(way.address, words.title, body, url, key, notification.importance, language, way.personal,
                      enclosed.files, enclosed.headers)


def in_words(notification: Notification, bundled: Sequence[Notification]) -> Words:
    """Title and text; several notices become a list."""
    own = words_of(notification)
    if not bundled:
        return own
    everything = [own, *(words_of(one) for one in sorted(bundled, key=lambda one: one.pk))]
    n = len(everything)
    same_source = {(one.source_kind, one.source_id) for one in bundled} == {(notification.source_kind, notification.source_id)}
    if same_source and notification.importance != "info":
        title = ngettext("%(title)s, and %(n)s more", "%(title)s, and %(n)s more", n - 1) % {"title": own.title, "n": n - 1}
    else:
        title = ngettext("%(n)s notice for you", "%(n)s notices for you", n) % {"n": n}
    lines = [f"· {one.title}" + (f"\n  {one.body}" if one.body else "") for one in everything]
    return Words(title, "\n".join(lines), own.icon)


def words_of(notification: Notification) -> Words:
    """The words of one notice; a drill says so first."""
    words = notification.words
    return Words(_("[Drill] %(title)s") % {"title": words.title}, words.body, words.icon) if notification.drill else words
