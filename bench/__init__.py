"""Measurements against raw SQL on the same database in the same run."""
