"""The register as list, page, form and API."""
from assets.resources import catalogue, equipment

__all__ = ["catalogue", "equipment"]
