from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class MaintenanceConfig(AppConfig):
    name = "maintenance"
    verbose_name = _("Repairs")

    def ready(self) -> None:
        from maintenance.standards import ship_standards

        post_migrate.connect(ship_standards, sender=self)
