"""计数表: what a thing counts or shows, the counters fitted to it, and what was read off them."""
