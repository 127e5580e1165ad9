"""As whom PostgreSQL runs, for each kind of user and machine."""
from __future__ import annotations

from collections.abc import Sequence

import pytest

from logistics.local.refusal import Refusal
from logistics.local.strategy import choose


def allows(*programs: str):
    def works(argv: Sequence[str]) -> bool:
        return argv[0] in programs

    return works


UNKNOWN = 54321  # no passwd entry


def test_an_ordinary_user_starts_it_directly() -> None:
    assert choose(65534, works=allows()).name == "direct"


def test_root_starts_it_in_a_namespace_of_its_own_and_keeps_the_files() -> None:
    strategy = choose(0, works=allows("unshare", "setpriv"))
    assert (strategy.name, strategy.owner) == ("namespace", 0)


def test_root_without_namespaces_starts_it_as_nobody() -> None:
    strategy = choose(0, works=allows("setpriv"))
    assert (strategy.name, strategy.owner) == ("setpriv", 65534)


def test_a_user_without_passwd_entry_needs_a_namespace() -> None:
    assert choose(UNKNOWN, works=allows("unshare", "setpriv")).name == "namespace"


@pytest.mark.parametrize("uid", [0, UNKNOWN])
def test_where_nothing_works_the_refusal_names_the_way_out(uid: int) -> None:
    with pytest.raises(Refusal, match="DATABASE_URL"):
        choose(uid, works=allows())
