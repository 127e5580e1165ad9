"""What may need an approval: declared by the app that owns the record."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from logistics.core.registry import Registry


@dataclass(frozen=True)
class Purpose:
    """One reason for which a kind of record needs an approval.

    `amount(record)` is what is asked for in CNY; None means that nothing is asked for yet. A purpose without `amount` has none at all.
    `facts(records)` gives the figures that matter for the decision, {id: [(label, words)]}, for all records in few statements.
    `ask` names the move of the record by which it is asked for.
    """

    code: str
    kind: str
    label: Any
    ask: str
    amount: Callable[[Any], Decimal | None] | None = None
    facts: Callable[[Sequence[Any]], dict[int, list[tuple[Any, Any]]]] | None = None

    def amount_of(self, record: Any) -> Decimal | None:
        """What the record needs now; None when it needs nothing."""
        return self.amount(record) if self.amount else Decimal(0)


PURPOSES: Registry[Purpose] = Registry("approval purpose")


def purpose(code: str, kind: str, label: Any, *, ask: str, **options: Any) -> Purpose:
    """Declare a purpose, in the `approvals` room of its app."""
    return PURPOSES.add(code, Purpose(code, kind, label, ask, **options))


def purpose_choices() -> list[tuple[str, Any]]:
    return [(declared.code, declared.label) for declared in PURPOSES]
