"""indicators, surveys, reports, actions. The floor is reserved; see docs/architecture.md."""
