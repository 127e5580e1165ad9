from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AlertsConfig(AppConfig):
    name = "logistics.alerts"

    def ready(self) -> None:
        from logistics.alerts.services.channels import standard_rows

        post_migrate.connect(standard_rows, sender=self)
