"""Rounds that the law asks for: they arise from what it requires of things and places, and what they find is written back."""
