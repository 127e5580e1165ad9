"""Records named in cells: found by code, number, name or path, each text once, only among what the person may see."""
from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from logistics.core.transfer.declaration import SPELLINGS, identity_of

AMBIGUOUS = object()


class Finder:
    """Finds the records of one column."""

    def __init__(self, rows: models.QuerySet):
        self.rows = rows
        self.model = rows.model
        self.identity = identity_of(rows.model)
        names = {one.name for one in rows.model._meta.concrete_fields}
        self.lookups = [name for name in dict.fromkeys([self.identity, "name_zh", "name_en"]) if name in names]
        self.spelling = SPELLINGS.get(rows.model._meta.label_lower)
        self.known: dict[str, Any] = {}  # text -> record, AMBIGUOUS, or None

    def load(self, texts: set[str]) -> None:
        """Look up what is not known yet, in a few statements however many there are."""
        missing = sorted(text for text in texts if text not in self.known)
        for lookup in self.lookups:
            if not missing:
                return
            found: dict[str, list[Any]] = defaultdict(list)
            for row in self.rows.filter(**{f"{lookup}__in": missing}):
                found[getattr(row, lookup)].append(row)
            self._keep(found)
            missing = [text for text in missing if text not in self.known]
        if missing and self.spelling:
            spelt: dict[str, list[Any]] = defaultdict(list)
            for text, row in self.spelling(self.rows, missing):
                spelt[text].append(row)
            self._keep(spelt)
        for text in missing:
            self.known.setdefault(text, None)

    def _keep(self, found: dict[str, list[Any]]) -> None:
        for text, rows in found.items():
            self.known[text] = rows[0] if len(rows) == 1 else AMBIGUOUS

    def forget(self, text: str) -> None:
        self.known.pop(text, None)

    def record(self, text: str) -> Any:
        """The record; ValidationError when there is none, or more than one."""
        found = self.known.get(text)
        what = {"what": self.model._meta.verbose_name, "text": text}
        if found is AMBIGUOUS:
            word = self.model._meta.get_field(self.identity).verbose_name
            raise ValidationError(_("More than one %(what)s is called “%(text)s”. Write its %(key)s.") % {**what, "key": word})
        if found is None:
            raise ValidationError(_("There is no %(what)s “%(text)s”, or you may not see it.") % what)
        return found
