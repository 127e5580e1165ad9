from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AssetsConfig(AppConfig):
    name = "assets"
    verbose_name = _("Equipment")

    def ready(self) -> None:
        from assets.certificates.services import ship_standards
        from assets.renewal.services import ship_weights

        post_migrate.connect(ship_standards, sender=self)
        post_migrate.connect(ship_weights, sender=self)
