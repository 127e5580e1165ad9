"""The pages under docs/ that follow from the code say what the code says. `DOCS=write pytest tests/core/test_docs.py` rewrites them."""
from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from logistics.core import menu
from logistics.core.access import ROLES
from logistics.core.resources import RESOURCES
from logistics.core.workflow import SYSTEM, WORKFLOWS, Move, Workflow, who_may

DOCS = Path(__file__).parents[2] / "docs"
WORKFLOW_HEAD = """# Workflows

The states and moves of every record that has some. A move is made by whoever the last column names, over records in that
person's area; "by itself" is the system. Guards and effects stand in the `workflow` room of each app.

This page is written by `DOCS=write make test ARGS=tests/core/test_docs.py`; the same test fails when it is out of date.
"""

GLOSSARY_HEAD = """# Glossary 词汇表

One thing has one word, the same on every page, in every document and in the code. "In the code" is the name that URLs, API and
permissions use.

This page is written by `DOCS=write make test ARGS=tests/core/test_docs.py`; the same test fails when it is out of date.
"""


def chapter(kind: str, flow: Workflow) -> str:
    """One workflow as heading, sentence, diagram and table of moves."""
    model = flow.model
    sentence = " ".join((model.__doc__ or "").split("\n\n")[0].split())
    states = ", ".join(f"`{state.code}` {state.label}" for state in flow.states)
    rows = [f"| `{move.name}` | {move.label} | {path_of(move, flow)} | {who_of(move)} |" for move in flow]
    return "\n".join([
        f"## {str(model._meta.verbose_name).capitalize()} (`{kind}`)", "", sentence, "", f"States: {states}.", "",
        "```mermaid", flow.mermaid(), "```", "", "| move | word | from → to | who |", "|---|---|---|---|", *rows,
    ])


def path_of(move: Move, flow: Workflow) -> str:
    sources = ", ".join(state.code for state in flow.states if state.code in move.sources)
    return f"{sources} → {move.target or 'the same'}"


def who_of(move: Move) -> str:
    return ", ".join([*who_may(move), *(["by itself"] if SYSTEM in move.who else [])])


def workflows() -> str:
    with translation.override("en"):
        return "\n\n".join([WORKFLOW_HEAD.rstrip(), *(chapter(kind, WORKFLOWS[kind]) for kind in sorted(WORKFLOWS.codes()))]) + "\n"


def pair(word: Any) -> str:
    """A word in both languages, as two cells."""
    with translation.override("en"):
        english = str(word)
    with translation.override("zh-hans"):
        return f"{english} | {word}"


def table(head: str, rows: Iterable[str]) -> str:
    return "\n".join([f"| {head} |", "|---" * (head.count("|") + 1) + "|", *(f"| {row} |" for row in rows)])


def name_of(kind: str) -> str:
    with translation.override("en"):
        return str(WORKFLOWS[kind].model._meta.verbose_name)


def glossary() -> str:
    """Every word that a registry of the code names."""
    flows = [(name_of(kind), WORKFLOWS[kind]) for kind in sorted(WORKFLOWS.codes())]
    states = (f"{pair(state.label)} | {name}" for name, flow in flows for state in flow.states)
    buttons = (f"{pair(move.label)} | {name}" for name, flow in flows for move in flow if move.by_people)
    pages = sorted({pair(entry.label) for entry in menu.ITEMS} | {pair(part.label) for part in menu.SECTIONS if str(part.label)})
    return "\n\n".join([
        GLOSSARY_HEAD.rstrip(),
        "## Records", table("English | 中文 | in the code", (f"{pair(one.label)} | `{one.kind}`" for one in RESOURCES)),
        "## Roles", table("English | 中文 | in the code", (f"{pair(one.label)} | `{one.code}`" for one in ROLES)),
        "## States", table("English | 中文 | of", states),
        "## Buttons", table("English | 中文 | on", buttons),
        "## Pages", table("English | 中文", pages),
    ]) + "\n"


@pytest.mark.parametrize(("name", "words"), [("workflows.md", workflows), ("glossary.md", glossary)])
def test_the_page_equals_the_code(name: str, words: Callable[[], str]) -> None:
    file = DOCS / name
    if os.environ.get("DOCS") == "write":
        file.write_text(words(), encoding="utf-8")
    assert file.read_text(encoding="utf-8") == words(), f"docs/{name} is out of date: DOCS=write make test ARGS=tests/core/test_docs.py"


def test_links_between_the_pages_lead_somewhere() -> None:
    broken = []
    for file in [DOCS.parent / "README.md", DOCS.parent / "CHANGELOG.md", *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", file.read_text(encoding="utf-8")):
            if "://" not in target and not (file.parent / target).exists():
                broken.append(f"{file.relative_to(DOCS.parent)}: {target}")
    assert broken == []


def test_pages_that_name_tests_name_ones_that_exist() -> None:
    """So that the tables of promises cannot outlive the tests that hold them."""
    tests = DOCS.parent / "tests"
    sources = [*tests.rglob("test_*.py"), *DOCS.rglob("*.md")]  # the guide brings a test of its own
    there = set(re.findall(r"^def (test_\w+)", "\n".join(file.read_text() for file in sources), re.M)) | {file.stem for file in sources}
    for page in DOCS.rglob("*.md"):
        words = page.read_text()
        assert set(re.findall(r"`(test_\w+)`", words)) <= there, page.name
        files = set(re.findall(r"`(tests/[\w/]+\.py)`", words)) if page.stem != "adding-a-record" else set()
        assert {file for file in files if not (DOCS.parent / file).exists()} == set(), page.name
