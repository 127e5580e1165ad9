"""Emergency management (应急管理): risk, plans, drills, incidents, visitors and the gate.

The floor is reserved; docs/architecture.md says what comes to stand on it.
"""
