"""Houqin 后勤: the platform that runs a school's logistics."""
from logistics.celery import app as celery_app

__all__ = ["celery_app"]
