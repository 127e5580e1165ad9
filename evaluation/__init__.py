"""Assessment and improvement (成效评估与持续改进): indicators, surveys, reports, actions.

The floor is reserved; docs/architecture.md says what comes to stand on it.
"""
