"""The register of places as GeoJSON (RFC 7946), for maps: those whose latitude and longitude are known."""
from __future__ import annotations

from typing import Any

from django.db.models import QuerySet


def feature_collection(rows: QuerySet) -> dict[str, Any]:
    """Points with code, names, kind and use."""
    return {"type": "FeatureCollection", "features": [
        {
            "type": "Feature", "id": place.pk, "geometry": {"type": "Point", "coordinates": [float(place.lon), float(place.lat)]},
            "properties": {"code": place.code, "name_zh": place.name_zh, "name_en": place.name_en, "kind": place.kind, "use": place.use},
        }
        for place in rows.filter(lat__isnull=False).order_by("code")
    ]}
