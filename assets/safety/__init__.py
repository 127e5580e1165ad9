"""Units of safety equipment: how many of them may be away at once, and what stands in."""
