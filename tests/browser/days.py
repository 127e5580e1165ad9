"""What the tests of working days share: the camera that keeps a picture of each station, photos, the starting world."""
from __future__ import annotations

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import expect
from visitor import Visitor

from logistics.local.places import BASE

PICTURES = os.environ.get("PICTURES", "")  # a folder: PICTURES=var/days make test ARGS=tests/browser/test_working_days.py


def shell(database: dict[str, str], code: str) -> list[str]:
    """The starting world, made through services; the words of the last line that it prints."""
    done = subprocess.run([sys.executable, "manage.py", "shell", "--no-imports", "-c", code], cwd=BASE, env=database, check=True, text=True,
                          stdout=subprocess.PIPE)
    return done.stdout.strip().splitlines()[-1].split()


def photo(colour: str) -> dict[str, Any]:
    """A real JPEG, as a phone takes it."""
    paper = BytesIO()
    Image.new("RGB", (1600, 1200), colour).save(paper, "JPEG")
    return {"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": paper.getvalue()}


class Day:
    """One person's day, station by station: each page is without fault, and leaves a picture where PICTURES names a folder."""

    def __init__(self, name: str, person: Visitor):
        self.name, self.person, self.page, self.stations = name, person, person.page, 0

    def station(self, name: str, *, faultless: bool = True) -> None:
        """The page as it stands is as it should be."""
        self.stations += 1
        if faultless:
            self.person.expect_no_fault()
        if PICTURES:
            folder = Path(PICTURES)
            folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=folder / f"{self.name}-{self.stations:02d}-{name}.png", full_page=True, caret="initial")  # hiding it would need a style that the policy refuses

    def go(self, path: str, station: str = "") -> None:
        self.page.goto(path)
        if station:
            self.station(station)

    def follow(self, target: Any, station: str = "") -> None:
        """Touch or click something that leads to another page."""
        with self.page.expect_navigation():
            target.tap() if self.person.phone else target.click()
        if station:
            self.station(station)

    def press(self, target: Any) -> None:
        target.tap() if self.person.phone else target.click()

    @property
    def docked(self) -> Any:
        """The one main button of a page on the phone."""
        return self.page.locator(".hq-moves.is-docked .btn-primary")

    @property
    def dialog(self) -> Any:
        return self.page.locator("#dialog")

    def open_dialog(self, opener: Any) -> Any:
        self.press(opener)
        expect(self.dialog).to_be_visible()
        return self.dialog

    def send(self, station: str = "") -> None:
        """The main button of the open dialog."""
        self.follow(self.dialog.locator("form .btn-primary, form .btn-danger").last, station)

    def photograph(self, field: Any, colour: str) -> None:
        """One tap on a field, then the camera answers."""
        with self.page.expect_file_chooser() as camera:
            self.press(field)
        camera.value.set_files(photo(colour))

    def says(self, *words: str) -> None:
        """These words stand on the page."""
        for one in words:
            expect(self.page.locator("main")).to_contain_text(one)
