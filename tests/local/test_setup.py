"""What is installed when, and what is said about a machine that lacks something."""
from __future__ import annotations

import os
import subprocess
from collections import Counter
from pathlib import Path

import polib
import pytest

from logistics.local import checks, doctor, places, run, setup
from logistics.local.refusal import Refusal
from logistics.local.translations import compile_catalogues


def test_a_change_of_the_list_installs_once_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "VENV", tmp_path)
    wanted = tmp_path / "requirements.txt"
    wanted.write_text("django==5.2.19\n")
    assert not setup.installed(wanted)
    setup.stamp(wanted).write_text(setup.digest(wanted))
    assert setup.installed(wanted)
    wanted.write_text("django==5.2.20\n")
    assert not setup.installed(wanted)


def test_every_package_is_pinned_with_a_hash() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-node.txt"):
        text = (places.BASE / name).read_text().replace("\\\n", " ")
        packages = [line for line in text.splitlines() if line and not line.startswith("#")]
        assert packages
        assert [line for line in packages if "==" not in line or "--hash=sha256:" not in line] == []


def test_the_list_for_tests_holds_the_other_one_whole() -> None:
    def pins(name: str) -> set[str]:
        return {line.split()[0] for line in (places.BASE / name).read_text().splitlines() if "==" in line}

    assert pins("requirements.txt") <= pins("requirements-dev.txt")


def test_the_local_commands_start_on_a_bare_python(tmp_path: Path) -> None:
    """No installed package is needed to import what make run begins with."""
    script = f"import sys; sys.path.insert(0, {str(places.BASE)!r}); from logistics.local import __main__, run, doctor"
    done = subprocess.run([checks.PYTHON, "-S", "-I", "-c", script], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.returncode == 0


def test_catalogues_are_compiled_without_gettext_and_only_when_newer(tmp_path: Path) -> None:
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Report"\nmsgstr "报修"\n')
    assert compile_catalogues(tmp_path) == [folder / "django.mo"]
    assert [entry.msgstr for entry in polib.mofile(str(folder / "django.mo"))] == ["报修"]
    assert compile_catalogues(tmp_path) == []
    os.utime(folder / "django.po", ns=(2**62, 2**62))
    assert compile_catalogues(tmp_path) == [folder / "django.mo"]


def test_the_last_line_sums_up_both_runs(tmp_path: Path) -> None:
    tally = tmp_path / "tally"
    tally.write_text('{"passed": 40, "failed": 1, "skipped": 0}\n{"passed": 2, "failed": 0, "error": 1, "skipped": 3}\n')
    assert checks.sentence(checks.counted(tally)) == "42 passed, 2 failed, 3 skipped"
    assert checks.sentence(Counter()) == "0 passed, 0 failed"


def test_a_failing_test_and_no_test_at_all_both_fail_the_run(tmp_path: Path) -> None:
    """The plugin's counts as make test reads them, from real runs of pytest."""
    assert count_of(tmp_path, "def test_good(): pass\ndef test_bad(): assert 0\n") == (1, {"passed": 1, "failed": 1})
    assert count_of(tmp_path, "") == (checks.NOTHING_COLLECTED, {})


def count_of(folder: Path, source: str) -> tuple[int, dict[str, int]]:
    file, tally = folder / "test_planted.py", folder / "tally"
    file.write_text(source)
    tally.unlink(missing_ok=True)
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:django", "-n", "2", "-c", places.BASE / "pyproject.toml", "--rootdir", folder]
    command = [checks.PYTHON, "-m", "pytest", *options, file]
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(command, cwd=places.BASE, env=outside | {checks.TALLY: str(tally)}, capture_output=True)
    return done.returncode, {kind: number for kind, number in checks.counted(tally).items() if number}


def test_the_doctor_names_the_cure_and_finds_this_machine_fit(capsys: pytest.CaptureFixture[str]) -> None:
    assert str(doctor.Finding("Time zones", False, "apt-get install tzdata")) == "FAIL  Time zones\n      apt-get install tzdata"
    doctor.doctor()
    assert "ok    Python 3." in capsys.readouterr().out


def test_reset_asks_first_and_never_touches_a_server_of_your_own(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUQIN_VAR", str(var))
    monkeypatch.setenv("DATABASE_URL", "postgres://db.school.example/houqin")
    with pytest.raises(Refusal, match="DATABASE_URL"):
        run.reset()
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("YES", raising=False)
    (var / "media").mkdir()
    (var / "holiday.jpg").touch()
    with pytest.raises(Refusal, match="Nothing was deleted"):
        run.reset()
    monkeypatch.setenv("YES", "1")
    run.reset()
    assert [item.name for item in var.iterdir()] == ["holiday.jpg"]
