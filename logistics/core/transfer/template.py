"""The empty sheet that people fill in: headings, choices to pick from, and how each column is written."""
from __future__ import annotations

import io
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from logistics.core.transfer.cells import words_of_choices
from logistics.core.transfer.declaration import ImportColumn, columns_of, identity_of, row_form

ROWS_WITH_CHOICES = 5_000


def template(declared: Any, person: Any) -> bytes:
    """Excel: the sheet to fill in, the allowed words, and one line of explanation with an example for each column."""
    columns = columns_of(declared, person)
    book = Workbook()
    sheet = book.active
    sheet.title = _("Fill in here")
    guide, lists = book.create_sheet(_("How to fill in")), book.create_sheet(_("Allowed words"))
    for number, column in enumerate(columns, 1):
        letter = get_column_letter(number)
        cell = sheet.cell(1, number, column.label + (" *" if column.required else ""))
        cell.font = Font(bold=True)
        sheet.column_dimensions[letter].width = 18
        words = words_of_choices(column)
        if column.kind == "yesno":
            words = [_("yes"), _("no")]
        for place, word in enumerate([column.label, *words], 1):
            lists.cell(place, number, word)
        lists.column_dimensions[letter].width = 18
        if words and column.kind != "choices":
            name = "'" + lists.title.replace("'", "''") + "'"
            rule = DataValidation(type="list", formula1=f"{name}!${letter}$2:${letter}${len(words) + 1}", allow_blank=True)
            rule.errorStyle = "warning"
            sheet.add_data_validation(rule)
            rule.add(f"{letter}2:{letter}{ROWS_WITH_CHOICES}")
    sheet.freeze_panes = "A2"
    _guide(guide, declared, columns)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _guide(sheet: Any, declared: Any, columns: list[ImportColumn]) -> None:
    examples = declared.transfer.examples
    headings = [_("Column"), _("Needed"), _("How it is written"), *(_("Example %(n)s") % {"n": n} for n in range(1, len(examples) + 1))]
    for place, words in enumerate(headings, 1):
        sheet.cell(1, place, words).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = 60 if place == 3 else 20
    for number, column in enumerate(columns, 2):
        shown = [example(column, one.get(column.name, "")) for one in examples]
        line = [column.label, _("needed") if column.required else "", how(declared, column), *shown]
        for place, words in enumerate(line, 1):
            cell = sheet.cell(number, place, words)
            cell.data_type = "s" if words else cell.data_type
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    last = _("An empty cell leaves what is there; a dash (-) empties it. Examples are not brought in.")
    if not declared.transfer.key:
        last = _("Every row makes a new one; what is there already is refused. Examples are not brought in.")
    sheet.cell(len(columns) + 3, 1, last)


def example(column: ImportColumn, text: str) -> str:
    """An example as its reader would write it: choices in words."""
    words = dict(zip((code for code, _labels in column.choices), words_of_choices(column), strict=True))
    return "、".join(words.get(code, code) for code in text.split(",")) if words and text else text


def how(declared: Any, column: ImportColumn) -> str:
    """One sentence: what goes into the cells of a column."""
    if column.kind == "choice":
        words = _("One of: %(choices)s.") % {"choices": _(", ").join(words_of_choices(column))}
    elif column.kind == "choices":
        words = _("One or more of: %(choices)s.") % {"choices": _(", ").join(words_of_choices(column))}
    elif column.kind == "record":
        from django import forms

        field: forms.ModelChoiceField = row_form(declared).base_fields[column.name]
        model = field.queryset.model
        what = {"what": model._meta.verbose_name, "key": model._meta.get_field(identity_of(model)).verbose_name}
        words = _("The %(key)s of the %(what)s, or its name where no other has the same.") % what
    else:
        words = {"yesno": _("Yes or no."), "date": _("A day: 2026-09-01."), "datetime": _("A time: 2026-09-01 08:30."),
                 "number": _("A number.")}.get(column.kind, _("Text."))
    if column.name == declared.transfer.key:
        words = _("%(how)s By this a row finds what is there already.") % {"how": words}
    if column.only_new:
        words = _("%(how)s Only for new ones.") % {"how": words}
    return f"{words} {column.hint}".strip()
