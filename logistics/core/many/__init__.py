"""One act on many rows of a list: what is offered, each row for itself, and what became of it."""
