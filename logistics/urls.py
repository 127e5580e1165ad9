"""All addresses: the doors of each app, the generic pages, the API."""
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from logistics.core import errors, pages, views
from logistics.core.api import api_urls
from logistics.core.registry import rooms
from logistics.core.routes import app_routes
from logistics.core.schema import in_english

own_patterns: dict[str, list] = {}
door_patterns: list = []
api_patterns: list = []
for label, module in rooms("urls"):
    own_patterns.setdefault(label, []).extend(getattr(module, "urlpatterns", []))
    door_patterns += getattr(module, "doors", [])  # addresses without the app's prefix: /q/<code>, /sign-in/
    api_patterns += getattr(module, "api", [])  # answers below /api/v1/ that belong to no record

api = [
    *api_urls(),
    *api_patterns,
    path("schema/", in_english(SpectacularAPIView.as_view()), name="api-schema"),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("language/", views.set_language, name="set-language"),
    path("theme/", views.set_theme, name="set-theme"),
    path("settings/<slug:section>/", views.settings_page, name="settings"),
    path("offline/", views.offline, name="offline"),
    path("words/<str:language>/<slug:version>.js", views.script_words, name="script-words"),
    path("photos/<int:pk>/<slug:size>/", pages.photo, name="photo"),
    *door_patterns,
    path("api/", views.api_docs, name="api-docs"),
    path("api/v1/", include(api)),
    *app_routes(own_patterns),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
