"""URL patterns generated from the resources, grouped by app namespace."""
from __future__ import annotations

from typing import Any

from django.urls import include, path

from logistics.core import board, pages, printing
from logistics.core.records import pages as records
from logistics.core.resources import Resource, all_resources


def pages_of(declared: type[Resource]) -> list[Any]:
    """The generic pages of one resource."""
    slug, stem = declared.slug, declared.url_stem

    def page(view: Any, tail: str, name: str) -> Any:
        return path(f"{slug}/{tail}", view.as_view(resource=declared), name=f"{stem}-{name}")

    found = [
        page(pages.ListPage, "", "list"), page(printing.PrintPage, "print/", "print"),
        page(pages.ExportPage, "export/", "export"), page(pages.OptionsPage, "options/", "options"),
        page(pages.DetailPage, "<int:pk>/", "detail"), page(pages.HistoryPage, "<int:pk>/history/", "history"),
    ]
    if declared.form or declared.add_form:
        found.append(page(pages.FormPage, "add/", "add"))
    if declared.form:
        found.append(page(pages.FormPage, "<int:pk>/edit/", "edit"))
    if hasattr(declared.model, "workflow"):
        found.append(page(pages.MovePage, "<int:pk>/move/<slug:move>/", "move"))
    if declared.board:
        found += [page(board.BoardPage, "board/", "board"), page(board.MovesPage, "<int:pk>/moves/", "moves")]
    if hasattr(declared.model, "workflow") or declared.bulk_fields:
        from logistics.core.many.views import BulkPage

        found.append(page(BulkPage, "bulk/", "bulk"))
    if declared.comments:
        found += [
            page(records.CommentPage, "<int:pk>/comment/", "comment"), page(records.PeoplePage, "<int:pk>/people/", "people"),
            page(records.WithdrawPage, "<int:pk>/comment/<int:comment>/withdraw/", "withdraw"),
            page(records.FollowPage, "<int:pk>/follow/", "follow"),
        ]
    if declared.files:
        found += [page(records.FilesPage, "<int:pk>/files/", "files"),
                  page(records.UnfilePage, "<int:pk>/files/<int:file>/remove/", "unfile")]
    if declared.links:
        found += [page(records.LinksPage, "<int:pk>/links/", "links"),
                  page(records.UnlinkPage, "<int:pk>/links/<int:link>/remove/", "unlink")]
    if declared.transfer:
        from logistics.core.transfer import views

        found += [page(views.ImportPage, "import/", "import"), page(views.TemplatePage, "import/template/", "template")]
    if declared.photos:
        found.append(page(pages.PhotosPage, "<int:pk>/photos/", "photos"))
    return found


def app_routes(own: dict[str, list[Any]]) -> list[Any]:
    """One namespace per app: its own pages first, then the generic ones. `own` = {app: patterns}."""
    groups: dict[str, list[Any]] = {app: list(patterns) for app, patterns in own.items()}
    for declared in all_resources():
        groups.setdefault(declared.app, []).extend(pages_of(declared))
    return [path(f"{app}/", include((patterns, app), namespace=app)) for app, patterns in groups.items()]
