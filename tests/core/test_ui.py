"""The small pieces of every page, and the drawing of charts."""
from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from logistics.core import charts, clock, icons
from logistics.core.templatetags import ui

MONDAY = datetime(2026, 11, 23, 10, 24, tzinfo=UTC)  # 18:24 in the school


@pytest.fixture
def monday():
    with clock.standing_at(MONDAY):
        yield


def draw(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


# times ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("instant", "words"),
    [
        (datetime(2026, 11, 23, 8, 12, tzinfo=UTC), "today 16:12"),
        (datetime(2026, 11, 22, 15, 59, tzinfo=UTC), "yesterday 23:59"),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), "today 00:00"),  # the school's midnight, not that of Greenwich
        (datetime(2026, 11, 24, 2, 0, tzinfo=UTC), "tomorrow 10:00"),
        (datetime(2026, 11, 20, 6, 5, tzinfo=UTC), "20 Nov 14:05"),
        (datetime(2025, 11, 20, 6, 5, tzinfo=UTC), "20 Nov 2025 14:05"),
    ],
)
def test_an_instant_is_told_in_the_zone_of_the_school(monday, instant, words):
    assert ui.when_words(instant) == words


def test_a_relative_instant_carries_its_exact_time(monday):
    assert ui.when(datetime(2026, 11, 22, 6, 5, tzinfo=UTC)) == '<time title="Sun 22 Nov 2026, 14:05">yesterday 14:05</time>'
    assert ui.when(datetime(2026, 11, 20, 6, 5, tzinfo=UTC)) == "20 Nov 14:05"


@pytest.mark.parametrize(
    ("value", "words"),
    [(date(2026, 11, 23), "today"), (date(2026, 11, 22), "yesterday"), (date(2026, 12, 4), "4 Dec"), (date(2027, 1, 8), "8 Jan 2027")],
)
def test_a_day_leaves_out_the_present_year(monday, value, words):
    assert ui.day_words(value) == words


def test_no_time_is_no_text():
    assert ui.when(None) == "" and ui.day(None) == "" and ui.duration(None) == "" and ui.number(None) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 min"), (59, "under 1 min"), (27 * 60, "27 min"), (3600, "1 h"), (6 * 3600 + 15 * 60, "6 h 15 min"),
        (6 * 3600 + 5 * 60 + 59, "6 h 05 min"), (31 * 3600, "31 h"), (-12 * 60, "−12 min"), (timedelta(minutes=90), "1 h 30 min"),
    ],
)
def test_a_duration_reads_in_hours_and_minutes(seconds, words):
    assert ui.duration(seconds) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(38600, "38,600"), (Decimal("38600.00"), "38,600"), (Decimal("87.40"), "87.40"), (-1234.5, "−1,234.5"), (0, "0")],
)
def test_a_number_keeps_its_thousands_apart(value, words):
    assert ui.number(value) == words


# icons and badges -------------------------------------------------------------------------------------------------
def test_an_unknown_icon_raises():
    with pytest.raises(TemplateSyntaxError, match="no-such-icon"):
        draw('{% icon "no-such-icon" %}')


@pytest.mark.parametrize("name", ["../../../package", "Tool", "tool.svg", ""])
def test_an_icon_name_is_no_path(name):
    with pytest.raises(TemplateSyntaxError):
        ui.icon(name)


def test_an_icon_is_decoration_unless_it_has_a_label():
    assert 'aria-hidden="true"' in draw('{% icon "tool" %}')
    labelled = draw('{% icon "tool" label %}', label='<b>"repair"')
    assert 'role="img" aria-label="&lt;b&gt;&quot;repair&quot;"' in labelled and "aria-hidden" not in labelled


def test_every_kind_of_state_has_an_icon():
    assert set(ui.KIND_ICONS) == {"draft", "wait", "run", "done", "info", "late", "danger", "off"}
    for kind in ui.KIND_ICONS:
        assert f'class="hq-state is-{kind}"' in ui.state(kind, "word")


def test_a_state_escapes_its_word():
    assert "&lt;script&gt;" in ui.state("is-wait", "<script>") and 'is-wait"' in ui.state("is-wait", "x")


def test_a_list_draws_each_icon_once():
    assert ui.state("done", "Closed", sprite=True) == '<span class="hq-state is-done">Closed</span>'  # its icon stands in app.css
    row = {"cells": [ui.state("wait", "To verify", "eye-check", sprite=True)]}
    drawn = ui.sprites([row, row, row])
    assert drawn.count("<symbol") == 1 and 'id="i-eye-check"' in drawn
    assert ui.sprites([{"cells": ["<td>plain</td>"]}]) == ""


