"""What scripts say: one small file for each language, kept by browsers and by the phone's worker."""
import re
from pathlib import Path

import pytest
from django.conf import settings

from logistics.core.script_words import WORDS, address

SCRIPTS = Path(settings.BASE_DIR) / "static" / "js"


@pytest.mark.django_db
def test_a_page_names_the_words_of_its_language_and_browsers_keep_them(client):
    for language, said in (("en", "Everything is sent."), ("zh-hans", "全部发送完毕")):
        client.cookies["language"] = language
        assert f'<script src="{address(language)}" defer></script>' in client.get("/sign-in/").content.decode()
        answer = client.get(address(language))
        assert said in answer.content.decode() and "immutable" in answer["Cache-Control"]
        assert address(language) in client.get("/sw.js").content.decode()


@pytest.mark.django_db
def test_an_old_text_is_answered_with_the_present_one_and_not_kept(client):
    answer = client.get("/words/en/0123456789ab.js")
    assert "Everything is sent." in answer.content.decode() and answer["Cache-Control"] == "no-cache"
    assert client.get("/words/fr/0123456789ab.js").status_code == 404


def test_scripts_say_only_what_is_written_and_all_of_it():
    said = set()
    for script in SCRIPTS.glob("*.js"):
        text = script.read_text()
        said |= set(re.findall(r'\bwords\("(\w+)"', text)) | {name for name in WORDS if f'"{name}"' in text}
    assert said == set(WORDS)
