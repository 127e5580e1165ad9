"""Small pieces of every page: icons, badges, clocks, faces, times, numbers. Plain functions too, because list columns call them."""
from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django import forms, template
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from logistics.core import clock as school_clock
from logistics.core import script_words as words
from logistics.core.icons import drawing, use

register = template.Library()

KIND_ICONS = {
    "draft": "pencil", "wait": "hourglass", "run": "player-play", "done": "check",
    "info": "info-circle", "late": "clock-exclamation", "danger": "alert-octagon", "off": "x",
}
FACES = 4


# icons ------------------------------------------------------------------------------------------------------------
@register.simple_tag
def script_words() -> str:
    """The address of what scripts say in the language of the page."""
    return words.address(get_language() or "en")


@register.simple_tag
def icon(name: str, label: Any = "", cls: str = "") -> SafeString:
    """Decoration beside a word, an image with a name when `label` is given. Paint comes from app.css."""
    named = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    css = f"icon {escape(cls)}" if cls else "icon"
    content = use(name)
    box = "" if content.startswith("<use") else ' viewBox="0 0 24 24"'  # a symbol of the file brings its own
    return mark_safe(f'<svg class="{css}"{box} {named}>{content}</svg>')


def sprite_icon(name: str) -> SafeString:
    """An icon drawn elsewhere on the page by {% sprites %}: what a list of fifty rows uses."""
    drawing(name)
    return mark_safe(f'<svg class=icon><use href=#i-{name} /></svg>')


@register.simple_tag
def sprites(rows: Iterable[dict[str, Any]]) -> SafeString:
    """Draw each icon that the cells of these rows refer to, once."""
    names: set[str] = set()
    for row in rows:
        for cell in row["cells"]:
            names.update(re.findall(r"<use href=#i-([a-z0-9-]+)", cell))
    if not names:
        return mark_safe("")
    symbols = "".join(f'<symbol id="i-{name}" viewBox="0 0 24 24">{drawing(name)}</symbol>' for name in sorted(names))
    return mark_safe(f'<svg class="hq-sprites" width="0" height="0" aria-hidden="true">{symbols}</svg>')


# badges -----------------------------------------------------------------------------------------------------------
def bare(kind: str) -> str:
    """A kind of state without its prefix: "is-wait" and "wait" are the same."""
    return str(kind).removeprefix("is-")


@register.simple_tag
def state(kind: str, word: Any, icon_name: str = "", sprite: bool = False) -> SafeString:
    """The badge of a state: icon and word in one of the eight kinds."""
    kind = bare(kind)
    name = icon_name or KIND_ICONS[kind]
    drawn = icon(name) if not sprite else "" if name == KIND_ICONS[kind] else sprite_icon(name)  # in a list, app.css draws the usual ones
    return mark_safe(f'<span class="hq-state is-{escape(kind)}">{drawn}{conditional_escape(word)}</span>')


@register.simple_tag
def dot(kind: str, icon_name: str = "", cls: str = "") -> SafeString:
    """The round mark of a timeline, a step or a lane."""
    kind = bare(kind)
    return format_html(
        '<span class="hq-dot is-{}{}">{}</span>', kind, f" {cls}" if cls else "", icon(icon_name or KIND_ICONS.get(kind, "circle"))
    )


@register.simple_tag
def prio(code: str) -> SafeString:
    """The priority P1 to P4."""
    return format_html('<span class="hq-prio is-{}">{}</span>', str(code).lower(), str(code).upper())


@register.simple_tag
def clock(c: Any) -> SafeString:
    """A running time in words with its bar; `c` has kind ("", late, danger, off, done), words and percent."""
    if not c:
        return mark_safe("")
    read = c.get if isinstance(c, dict) else lambda name: getattr(c, name)
    percent = max(0, min(100, round(read("percent") or 0)))
    kind = bare(read("kind") or "")
    return format_html(
        '<span class="hq-clock{}"><span>{}</span><svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="t" width="100" height="4"/><rect class="f" width="{}" height="4"/></svg></span>',
        f" is-{kind}" if kind else "", read("words"), percent,
    )


@register.simple_tag
def face(person: Any, cls: str = "") -> SafeString:
    """The round initials of a person; a figure for somebody unknown. Always beside the name, hence hidden from readers."""
    css = f" {cls}" if cls else ""
    if person is None:
        return format_html('<span class="hq-face{}" aria-hidden="true">{}</span>', css, icon("user", cls="hq-i16"))
    return format_html('<span class="hq-face is-{}{}" aria-hidden="true">{}</span>', (person.pk or 0) % FACES + 1, css, person.initials)


