"""Houqin 后勤: the platform that runs a school's logistics."""
