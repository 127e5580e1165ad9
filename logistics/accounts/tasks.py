"""Midnight work: leavers go, main departments follow their dates, old sign-ins are forgotten."""
from celery.schedules import crontab

from logistics.accounts import services
from logistics.core.tasks import periodic


@periodic(crontab(hour=0, minute=1))
def let_leavers_go() -> int:
    """Nobody can act after the last day; this moves the record along."""
    return services.let_leavers_go()


@periodic(crontab(hour=0, minute=2))
def follow_main_memberships() -> int:
    """A membership that begins or ends today changes the main department."""
    return services.follow_main_memberships()


@periodic(crontab(hour=3, minute=20))
def forget_old_sign_ins() -> int:
    """Sign-ins are kept half a year."""
    return services.forget_old_sign_ins()
