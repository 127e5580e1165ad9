"""The environment of every command: Python packages in .venv, browser packages in node_modules, each only when its lock changed.

Runs on a bare Python: standard library only.
"""
from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from logistics.local import machine
from logistics.local.lock import only_one
from logistics.local.places import BASE
from logistics.local.refusal import Refusal

VENV = BASE / ".venv"
PYTHON = VENV / "bin" / "python"
RUNTIME, TESTS, NODE = (BASE / name for name in ("requirements.txt", "requirements-dev.txt", "requirements-node.txt"))
PACKAGES = BASE / "package-lock.json"
MODULES_DONE = BASE / "node_modules" / ".package-lock.sha256"


def environment(*, tests: bool = False) -> Path:
    """The Python of a complete environment; installs what is missing in it."""
    with only_one(BASE):
        make_venv()
        install_python(TESTS if tests else RUNTIME)
        install_modules()
    return PYTHON


def require_browser() -> None:
    """Chromium and a Chinese font for tests and pictures; Refusal where they are missing and cannot be installed."""
    missing = missing_for_browser()
    if missing:
        say(f"Installing {' and '.join(missing)} …")
        machine.apt_install(missing)
    missing = missing_for_browser()
    if missing:
        raise Refusal(f"Missing for the tests in a browser: {', '.join(missing)}. As root: apt-get install {' '.join(missing)}")


def missing_for_browser() -> list[str]:
    return [name for name, found in (("chromium", machine.browser()), ("fonts-noto-cjk", machine.chinese_font())) if not found]


# Python --------------------------------------------------------------------------------------------------------------
def make_venv() -> None:
    if runs(PYTHON):
        return
    if not importlib.util.find_spec("ensurepip") and not machine.apt_install(["python3-venv"]):
        raise Refusal("Python's own module for virtual environments is missing. As root: apt-get install python3-venv")
    say(f"Creating {VENV.name} with Python {sys.version.split()[0]} …")
    run([sys.executable, "-m", "venv", "--clear", VENV], "Python cannot create the virtual environment.")


def runs(python: Path) -> bool:
    """Whether this environment's Python still works: the one it was made from may be gone or too old."""
    try:
        check = [str(python), "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))"]
        return subprocess.run(check, capture_output=True).returncode == 0
    except OSError:
        return False


def install_python(requirements: Path) -> None:
    """The pinned packages, checked by hash. The list for tests holds the other one whole."""
    if installed(requirements) or (requirements == RUNTIME and installed(TESTS)):
        return
    say(f"Installing the Python packages of {requirements.name} …")
    pip(requirements)


def pip(requirements: Path) -> None:
    quietly = ["--quiet", "--quiet", "--disable-pip-version-check"]
    command = [str(PYTHON), "-m", "pip", "install", *quietly, "--require-hashes", "-r", str(requirements)]
    run(command, "The Python packages cannot be installed. Is the network there? PIP_INDEX_URL may name a nearer mirror.")
    stamp(requirements).write_text(digest(requirements))


def installed(requirements: Path) -> bool:
    return has_text(stamp(requirements), digest(requirements))


def stamp(requirements: Path) -> Path:
    return VENV / f"{requirements.name}.sha256"


# browser side --------------------------------------------------------------------------------------------------------
def install_modules() -> None:
    """The browser packages of the lock file, without their install scripts."""
    if modules_installed():
        return
    npm = machine.node() or machine.node(PYTHON.parent) or node_from_wheel()
    say("Installing the browser packages of package-lock.json …")
    path = f"{Path(npm).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    run(command, "The browser packages cannot be installed. Is the network there?", PATH=path, **npm_home())
    MODULES_DONE.write_text(digest(PACKAGES))


def modules_installed() -> bool:
    return has_text(MODULES_DONE, digest(PACKAGES))


def node_from_wheel() -> str:
    say("Installing node from its Python package …")
    pip(NODE)
    npm = machine.node(PYTHON.parent)
    if not npm:
        raise Refusal(f"node {machine.NODE_MAJOR} or newer is missing, and its Python package does not run here. Install nodejs and npm.")
    return npm


def npm_home() -> dict[str, str]:
    """Where npm may keep its cache: the person's home, else beside what it installs."""
    return {} if os.access(Path.home(), os.W_OK) else {"npm_config_cache": str(VENV / "npm-cache")}


# small change --------------------------------------------------------------------------------------------------------
def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def run(command: Sequence[str | Path], failure: str, **environ: str) -> None:
    """Run to its end in the project's folder; Refusal with this sentence where it fails."""
    if subprocess.run(command, cwd=BASE, env=os.environ | environ).returncode:
        raise Refusal(failure)


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def has_text(file: Path, text: str) -> bool:
    try:
        return file.read_text() == text
    except FileNotFoundError:
        return False
