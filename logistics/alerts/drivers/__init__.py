"""How each kind of gateway is spoken to. A driver only speaks: it neither reads nor writes the database.

    line = driver_of(channel)(Setup)      one connection; opened at the first letter, kept for the next ones
    outcome = line.send(letter)           never raises: whatever goes wrong is an outcome with words
"""
from logistics.alerts.drivers.base import DRIVERS, Letter, Line, Outcome, Setup, driver_of
from logistics.alerts.drivers.mail import MailLine
from logistics.alerts.drivers.robots import DingTalkLine, WeComLine
from logistics.alerts.drivers.services import AppriseLine, HubLine, SmsLine

__all__ = ["DRIVERS", "AppriseLine", "DingTalkLine", "HubLine", "Letter", "Line", "MailLine", "Outcome", "Setup", "SmsLine", "WeComLine",
           "driver_of"]
