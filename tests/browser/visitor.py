"""Somebody at a screen: signs in, walks, and notes all that a page does wrong."""
from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.browser import LANGUAGES, PHONE, enter, speak, window
from logistics.local.places import BASE

AXE = Path(BASE, "node_modules/axe-core/axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AUDIT = """async rules => {
  const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
  return found.violations.flatMap(({id, nodes}) => nodes.slice(0, 3).map(node => `axe ${id}: ${node.target} ${node.failureSummary.split("\\n")[1] || ""}`));
}"""
OVERFLOW = """() => document.documentElement.scrollWidth <= innerWidth ? [] : [`scrolls sideways: ${document.documentElement.scrollWidth} px in ${innerWidth}, by `
  + [...document.querySelectorAll("body *")].filter(one => one.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map(one => one.outerHTML.slice(0, 80)).join(" | ")]"""
SETTLED = "() => document.readyState === 'complete' && !document.querySelector('.htmx-request')"
LISTENS = """
document.addEventListener("securitypolicyviolation", event => console.error(`CSP ${event.violatedDirective}: ${event.blockedURI || event.sample}`));
addEventListener("pointerdown", event => { if (event.isTrusted) console.debug("tap"); }, true);"""


class Visitor:
    """A private window of one person in one language at one size."""

    def __init__(self, browser: Any, address: str, language: str, size: dict[str, int], *, theme: str = "light"):
        self.language, self.phone = language, size is PHONE
        self.context = window(browser, address, language, size, theme=theme)
        self.context.add_init_script(LISTENS)
        self.page = self.context.new_page()
        self.noted: list[str] = []
        self.taps = 0
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.noted.append(f"script: {error}"))

    def hear(self, message: Any) -> None:
        where = message.location.get("url", "")
        if message.type in ("error", "warning") and not where.endswith("/favicon.ico"):  # the viewer of papers asks for it, whatever a page names
            self.noted.append(f"console: {message.text} {where}".strip())
        self.taps += message.text == "tap"

    def enter(self, number: str) -> Visitor:
        """By the one-click door of the demo."""
        enter(self.page, number)
        speak(self.page, self.language)
        return self

    def sign_in(self, number: str, password: str) -> Visitor:
        """By name and password."""
        self.visit("/sign-in/")
        self.page.locator("#id_username").fill(number)
        self.page.locator("#id_password").fill(password)
        with self.page.expect_navigation():
            self.page.locator("form:has(#id_password) button.btn-primary").click()
        speak(self.page, self.language)
        return self

    def visit(self, path: str) -> None:
        """Go there; the page must be without fault."""
        answer = self.page.goto(path)
        assert answer is not None and answer.status == 200, f"{path} answers {answer and answer.status}"
        self.expect_no_fault()

    def faults(self, *, audit: bool = True) -> list[str]:
        """What is wrong with the page as it stands, and what its console has said since the last look."""
        self.page.wait_for_function(SETTLED)
        language = self.page.locator("html").get_attribute("lang") or "nothing"
        found = self.page.evaluate(OVERFLOW)
        found += [] if LANGUAGES[self.language].startswith(language.split("-")[0]) else [f"speaks {language}"]
        if audit:
            self.page.evaluate("() => scrollTo(0, 0)")  # what the bar on top happens to cover is no fault of the page
            if not self.page.evaluate("() => 'axe' in window"):
                self.page.evaluate(AXE)
            found += self.page.evaluate(AUDIT, RULES)
        said, self.noted = self.noted, []
        return [f"{self.page.url}: {fault}" for fault in [*said, *found]]

    def expect_no_fault(self) -> None:
        found = self.faults()
        assert not found, "\n".join(found)

    def tap(self, target: Any) -> None:
        """Touch or click something that leads to another page, which must be without fault."""
        with self.page.expect_navigation():
            target.tap() if self.phone else target.click()
        self.expect_no_fault()

    def close(self) -> None:
        self.context.close()