@pytest.mark.parametrize(("percent", "width"), [(83.4, 83), (-5, 0), (240, 100), (None, 0)])
def test_the_bar_of_a_clock_stays_inside_its_frame(percent, width):
    assert f'class="f" width="{width}"' in ui.clock(SimpleNamespace(kind="late", words="5 min left", percent=percent))


def test_a_face_shows_initials_and_nothing_about_nobody():
    assert ">ZM</span>" in ui.face(SimpleNamespace(pk=7, initials="ZM"))
    assert "<svg" in ui.face(None)


# addresses --------------------------------------------------------------------------------------------------------
def test_the_query_string_changes_one_key_and_keeps_the_rest():
    request = RequestFactory().get("/x/?state=open&state=late&page=3")
    assert draw("{% qs page=4 %}", request=request) == "?state=open&amp;state=late&amp;page=4"
    assert draw("{% qs page='' state='' %}", request=request) == "?"


def test_a_search_form_keeps_the_filters_but_not_the_page():
    request = RequestFactory().get('/x/?q=tap&page=3&place=7"&sort=-name')
    kept = draw('{% kept_query "q" %}', request=request)
    assert kept == '<input type="hidden" name="place" value="7&quot;"><input type="hidden" name="sort" value="-name">'


@pytest.mark.parametrize(
    ("referer", "path"),
    [("http://testserver/a/?b=1", "/a/?b=1"), ("https://elsewhere.example/a/", "/"), ("", "/"), ("javascript:alert(1)", "/")],
)
def test_the_way_back_stays_in_the_house(referer, path):
    request = RequestFactory().get("/x/", headers={"referer": referer})
    assert draw("{% came_from %}", request=request) == path


# moves ------------------------------------------------------------------------------------------------------------
def offered(name: str, **changes: object) -> dict[str, object]:
    move = {"name": name, "label": name.title(), "icon": "check", "url": f"/{name}/", "primary": False, "enabled": True, "why": "",
            "danger": False, "needs_form": False, "client_uid": "11111111-1111-4111-8111-111111111111"}
    return move | changes


def test_a_record_shows_one_primary_two_plain_and_the_rest_in_the_menu():
    page = draw("{% moves offered %}", offered=[
        offered("verify", primary=True), offered("return"), offered("hold", enabled=False, why="Parts are out."), offered("split"),
        offered("cancel", danger=True, needs_form=True),
    ])
    bar, menu = page.split("hq-menu-list")
    assert page.count("btn-primary") == 1
    assert ">Return</button>" in bar.replace("</svg>", ">") and "Split" not in bar and "Cancel" not in bar
    assert "Split" in menu and "Cancel" in menu


def test_a_move_that_is_not_possible_says_why_in_words():
    page = draw("{% moves offered %}", offered=[offered("hold", enabled=False, why="Parts are out.")])
    assert 'aria-disabled="true" aria-describedby="why-hold"' in page
    assert 'id="why-hold"' in page and "Parts are out." in page
    assert "<form" not in page


# forms ------------------------------------------------------------------------------------------------------------
class Oven(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the plate.")
    cost = forms.DecimalField(label="Cost", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "Bought"), ("b", "Leased")], widget=forms.RadioSelect)
    tell = forms.BooleanField(label="Tell", required=False)


def test_a_mistake_stands_beside_its_field_and_in_the_summary():
    form = Oven({"name": "", "cost": "38.600,-", "kind": "a"})
    assert not form.is_valid()
    field = str(form["cost"].as_field_group())
    assert 'value="38.600,-"' in field and 'type="text"' in field and 'inputmode="decimal"' in field
    assert 'aria-invalid="true"' in field and 'aria-describedby="id_cost_error"' in field and 'id="id_cost_error"' in field
    summary = render_to_string("core/_errors.html", {"form": form})
    assert 'href="#id_name"' in summary and 'href="#id_cost"' in summary and "2 things" in summary


def test_only_optional_fields_are_marked():
    form = Oven()
    assert "optional" in form["cost"].as_field_group() and "optional" not in form["name"].as_field_group()


def test_choices_stand_in_a_named_group():
    group = Oven()["kind"].as_field_group()
    assert "<fieldset" in group and "<legend>Kind</legend>" in group and group.count('class="form-check-input"') == 2


