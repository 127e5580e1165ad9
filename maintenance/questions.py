"""What a report is asked more closely after its tile: the first questions of a checklist of its category, all optional."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override

from maintenance.checklists.judging import asked, verdict_of
from maintenance.models import ChecklistItem

MOST = 4  # a report takes half a minute
KINDS = ("pass_fail_na", "number", "choice", "text")


def questions_of(category: Any) -> list[ChecklistItem]:
    """What a category asks, from the newest published version of its checklist."""
    version = category.questions.current if category is not None and category.questions_id else None
    return list(version.items.filter(type__in=KINDS).order_by("order", "pk")[:MOST]) if version else []


def against(checklist: Any) -> str:
    """Why a checklist cannot be asked of whoever reports; "" when it can."""
    kinds = list(checklist.current.items.values_list("type", flat=True)) if checklist.current else []
    if not kinds:
        return _("This checklist has no published version yet.")
    if len(kinds) > MOST or not set(kinds) <= set(KINDS):
        return _("At most %(n)s questions, answered by a choice, a number or words, can be asked of whoever reports.") % {"n": MOST}
    return ""


def shown(category: Any, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The questions as the page asks them, with what was typed before."""
    items = questions_of(category)
    texts = {item.key: item for item in items}
    found = []
    for item in items:
        options = [("pass", _("Yes")), ("fail", _("No"))] if item.type == "pass_fail_na" else [
            (zh, item.words_of(zh)) for zh, _en, _right in item.choices] if item.type == "choice" else []
        before = texts.get(item.show_if_key)
        when = answer_words(before, item.show_if_value) if before else ""
        found.append({"item": item, "name": f"q_{item.key}", "options": options, "value": given.get(f"q_{item.key}", ""), "when": when})
    return found


def answer_words(item: ChecklistItem, value: str) -> str:
    """An answer to whoever reports: yes and no instead of right and wrong."""
    if item.type == "pass_fail_na":
        return str({"pass": _("Yes"), "fail": _("No")}.get(value, value))
    return item.words_of(value)


def answers_in(category: Any, given: Mapping[str, Any]) -> list[dict[str, str]]:
    """What was answered, with the words of that day in both languages: [{"key", "value", "q_zh", "q_en", "a_zh", "a_en"}, …].

    Left out is what nobody answered and what was not to be asked. Errors: ValidationError that names the question.
    """
    items = questions_of(category)
    values = {item.key: str(given.get(f"q_{item.key}") or "").strip()[:500] for item in items}
    found = []
    for item in asked(items, values):
        value = values[item.key]
        if not value:
            continue
        try:
            verdict_of(item, value)
        except ValidationError as error:
            raise ValidationError(f"{item.text}: {' '.join(error.messages)}") from None
        one = {"key": item.key, "value": value, "q_zh": item.text_zh, "q_en": item.text_en or item.text_zh}
        for name, language in (("a_zh", "zh-hans"), ("a_en", "en")):
            with override(language):
                one[name] = answer_words(item, value)
        found.append(one)
    return found