# times ------------------------------------------------------------------------------------------------------------
def _near(value: date) -> str:
    """today, yesterday, tomorrow or ""."""
    return {0: "today", -1: "yesterday", 1: "tomorrow"}.get((value - school_clock.today()).days, "")


def _exact(value: datetime) -> str:
    # Translators: a date pattern of Django
    return date_format(value, _("D j M Y, H:i"))


ABOUT = "≈ "  # before what is counted with days that no official notice confirms


def when_words(value: datetime) -> str:
    """An instant in words, in the school's zone: "today 16:12", "23 Nov 14:05", "23 Nov 2025 14:05"."""
    local = timezone.localtime(value)
    time = {"time": local.strftime("%H:%M")}
    match _near(local.date()):
        case "today":
            return _("today %(time)s") % time
        case "yesterday":
            return _("yesterday %(time)s") % time
        case "tomorrow":
            return _("tomorrow %(time)s") % time
    same_year = local.year == school_clock.today().year
    return date_format(local, _("j M H:i") if same_year else _("j M Y H:i"))


def paper_time(value: datetime) -> str:
    """An instant on paper, which knows no today: "23 Nov 2025 14:05"."""
    return date_format(timezone.localtime(value), _("j M Y H:i"))


def paper_day(value: date) -> str:
    """A day on paper: "23 Nov 2025"."""
    return date_format(value, _("j M Y"))


@register.simple_tag
def when(value: datetime | None, about: bool = False) -> SafeString:
    """An instant in words; a relative one carries the exact one as its title. `about` sets "≈" before one that is an estimate."""
    if value is None:
        return mark_safe("")
    local, words = timezone.localtime(value), when_words(value)
    if _near(local.date()):
        words = format_html('<time title="{}">{}</time>', _exact(local), words)
    return format_html("{}{}", ABOUT if about else "", words)


def day_words(value: date) -> str:
    """A day in words: "today", "23 Nov", "23 Nov 2025"."""
    near = {"today": _("today"), "yesterday": _("yesterday"), "tomorrow": _("tomorrow")}.get(_near(value))
    same_year = value.year == school_clock.today().year
    return near or date_format(value, _("j M") if same_year else _("j M Y"))


@register.filter
def span(during: Any) -> str:
    """First and last day of what is valid from midnight to midnight."""
    if during is None or during.isempty:
        return _("never")
    first = day_words(timezone.localdate(during.lower)) if during.lower else ""
    if during.upper is None:
        return _("since %(day)s") % {"day": first}
    return f"{first} – {day_words(timezone.localdate(during.upper - timedelta(seconds=1)))}"


@register.simple_tag
def day(value: date | None) -> SafeString:
    """A day in words; a relative one carries its date as its title."""
    if value is None:
        return mark_safe("")
    if not _near(value):
        return conditional_escape(day_words(value))
    # Translators: a date pattern of Django
    return format_html('<time title="{}">{}</time>', date_format(value, _("D j M Y")), day_words(value))


