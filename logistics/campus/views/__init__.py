"""Pages of campus that no resource generates."""
