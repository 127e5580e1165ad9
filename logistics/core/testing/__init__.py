"""Suites that every registered record gets for free. Each returns what is wrong, in words; an empty list passes."""
