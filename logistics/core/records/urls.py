"""The address of a paper, like that of a photo: without the prefix of an app."""
from django.urls import path

from logistics.core.records.files import download

doors = [path("files/<int:pk>/", download, name="file")]
