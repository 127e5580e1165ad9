"""What should be renewed, in which order and why, and what that costs over ten years."""
