"""Long work: a row first, then a worker. What dies is taken up again, what is cancelled stops between two chunks."""
