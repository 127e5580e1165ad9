"""Rows in and out: a register declares which columns it takes; upload, columns, check, result, and undoing the whole."""
