"""Statutory duties of things and places: schemes as dated rows, what they require, and the certificates that prove it."""
