"""Checklists 检查表: what is looked at, what is right, and what follows when it is not."""
