"""As whom PostgreSQL may run here: it refuses root, and it refuses a user whom /etc/passwd does not know."""
from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from logistics.local.refusal import Refusal

NOBODY = 65534  # has an entry in every passwd file, and inside a user namespace may stand for anybody


@dataclass(frozen=True)
class Strategy:
    """How to start a PostgreSQL program: what to write before its name, and who then owns its files."""

    name: str
    prefix: tuple[str, ...]
    owner: int

    def own(self, path: Path) -> None:
        """Hand a folder over to the owner, where an earlier start went by another strategy."""
        if os.geteuid() != 0 or not path.exists() or path.stat().st_uid == self.owner:
            return
        for folder, _, files in os.walk(path):
            for item in (folder, *(os.path.join(folder, name) for name in files)):
                os.lchown(item, self.owner, self.owner)


def known(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def works(argv: Sequence[str]) -> bool:
    """Whether this command ends well here."""
    try:
        return subprocess.run(argv, capture_output=True, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def direct(uid: int) -> Strategy:
    return Strategy("direct", (), uid)


def namespace(uid: int) -> Strategy:
    """In a user namespace of its own, where this user is called nobody; the files stay ours."""
    return Strategy("namespace", ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"), uid)


def nobody() -> Strategy:
    """As nobody, yet able to pass through the folders of the user who starts it."""
    reach = "+dac_override,+dac_read_search"
    prefix = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", f"--inh-caps={reach}", f"--ambient-caps={reach}")
    return Strategy("setpriv", prefix, NOBODY)


def choose(uid: int | None = None, *, works: Callable[[Sequence[str]], bool] = works) -> Strategy:
    """The first strategy that works here; Refusal where none does."""
    uid = os.geteuid() if uid is None else uid
    if uid != 0 and known(uid):
        return direct(uid)
    candidates = [namespace(uid)] + ([nobody()] if uid == 0 else [])
    for candidate in candidates:
        if works([*candidate.prefix, "true"]):
            return candidate
    raise Refusal(
        "PostgreSQL cannot run here: it refuses this user, and this machine allows neither user namespaces nor setpriv.\n"
        "Start Houqin as an ordinary user, or set DATABASE_URL to a PostgreSQL server that you have."
    )
