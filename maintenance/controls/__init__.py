"""Sheets of daily control, weekly check and monthly meeting 日管控、周排查、月调度, made of the facts that are there."""
