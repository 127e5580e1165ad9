from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "logistics.core"

    def ready(self) -> None:
        from logistics.core.registry import open_rooms

        open_rooms()
