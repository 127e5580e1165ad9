from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AlertsConfig(AppConfig):
    name = "logistics.alerts"
    verbose_name = _("Alerts and notices")

    def ready(self) -> None:
        from logistics.alerts.services.channels import standard_rows
        from logistics.alerts.services.standards import standard_chains

        post_migrate.connect(standard_rows, sender=self)
        post_migrate.connect(standard_chains, sender=self)
