"""`make test` and its neighbours: checks, tests, pictures and measurements, each on servers of its own that are thrown away."""
from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from logistics.local import migrated, places, setup
from logistics.local.services import throw_away
from logistics.local.translations import compile_catalogues

PYTHON = sys.executable
BIN = Path(sys.executable).parent
MANAGE = [PYTHON, "manage.py"]
NOTHING_COLLECTED = 5  # pytest's exit status
TALLY = "HOUQIN_TEST_TALLY"  # names the file to which each run of pytest appends its counts

LINT: dict[str, Sequence[str | Path]] = {
    "ruff": [BIN / "ruff", "check", "."],
    "import-linter": [BIN / "lint-imports", "--no-cache"],
    "djlint": [BIN / "djlint", "--lint", "--quiet", "templates"],
    "mypy": [BIN / "mypy"],
    "translations": [*MANAGE, "messages", "--check"],
}


class Steps:
    """Commands one after the other; a failed one keeps nothing back but is remembered."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.environ = environ
        self.rows: list[tuple[str, int, float]] = []

    def run(self, name: str, command: Sequence[str | Path]) -> int:
        print(f"\n== {name}", flush=True)
        begun = time.monotonic()
        status = subprocess.run(command, cwd=places.BASE, env=self.environ).returncode
        self.rows.append((name, status, time.monotonic() - begun))
        return status

    def table(self) -> str:
        return "\n".join(f"{name:<16} {'FAILED' if status else 'ok':<6} {seconds:7.1f} s" for name, status, seconds in self.rows)


def lint() -> None:
    """Style, import contracts, templates, types, translations."""
    steps = Steps(dict(os.environ))
    for name, command in LINT.items():
        steps.run(name, command)
    print(f"\n{steps.table()}")
    raise SystemExit(any(status for _, status, _ in steps.rows))


def test(*arguments: str) -> None:
    """Everything; or, given arguments, only those tests. The last line counts the tests of both runs."""
    setup.require_browser()
    compile_catalogues()
    with migrated.servers() as environ:
        tally = Path(environ["HOUQIN_VAR"]) / "tally"
        steps = Steps(environ | {TALLY: str(tally)})
        for name, command in {} if arguments else LINT.items():
            steps.run(name, command)
        pytest = [PYTHON, "-m", "pytest", *arguments]
        steps.run("tests", [*pytest, "-m", "not browser", "-n", "2"])
        steps.run("browser tests", [*pytest, "-m", "browser", "-n", "2", "--dist", "loadfile"])
        counts = counted(tally)
    steps.rows = [(name, 0 if "tests" in name and status == NOTHING_COLLECTED else status, seconds) for name, status, seconds in steps.rows]
    print(f"\n{steps.table()}\n\n{sentence(counts)}", flush=True)
    raise SystemExit(any(status for _, status, _ in steps.rows) or not counts["passed"])


def counted(tally: Path) -> Counter[str]:
    """The sum of what each run of pytest appended."""
    total: Counter[str] = Counter()
    for line in tally.read_text().splitlines() if tally.exists() else ():
        total.update(json.loads(line))
    return total


def sentence(counts: Counter[str]) -> str:
    """`12 passed, 0 failed`, and what else there was."""
    words = [f"{counts['passed']} passed", f"{counts['failed'] + counts['error']} failed"]
    return ", ".join(words + [f"{counts[kind]} {kind}" for kind in ("skipped", "xfailed", "xpassed") if counts[kind]])


def messages(*arguments: str) -> None:
    """Gathers every sentence of code and templates into the Chinese catalogue."""
    os.execv(PYTHON, [*MANAGE, "messages", *arguments])


def screenshots(*arguments: str) -> None:
    """Pictures of the demo school as every kind of user sees it, under var/screenshots."""
    setup.require_browser()
    with throw_away() as environ:
        demo = environ | {"HOUQIN_DEMO": "1"}
        subprocess.run([PYTHON, "-m", "logistics.local.prepare"], cwd=places.BASE, env=demo, check=True, stdout=subprocess.DEVNULL)
        finish(demo, "screenshots", *arguments)


def bench(*arguments: str) -> None:
    """Speed at a million work orders, on a server that keeps its promises to the disk; the table stays in var/bench.json."""
    with throw_away(durable=True) as environ:
        subprocess.run([PYTHON, "-m", "logistics.local.prepare"], cwd=places.BASE, env=environ, check=True, stdout=subprocess.DEVNULL)
        finish(environ, "bench", *arguments)


def kill(*arguments: str) -> None:
    """Every process killed in turn while people write, in an installation of its own; nothing acknowledged may be lost."""
    raise SystemExit(subprocess.run([PYTHON, "-m", "bench.kill", *arguments], cwd=places.BASE).returncode)


def finish(environ: dict[str, str], verb: str, *arguments: str) -> None:
    """Run a management command on thrown-away servers, then bring what it made to the real var folder."""
    status = subprocess.run([*MANAGE, verb, *arguments], cwd=places.BASE, env=environ).returncode
    made, kept = Path(environ["HOUQIN_VAR"]), places.var_dir()
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (made / "screenshots").is_dir():
        shutil.copytree(made / "screenshots", kept / "screenshots", dirs_exist_ok=True)
    if (made / "bench.json").exists():
        shutil.copy(made / "bench.json", kept)
    if status:
        raise SystemExit(status)
