"""Calling people: who they are now, and the rows that say where a chain stands. The stepping itself is a service."""
