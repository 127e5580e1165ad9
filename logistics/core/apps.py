from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "logistics.core"
    verbose_name = _("The platform")

    def ready(self) -> None:
        from logistics.core.registry import open_rooms

        import_module("logistics.core.schema").name_choices()  # and its words about kinds of fields
        import_module("logistics.celery")  # here, not in logistics/__init__: `make run` starts on a bare Python
        open_rooms()
        from logistics.core.limits.services import deliver
        from logistics.core.migrating import ask_triggers_cheaply
        from logistics.core.transfer.layouts import ship_layouts

        post_migrate.connect(deliver, sender=self)
        post_migrate.connect(ship_layouts, sender=self)
        post_migrate.connect(ask_triggers_cheaply, sender=self)
