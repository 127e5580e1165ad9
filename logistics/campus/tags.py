"""What a label may hang on that campus itself owns: places."""
from logistics.campus.models import Place
from logistics.campus.registries import Target, tag_target
from logistics.campus.services.tags import place_target


@tag_target("campus.place")
def place(pk: int) -> Target | None:
    found = Place.objects.select_related("parent", "department").filter(pk=pk).first()
    return place_target(found) if found else None
