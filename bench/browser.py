"""Chromium and a server of its own for it, as in production: packed static files, gunicorn, whatever database the environment names."""
from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from logistics.local import machine, places
from logistics.local.processes import die_with_parent, end, wait_until
from logistics.local.run import answers, web_command

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
LANGUAGES = {"zh": "zh-hans", "en": "en"}
START_SECONDS = 60


@contextmanager
def serving(environ: Mapping[str, str] = os.environ) -> Iterator[str]:
    """The address of a web server on a free port; the static files are collected already."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        process = subprocess.Popen(
            web_command(listener, 2), cwd=places.BASE, env={**environ, "HOUQIN_URL": address}, pass_fds=(listener.fileno(),),
            preexec_fn=die_with_parent(signal.SIGTERM))
        try:
            if not wait_until(lambda: process.poll() is not None or answers(listener), START_SECONDS) or process.poll() is not None:
                raise RuntimeError(f"The web server did not start (status {process.poll()}).")
            yield address
        finally:
            end([process.pid], seconds=10)
            process.wait()


@contextmanager
def chromium() -> Iterator[Any]:
    """The browser of the system, which talks to nobody but the pages it is given."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=machine.browser(), args=["--no-sandbox", "--disable-background-networking"])
        try:
            yield browser
        finally:
            browser.close()


def window(browser: Any, address: str, language: str, size: dict[str, int], *, theme: str = "light") -> Any:
    """A private window: a phone with touch at 390 px, else a desktop, in the language of its owner."""
    context = browser.new_context(
        base_url=address,
        viewport=size,
        has_touch=size is PHONE,
        device_scale_factor=1,
        locale=LOCALES[language],
        timezone_id="Asia/Shanghai",
        color_scheme=theme,
        reduced_motion="reduce",
    )
    context.set_default_timeout(20_000)
    context.add_cookies([{"name": "language", "value": LANGUAGES[language], "url": address}])
    return context


def enter(page: Any, number: str) -> None:
    """Sign in as a person of the demo, with one click on the sign-in page."""
    page.goto("/sign-in/")
    with page.expect_navigation():
        page.locator(f"button[name=demo][value='{number}']").click()


def speak(page: Any, language: str) -> None:
    """Press the switch of language if the page speaks the other one; it is remembered per person."""
    if page.locator("html").get_attribute("lang") != ("en" if language == "en" else "zh-Hans"):
        with page.expect_navigation():
            page.locator(f"button[name=language][value={LANGUAGES[language]}]").first.evaluate("button => button.click()")


def own_pages(page: Any) -> list[str]:
    """Addresses of the side bar and the dock of whoever is signed in, in their order."""
    found = page.eval_on_selector_all("nav.hq-side a[href], nav.hq-dock a[href]", "links => links.map(link => link.getAttribute('href'))")
    return list(dict.fromkeys(["/", *found]))
