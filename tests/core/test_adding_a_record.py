"""docs/developers/adding-a-record.md, followed to the letter in a copy of the project: what it promises, it keeps."""
from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "developers" / "adding-a-record.md"
STEP = re.compile(
    r"New file `(?P<empty>[^`]+)`, empty\."
    r"|New file `(?P<new>[^`]+)`:\n\n```\w*\n(?P<text>.*?)```"
    r"|[Ii]n `(?P<file>[^`]+)`, replace\n\n```\w*\n(?P<old>.*?)```\n\nwith\n\n```\w*\n(?P<with>.*?)```"
    r"|```sh\n(?P<shell>.*?)```",
    re.DOTALL,
)
KERNEL = ("logistics/core/", "logistics/accounts/", "logistics/campus/", "logistics/alerts/")
# What the guide promises without a line of code, seen from outside.
PROMISES = '''
"""What a record has without a line of its own."""
from __future__ import annotations

import pytest

from keys.factories import RoomKeyFactory
from keys.models import RoomKey
from logistics.core.testing.world import client_of, person_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper():
    return client_of(person_with("facilities_manager"))


def test_pages_and_api_show_the_same(keeper) -> None:
    key = RoomKeyFactory(name="Gas cupboard")
    page, answer = keeper.get("/keys/room-keys/"), keeper.get("/api/v1/keys/room-keys/")
    assert page.status_code == 200 and "Gas cupboard" in page.content.decode()
    assert [row["id"] for row in answer.json()["results"]] == [key.pk]


def test_a_search_finds_it_by_two_characters_and_by_initials(keeper) -> None:
    RoomKeyFactory(name="配电间钥匙")
    for words in ("配电", "PDJ"):
        assert "配电间钥匙" in keeper.get("/keys/room-keys/", {"q": words}).content.decode()


def test_a_change_is_kept_with_before_and_after(keeper) -> None:
    key = RoomKeyFactory(name="Before")
    keeper.post(f"{key.get_absolute_url()}edit/", {"name": "After", "place": key.place_id})
    RoomKey.objects.get(name="After")
    history = keeper.get(f"{key.get_absolute_url()}history/").content.decode()
    assert "Before" in history and "After" in history


def test_a_table_can_be_imported(keeper) -> None:
    assert keeper.get("/keys/room-keys/import/").status_code == 200
'''


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as git knows it, plus what is not committed yet, without what is installed or made."""
    folder = tmp_path_factory.mktemp("house")
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file() and not (ROOT / name).is_symlink():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    (folder / ".venv").symlink_to(Path(sys.executable).parent.parent)
    (folder / "node_modules").symlink_to((ROOT / "node_modules").resolve())
    return folder


def run(folder: Path, *command: str, **environ: str) -> str:
    """Output of a command in the copy, on servers of its own; fails the test where it fails."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "HOUQIN_VAR")
            and not name.startswith(("PYTEST", "DJANGO", "HOUQIN_TEST"))}
    done = subprocess.run(command, cwd=folder, env=kept | environ, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def follow(folder: Path) -> list[str]:
    """Do every step of the guide; returns the files it touched."""
    touched = []
    for step in STEP.finditer(GUIDE.read_text()):
        if step["empty"] or step["new"]:
            name = step["empty"] or step["new"]
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(step["text"] or "")
            touched.append(name)
        elif step["file"]:
            text = (folder / step["file"]).read_text()
            assert step["old"].rstrip("\n") in text, f"{step['file']} has no {step['old']}"
            (folder / step["file"]).write_text(text.replace(step["old"].rstrip("\n"), step["with"].rstrip("\n"), 1))
            touched.append(step["file"])
        else:
            for line in step["shell"].splitlines():
                perform(folder, line)
    return touched


def perform(folder: Path, line: str) -> None:
    """One command of the guide. The long ones are narrowed to the new record: the rest of the house is tested elsewhere."""
    python = str(folder / ".venv/bin/python")
    if line.startswith(".venv/bin/python manage.py"):
        run(folder, python, *line.split()[1:])
    elif line == "make messages":
        assert ", 0 without Chinese" in run(folder, python, "manage.py", "messages")
    elif line.startswith("MATRIX=write"):
        run(folder, python, "-m", "pytest", "-q", "-n", "0", "tests/suites/test_permission_matrix.py", MATRIX="write", NAMES="keys: keys-")
    elif line.startswith("DOCS=write"):
        run(folder, python, "-m", "pytest", "-q", "-n", "0", "tests/core/test_docs.py", DOCS="write")
    elif line == "make lint":
        for command in (["ruff", "check", "keys"], ["lint-imports", "--no-cache"]):
            run(folder, str(folder / ".venv/bin" / command[0]), *command[1:])
        run(folder, python, "manage.py", "messages", "--check")
    else:
        assert line == 'make test ARGS="tests/keys tests/suites"', line
        run(folder, python, "-m", "pytest", "-q", "-n", "0", "tests/keys", "tests/suites", "-k", "keys or roomkey", NAMES="keys: keys-")


@pytest.mark.slow
def test_the_guide_followed_to_the_letter_gives_a_working_record(copy: Path) -> None:
    touched = follow(copy)
    assert not [name for name in touched if name.startswith(KERNEL)], "the kernel is not touched"
    (copy / "tests/keys/test_promises.py").write_text(PROMISES)
    counted = run(copy, str(copy / ".venv/bin/python"), "-m", "pytest", "-q", "-n", "0", "tests/keys")
    assert "8 passed" in counted, counted
