"""The pages of campus that no resource generates; the door of labels; working time over the API."""
from django.urls import path

from logistics.campus import api_views
from logistics.campus.views import calendars, door, labels, places, stewards

urlpatterns = [
    path("tree/", places.tree, name="tree"),
    path("tree/<int:pk>/", places.branch, name="branch"),
    path("places.geojson", places.geojson, name="places-geojson"),
    path("places/<int:pk>/move/", places.move, name="place-move"),
    path("places/<int:pk>/retire/", places.retire, name="place-retire"),
    path("places/<int:pk>/restore/", places.restore, name="place-restore"),
    path("labels/", labels.studio, name="labels"),
    path("labels/<int:pk>/sheet/", labels.sheet, name="label-sheet"),
    path("bind/", labels.bind, name="bind"),
    path("stewards/", stewards.matrix, name="stewards"),
    path("stewards/paper/", stewards.paper, name="stewards-paper"),
    path("stewards/hand-over/", stewards.hand_over, name="hand-over"),
    path("stewardships/<int:pk>/end/", stewards.end, name="stewardship-end"),
    path("calendars/<int:pk>/year/", calendars.year_page, name="calendar-year"),
    path("calendars/<int:pk>/draft/", calendars.start, name="calendar-draft"),
    path("calendars/<int:pk>/moved/", calendars.moved, name="calendar-moved"),
    path("calendars/<int:pk>/discard/", calendars.discard, name="calendar-discard"),
    path("calendars/<int:pk>/days/<str:day>/", calendars.day, name="calendar-day"),
    path("calendars/<int:pk>/season/", calendars.season, name="calendar-season"),
    path("calendars/<int:pk>/import/", calendars.import_page, name="calendar-import"),
    path("calendars/<int:pk>/propose/", calendars.propose, name="calendar-propose"),
]
doors = [
    path("q/<str:code>", door.tag, name="tag"),
    path("Q/<str:code>", door.tag, name="tag-printed"),  # as the symbol on a label holds it
    path("q/<str:code>/", door.tag, name="tag-slash"),
]
api = [
    path("campus/working-time/", api_views.WorkingTime.as_view(), name="campus-working-time"),
    path("campus/working-time/between/", api_views.WorkingTimeBetween.as_view(), name="campus-working-time-between"),
]
