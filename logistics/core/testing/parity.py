"""Page/API parity: the same filters find the same rows, the same person sees the same things at both doors."""
from __future__ import annotations

import re
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from django import forms
from django.test import Client
from django.urls import reverse

from logistics.core.resources import Resource


def page_ids(declared: type[Resource], client: Client, query: dict[str, str]) -> set[int]:
    """Ids of the records that the list page links to."""
    here = reverse(declared.url_name("list"))
    text = client.get(here, {**query, "size": "100"}).content.decode()
    links = {urljoin(here, link) for link in re.findall(r'<th[^>]*><a href="?([^">\s]+)', text)}
    return {row.pk for row in declared.model._base_manager.all() if row.get_absolute_url() in links}


def api_ids(declared: type[Resource], client: Client, query: dict[str, str]) -> set[int]:
    answer = client.get(reverse(f"{declared.app}-{declared.url_stem}-list"), {**query, "size": "200"})
    return {row["id"] for row in answer.json()["results"]} if answer.status_code == 200 else {-answer.status_code}


def differences(declared: type[Resource], client: Client) -> list[str]:
    """Filters under which page and API show different rows."""
    queries: list[dict[str, str]] = [{}]
    if declared.filterset:
        for name, field in declared.filterset({}, queryset=declared.model._base_manager.none()).form.fields.items():
            choices: Any = getattr(field, "choices", None)
            if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField) and choices is not None:
                queries += [{name: str(code)} for code, _label in islice(iter(choices), 7) if code not in ("", None)]
            elif isinstance(field, forms.NullBooleanField):
                queries += [{name: "true"}, {name: "false"}]
        queries.append({"q": "zz9"})
    problems = []
    for query in queries:
        on_page, by_api = page_ids(declared, client, query), api_ids(declared, client, query)
        if on_page != by_api:
            problems.append(f"{declared.kind} {query}: page {sorted(on_page)[:5]}, API {sorted(by_api)[:5]}")
    return problems
