"""The commands behind the Makefile: `python3 -m logistics.local <verb> [arguments]`, on any Python from 3.11 on."""
from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

from logistics.local import setup
from logistics.local.refusal import Refusal

BARE, RUNTIME, TESTS = range(3)  # what a verb needs installed before it begins
VERBS = {
    "doctor": (BARE, "doctor", "doctor"),
    "stop": (BARE, "run", "stop"),
    "reset": (BARE, "run", "reset"),
    "run": (RUNTIME, "run", "run"),
    "services": (RUNTIME, "run", "start_services"),
    "test": (TESTS, "checks", "test"),
    "lint": (TESTS, "checks", "lint"),
    "messages": (TESTS, "checks", "messages"),
    "screenshots": (TESTS, "checks", "screenshots"),
    "bench": (TESTS, "checks", "bench"),
    "kill": (TESTS, "checks", "kill"),
}


def main(words: list[str]) -> None:
    verb, *arguments = words or [""]
    if verb not in VERBS:
        raise Refusal(f"usage: python3 -m logistics.local {'|'.join(VERBS)}")
    needs, module, function = VERBS[verb]
    if needs != BARE:
        python = setup.environment(tests=needs == TESTS)
        if Path(sys.prefix).resolve() != setup.VENV.resolve():
            os.execv(python, [str(python), "-m", "logistics.local", *words])
    getattr(import_module(f"logistics.local.{module}"), function)(*arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