@register.simple_tag
def duration(seconds: float | timedelta | None) -> str:
    """A length of time in hours and minutes; hours are not folded into days, because a working day has not 24 of them."""
    if seconds is None:
        return ""
    if isinstance(seconds, timedelta):
        seconds = seconds.total_seconds()
    minutes = int(abs(seconds) // 60)
    hours, rest = divmod(minutes, 60)
    if not minutes and seconds:
        return _("under 1 min")
    if not hours:
        words = _("%(minutes)s min") % {"minutes": minutes}
    elif not rest:
        words = _("%(hours)s h") % {"hours": number(hours)}
    else:
        words = _("%(hours)s h %(minutes)s min") % {"hours": number(hours), "minutes": f"{rest:02d}"}
    return f"−{words}" if seconds < 0 else words


@register.simple_tag
def number(n: float | Decimal | None) -> str:
    """A number with thousands apart and a true minus; a whole amount loses its noughts."""
    if n is None:
        return ""
    if isinstance(n, Decimal | float) and n == int(n):
        n = int(n)
    return f"{n:,}".replace("-", "−")


@register.simple_tag
def money(amount: float | Decimal | None) -> str:
    """An amount in yuan: ¥6,000, ¥12.50."""
    if amount is None:
        return ""
    return f"¥{amount:,.0f}" if amount == int(amount) else f"¥{amount:,.2f}"


# addresses --------------------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def qs(context: Any, **changes: Any) -> str:
    """The present query string with some keys replaced; None or "" takes a key away."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value not in (None, ""):
            query[key] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag
def back_of(page: Any) -> str:
    """Where the arrow of a phone's top bar leads: the page above this one, "" on the pages of the dock."""
    if not isinstance(page, dict):
        return ""
    crumbs = [crumb["url"] for crumb in page.get("crumbs") or [] if crumb.get("url")]
    return str(page.get("back_url") or (crumbs[-1] if crumbs else page.get("cancel_url", "")))


@register.simple_tag(takes_context=True)
def came_from(context: Any) -> str:
    """The page of ours that led here, as a path; the home page when there is none."""
    request = context.get("request")
    before = urlsplit(request.headers.get("Referer", "")) if request else urlsplit("")
    return before._replace(scheme="", netloc="").geturl() if request and before.netloc == request.get_host() else "/"


@register.simple_tag(takes_context=True)
def kept_query(context: Any, *dropped: str, form: forms.BaseForm | None = None) -> SafeString:
    """Hidden inputs for the present query, so that a GET form keeps what it does not ask.

    Left out: the dropped keys, pages and the form's own fields.
    """
    request = context.get("request")
    asked = {"page", *dropped, *(name for name in (form.fields if form else ()) if name != "q")}
    pairs = [(key, value) for key, values in request.GET.lists() if key not in asked for value in values] if request else []
    return mark_safe("".join(format_html('<input type="hidden" name="{}" value="{}">', key, value) for key, value in pairs))


# moves ------------------------------------------------------------------------------------------------------------
@register.inclusion_tag("core/parts/moves.html", takes_context=True)
def moves(context: Any, offered: list[dict[str, Any]], actions: Iterable[dict[str, Any]] = ()) -> dict[str, Any]:
    """The moves of a record: one primary, two plain, the rest in a menu; what cannot be done now says why.

    On phones the bar has room for the primary and one more; what gives way stands in the menu there.
    """
    primary = [move for move in offered if move.get("primary")][:1]
    plain = [move for move in offered if move not in primary and not move.get("danger")]
    shown = plain[: 2 if primary else 3]
    on_phone = next((move for move in shown if move.get("enabled")), None)
    rest = [move for move in offered if move not in primary and move not in shown]
    return {
        "primary": primary, "shown": [(move, move is on_phone) for move in shown], "rest": rest,
        "gives_way": [move for move in shown if move is not on_phone], "actions": list(actions or ()),
        "request": context.get("request"), "csrf_token": context.get("csrf_token"),
    }


# forms ------------------------------------------------------------------------------------------------------------
CONTROL_CLASSES = {"checkbox": "form-check-input", "select": "form-select", "radio": "", "file": "form-control", "hidden": ""}


@register.simple_tag
def control(field: forms.BoundField) -> SafeString:
    """The widget of a field with the classes of its kind."""
    widget = field.field.widget
    kind = getattr(widget, "input_type", "")
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect):
        return field.as_widget(attrs={"class": "form-check-input"})
    attrs = {"class": f"{CONTROL_CLASSES.get(kind, 'form-control')} {widget.attrs.get('class', '')}".strip()}
    if kind == "number":  # a number field forgets what it cannot read; a text field shows it again beside the mistake
        widget.input_type = "text"
        attrs["inputmode"] = "decimal" if isinstance(field.field, forms.FloatField | forms.DecimalField) else "numeric"
    return field.as_widget(attrs={name: value for name, value in attrs.items() if value})


@register.filter
def is_tick(field: forms.BoundField) -> bool:
    """A single tick box, whose label stands beside it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.simple_tag
def mistakes(form: forms.BaseForm) -> list[dict[str, Any]]:
    """What the summary on top of a form lists: [{label, text, target}]; errors of the whole form have no target."""
    found = [{"label": "", "text": text, "target": ""} for text in form.non_field_errors()]
    for name, errors in form.errors.items():
        if name in form.fields:
            found += [{"label": form[name].label, "text": text, "target": form[name].id_for_label or f"field-{name}"} for text in errors]
    return found
