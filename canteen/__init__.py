"""menus, checks, orders, traceability. The floor is reserved; see docs/architecture.md."""
