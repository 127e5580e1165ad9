"""Lists under a name: kept, shared with a role, shown first."""
