"""The sentences that scripts say, as one small script for each language, so that no page has to carry them."""
from __future__ import annotations

import hashlib
import json
from functools import lru_cache

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

WORDS = {
    # what every page says
    "draftKept": _("Draft kept on this device, {time}"),
    "draftBack": _("Your draft of {time} is back."),
    "draftDrop": _("Start afresh"),
    "noNetwork": _("No network. What you typed is still here; send it again when the network returns."),
    "fault": _("This did not work, the fault is ours. What you typed is still here."),
    "picked": _("{n} selected"),
    "photoDrop": _("Remove photo {n}"),
    "photoMost": _("At most {n} photos."),
    "clear": _("Clear"),
    "nothing": _("Nothing found"),
    "found": _("{n} found"),
    "cameraOff": _("No camera here. Type the code instead."),
    "stale": _("No fresh data since {time}"),
    # what work without a network says
    "waiting": _("{n} waiting to send"),
    "none": _("No network."),
    "copy": _("No network. This page is as of {time}."),
    "sending": _("Sending …"),
    "signedOut": _("Sign in again to send."),
    "kept": _("Kept on this phone. It is sent when the network returns."),
    "twice": _("This was kept already."),
    "full": _(
        "This phone has no room left, so nothing was kept. What you typed is still here: make room or send it when the network returns."
    ),
    "incomplete": _("Something is missing: choose what is wrong and where."),
    "lacking": _("Still missing: {what}."),
    "projected": _("As on this phone; it counts when it is sent."),
    "leave": _("{n} entries on this phone are not sent. They stay here and are sent when you sign in here again."),
    "leaveVerb": _("Sign out"),
    "arrived": _("Everything is sent."),
    "trouble": _("Not everything went through. It is tried again by itself."),
}


@lru_cache
def text(language: str) -> str:
    with override(language):
        return f"window.houqinWords = {json.dumps({name: str(words) for name, words in WORDS.items()}, ensure_ascii=False)};"


@lru_cache
def address(language: str) -> str:
    """Where the script of a language stands; another text has another address, so that browsers may keep it."""
    return reverse("script-words", args=[language, hashlib.sha256(text(language).encode()).hexdigest()[:12]])


def addresses() -> list[str]:
    return [address(code) for code, _name in settings.LANGUAGES]
