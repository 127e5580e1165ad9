"""The figures of maintenance (facilities.md 6), each with its rows."""

from maintenance.measures import costs, outages, reliability
from maintenance.measures.repairs import joined_share

__all__ = ["costs", "joined_share", "outages", "reliability"]