# pages that must always work --------------------------------------------------------------------------------------
def test_the_page_for_our_own_faults_needs_no_context():
    page = render_to_string("errors/500.html")
    assert "This page could not be loaded" in page and "<script" not in page


@pytest.mark.parametrize("code", [400, 403, 404, 409, 422, 429])
def test_a_refusal_is_a_note_inside_a_fragment(code):
    request = RequestFactory().get("/")
    request.htmx = True
    note = render_to_string(f"errors/{code}.html", {"layout": "fragment.html", "message": "Chen Li took it."}, request=request)
    assert "hq-note" in note and "<html" not in note


def test_chinese_durations_and_times_have_their_own_order(monday):
    with translation.override("zh-hans"):
        if ui.duration(3600) == "1 h":
            pytest.skip("the catalogue has not been compiled")
        assert ui.duration(6 * 3600 + 15 * 60) == "6 小时 15 分"
        assert ui.when_words(datetime(2026, 11, 20, 6, 5, tzinfo=UTC)) == "11 月 20 日 14:05"


# charts -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("low", "high", "grid"),
    [(79, 92.4, [75, 80, 85, 90, 95]), (0, 63, [0, 20, 40, 60, 80]), (5, 5, [5, 5.25, 5.5, 5.75, 6]), (0, 0.4, [0, 0.1, 0.2, 0.3, 0.4])],
)
def test_the_grid_has_round_values_around_the_data(low, high, grid):
    assert charts.scale(low, high) == pytest.approx(grid)


def test_a_missing_value_breaks_the_line_and_is_a_dash_in_the_table():
    chart = charts.line_chart(title="t", note="n", labels=["a", "b", "c", "d"], series=[("now", [80, None, 84, 92.4])], unit="%", target=90)
    assert [len(run.split()) for run in chart.lines[0][1]] == [1, 2]
    assert chart.table == [("a", ["80%"]), ("b", ["–"]), ("c", ["84%"]), ("d", ["92.4%"])]
    assert chart.area == "" and chart.labels[0].text == "92.4%" and chart.target_words == "Target 90%"


def test_bars_worse_than_the_target_are_amber():
    chart = charts.column_chart(title="t", note="n", labels=["a", "b", "c"], values=[41, 63, None], unit="g", target=46)
    assert [bar.css for bar in chart.bars] == ["c1", "cw"]
    assert chart.bars[1].height == chart.bottom - chart.top
    assert chart.table[2] == ("c", ["–"])


def test_a_chart_has_a_table_for_those_who_do_not_see_it():
    chart = charts.bar_chart(title="Only 2 are old", note="n", labels=["0–3 days", "over 30"], values=[18, 2], worse_rows=[1])
    page = render_to_string("core/parts/chart.html", {"chart": chart})
    assert ">Only 2 are old</caption>" in page and '<th scope="row">over 30</th><td class="hq-end">2</td>' in page
    assert 'class="cw"' in page and "style=" not in page


def test_each_step_of_a_waterfall_begins_where_the_last_one_ended():
    chart = charts.waterfall_chart(title="t", note="n", start=("All", 100), steps=[("Less", -40), ("More", 15)], end="Left")
    assert [(bar.x, bar.width, bar.css) for bar in chart.bars] == [(112, 150, "c6"), (202, 60, "c2"), (202, 22.5, "cw"), (112, 112.5, "c1")]
    assert chart.table == [("All", ["100"]), ("Less", ["−40"]), ("More", ["+15"]), ("Left", ["75"])]


def test_a_figure_without_history_has_no_line():
    assert charts.spark([3]) is None and charts.spark([None, 4]) is None
    assert charts.spark([0, 10], target=5) == {"points": "2.0,28.0 158.0,4.0", "target_y": 16.0}


def test_an_icon_that_the_project_names_comes_from_the_file():
    assert ui.icon("tool") == '<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#tool"/></svg>'
    assert '<symbol id="tool" viewBox="0 0 24 24">' in icons.sprite()


def test_an_icon_that_only_a_row_names_is_drawn_in_the_page():
    assert "zodiac-aries" not in icons.named()
    drawn = ui.icon("zodiac-aries")
    assert drawn.startswith('<svg class="icon" viewBox="0 0 24 24"') and "<path" in drawn


def test_an_icon_that_does_not_exist_raises():
    with pytest.raises(TemplateSyntaxError):
        ui.icon("no-such-icon")
