"""What the machine itself offers: node, a browser, a Chinese font, and apt to get what is missing."""
from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

NODE_MAJOR = 20
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts", Path.home() / ".fonts")
FONT_NAMES = ("*CJK*", "*wqy*", "*SourceHanSans*", "*NotoSansSC*")


def node(folder: Path | None = None) -> str | None:
    """The path of npm beside a node that is new enough, in this folder or on the PATH."""
    where = str(folder) if folder else None
    program, npm = shutil.which("node", path=where), shutil.which("npm", path=where)
    if not program or not npm:
        return None
    version = subprocess.run([program, "--version"], capture_output=True, text=True).stdout.strip()
    major = version.removeprefix("v").partition(".")[0]
    return npm if major.isdigit() and int(major) >= NODE_MAJOR else None


def browser() -> str | None:
    """The path of Chromium: HOUQIN_CHROMIUM, else the one of the system."""
    return os.environ.get("HOUQIN_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def chinese_font() -> Path | None:
    """A font file with Chinese characters; without one every picture of a page shows boxes."""
    return next((file for folder in FONT_FOLDERS for name in FONT_NAMES for file in folder.rglob(name)), None)


def apt_install(packages: Sequence[str]) -> bool:
    """Whether Debian's packages could be installed: by root, or by sudo where it asks no password."""
    if not shutil.which("apt-get"):
        return False
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    command = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    try:
        for words in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            subprocess.run([*command, *words], check=True, stdout=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True
