"""risk, plans, drills, incidents, visitors and the gate. The floor is reserved; see docs/architecture.md."""
