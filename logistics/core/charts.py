"""Charts as plain SVG: the server computes every coordinate, templates/core/parts/chart.html draws them, a table says the same."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, floor, log10
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

Values = Sequence[float | None]
LINES = ("l1", "l2", "l3", "l6")
MOST_LABELLED = 8  # upright bars beyond this show every second day or week, and only the highest and the last value
FILLS = ("c1", "c2", "c3", "c6")


@dataclass(frozen=True)
class Mark:
    """One drawn thing: where it is, what it says, how it looks."""

    x: float
    y: float
    width: float = 0
    height: float = 0
    text: str = ""
    css: str = ""
    anchor: str = "middle"


@dataclass
class Chart:
    """Everything a chart template draws. `title` states the finding; `note` names measure, unit and population."""

    title: Any
    note: Any
    width: int
    height: int
    left: float = 0
    right: float = 0
    top: float = 0
    bottom: float = 0
    grid: list[Mark] = field(default_factory=list)
    ticks: list[Mark] = field(default_factory=list)
    bars: list[Mark] = field(default_factory=list)
    lines: list[tuple[str, list[str]]] = field(default_factory=list)
    dots: list[Mark] = field(default_factory=list)
    area: str = ""
    labels: list[Mark] = field(default_factory=list)
    target_y: float | None = None
    target_x: float | None = None
    target_words: str = ""
    legend: list[tuple[str, Any]] = field(default_factory=list)
    heads: list[Any] = field(default_factory=list)
    table: list[tuple[Any, list[str]]] = field(default_factory=list)
    url: str = ""
    lines_: bool = False  # drawn over time, else as bars
    wide: bool = False  # takes the room of two
    known: int = 0  # values there are to draw
    least: int = 1  # fewer say nothing: then words and the table stand instead of a drawing

    @property
    def state(self) -> str:
        """"empty" without any value, "few" with too few to see anything in, else ""."""
        return "" if self.known >= self.least else "few" if self.known else "empty"


def words(value: float | None, unit: str = "") -> str:
    """A value as the chart and its table say it."""
    if value is None:
        return "–"
    text = f"{value:,.1f}".removesuffix(".0").replace("-", "−")
    return f"{text}{unit}" if unit in ("", "%") else f"{text} {unit}"


def scale(low: float, high: float, steps: int = 4) -> list[float]:
    """Round grid values that enclose low and high."""
    if high <= low:
        high = low + 1
    rough = (high - low) / steps
    power = 10 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    first, last = floor(low / step), ceil(high / step)
    return [round(step * n, 10) for n in range(first, last + 1)]


def line_chart(
    *, title: Any, note: Any, labels: Sequence[Any], series: Sequence[tuple[Any, Values]], unit: str = "",
    target: float | None = None, from_zero: bool = False, url: str = "", least: int = 2,
) -> Chart:
    """Lines over time. Only the last value is labelled; a missing value breaks the line."""
    known = [value for _name, values in series for value in values if value is not None] + ([target] if target is not None else [])
    grid = scale(0 if from_zero else min(known, default=0), max(known, default=1))
    chart = Chart(title, note, 712, 216, left=44, right=652, top=10, bottom=190, url=url, lines_=True, wide=True, least=least)
    chart.known = max((sum(value is not None for value in values) for _name, values in series), default=0)
    span = (chart.right - chart.left) / max(1, len(labels) - 1)
    x = [round(chart.left + span * n, 1) for n in range(len(labels))]

    def y(value: float) -> float:
        return round(chart.bottom - (value - grid[0]) / (grid[-1] - grid[0]) * (chart.bottom - chart.top), 1)

    chart.grid = [Mark(chart.left - 8, y(value), text=words(value, "%" if unit == "%" else ""), anchor="end") for value in grid]
    every = ceil(len(labels) / 8) or 1
    chart.ticks = [Mark(x[n], chart.height - 6, text=str(label)) for n, label in enumerate(labels) if n % every == 0]
    for (_name, values), css in zip(series, LINES, strict=False):
        chart.lines.append((css, _runs([(x[n], y(value)) if value is not None else None for n, value in enumerate(values)])))
    if series and (last := _last(series[0][1])) is not None:
        value = series[0][1][last]
        assert value is not None
        chart.dots = [Mark(x[last], y(value), css="c1")]
        chart.labels = [Mark(x[last] + 8, y(value) + 4, text=words(value, unit), anchor="start")]
        drawn = [v for v in series[0][1][: last + 1] if v is not None]
        chart.area = _area(chart, x, [y(v) for v in drawn]) if len(drawn) == last + 1 else ""
    if target is not None:
        chart.target_y = y(target)
        chart.target_words = _("Target %(value)s") % {"value": words(target, unit)}
    chart.legend = [(css, name) for (name, _values), css in zip(series, LINES, strict=False)]
    chart.heads = [name for name, _values in series]
    chart.table = [(label, [words(values[n], unit) for _name, values in series]) for n, label in enumerate(labels)]
    return chart


def column_chart(
    *, title: Any, note: Any, labels: Sequence[Any], values: Values, unit: str = "", target: float | None = None,
    worse: str = "above", url: str = "", least: int = 1, worse_rows: Sequence[int] = (), wide: bool = False,
) -> Chart:
    """Upright bars from zero; those worse than the target, and `worse_rows`, are amber. `wide` for a whole year of weeks."""
    width, tall = (712, 216) if wide else (324, 176)
    chart = Chart(title, note, width, tall, left=4, right=width - (84 if wide else 48) if target is not None else width - 4, top=24,
                  bottom=tall - 24, url=url, least=least, known=sum(bool(value) for value in values), wide=wide)
    most = max([value for value in values if value is not None] + ([target] if target is not None else []), default=1) or 1
    span = (chart.right - chart.left) / max(1, len(labels))
    bar = span * 0.62
    every = ceil(len(labels) / MOST_LABELLED) or 1
    for n, (label, value) in enumerate(zip(labels, values, strict=True)):
        middle = round(chart.left + span * (n + 0.5), 1)
        height = round((value or 0) / most * (chart.bottom - chart.top), 1)
        if (len(labels) - 1 - n) % every == 0:
            chart.ticks.append(Mark(middle, chart.height - 6, text=str(label)))
        if value is not None:
            css = "cw" if n in worse_rows else _look(value, target, worse)
            chart.bars.append(Mark(round(middle - bar / 2, 1), round(chart.bottom - height, 1), round(bar, 1), height, css=css))
            if len(labels) <= MOST_LABELLED or value == most or n == len(labels) - 1:
                chart.labels.append(Mark(middle, round(chart.bottom - height - 5, 1), text=words(value)))
    if target is not None:
        chart.target_y = round(chart.bottom - target / most * (chart.bottom - chart.top), 1)
        chart.target_words = _("target %(value)s") % {"value": words(target)}
    chart.heads = [unit or _("Value")]
    chart.table = [(label, [words(value, unit)]) for label, value in zip(labels, values, strict=True)]
    return chart


def bar_chart(
    *, title: Any, note: Any, labels: Sequence[Any], values: Values, unit: str = "", target: float | None = None,
    worse: str = "above", worse_rows: Sequence[int] = (), most: float | None = None, url: str = "", least: int = 1,
) -> Chart:
    """Lying bars, one under the other: for long names and rankings. `worse_rows` paints rows amber whatever their length."""
    step = 34
    chart = Chart(title, note, 324, step * max(1, len(labels)), left=112, right=268, url=url, least=least,
                  known=sum(bool(value) for value in values))
    full = most or max([value for value in values if value is not None], default=1) or 1
    for n, (label, value) in enumerate(zip(labels, values, strict=True)):
        y = step * n + 11
        css = "cw" if n in worse_rows else _look(value or 0, target, worse)
        chart.ticks.append(Mark(0, y + 10, text=_short(str(label)), anchor="start"))
        chart.grid.append(Mark(chart.left, y, chart.right - chart.left, 12, css="c0"))
        if value:
            chart.bars.append(Mark(chart.left, y, round(min(1, value / full) * (chart.right - chart.left), 1), 12, css=css))
        chart.labels.append(Mark(chart.width, y + 10, text=words(value, unit if unit == "%" else ""), anchor="end"))
    if target is not None:
        chart.target_x = round(chart.left + min(1, target / full) * (chart.right - chart.left), 1)
        chart.target_words = _("Target %(value)s") % {"value": words(target, unit)}
    chart.heads = [unit or _("Value")]
    chart.table = [(label, [words(value, unit)]) for label, value in zip(labels, values, strict=True)]
    return chart


def waterfall_chart(
    *, title: Any, note: Any, start: tuple[Any, float], steps: Sequence[tuple[Any, float]], end: Any, unit: str = "", url: str = "",
) -> Chart:
    """A first whole, what is added to it or taken from it step by step, and what is left: lying bars, each beginning where the last one
    ended. `steps` are signed; more of it is amber."""
    rows: list[tuple[Any, float, float, str]] = [(start[0], 0, start[1], "c6")]  # label, from, to, look
    stood = start[1]
    for label, change in steps:
        rows.append((label, stood, stood + change, "cw" if change > 0 else "c2"))
        stood += change
    rows.append((end, 0, stood, "c1"))
    step = 34
    chart = Chart(title, note, 324, step * len(rows), left=112, right=262, url=url, known=sum(a != b for _label, a, b, _css in rows))
    low, high = min(0, *(min(a, b) for _label, a, b, _css in rows)), max(0, *(max(a, b) for _label, a, b, _css in rows))

    def x(value: float) -> float:
        return round(chart.left + (value - low) / ((high - low) or 1) * (chart.right - chart.left), 1)

    chart.heads = [unit or _("Value")]
    for n, (label, a, b, css) in enumerate(rows):
        y, whole = step * n + 11, n in (0, len(rows) - 1)
        said = words(b) if whole else f"{'+' if b > a else ''}{words(b - a)}"
        chart.ticks.append(Mark(0, y + 10, text=_short(str(label)), anchor="start"))
        chart.grid.append(Mark(chart.left, y, chart.right - chart.left, 12, css="c0"))
        if a != b:
            chart.bars.append(Mark(x(min(a, b)), y, round(x(max(a, b)) - x(min(a, b)), 1), 12, css=css))
        chart.labels.append(Mark(chart.width, y + 10, text=said, anchor="end"))
        chart.table.append((label, [said]))
    return chart


# what the style sheet of the pages paints, for a drawing that travels alone (a PDF)
PRINT = (
    "text{font-family:'Noto Sans SC';font-size:11px;fill:#555d6b}.v{fill:#1b2230;font-weight:700}"
    ".grid{stroke:#e1e4ea}.axis{stroke:#868e9c}.target{stroke:#555d6b;stroke-dasharray:4 3;fill:none}"
    ".l1,.l2,.l3,.l6{fill:none;stroke-width:2}"
    ".l1{stroke:#2b5fc9}.l2{stroke:#0f7f80}.l3{stroke:#7a5cc4}.l6{stroke:#868e9c;stroke-dasharray:3 3}"
    ".c1{fill:#2b5fc9}.c2{fill:#0f7f80}.c3{fill:#7a5cc4}.c6{fill:#868e9c}.c0{fill:#eef0f4}.cw{fill:#b46a00}.a1{fill:#2b5fc9;opacity:.12}"
)


def standalone(chart: Chart) -> str:
    """The drawing as an SVG file of its own, in the colours of print."""
    return render_to_string("core/parts/chart_plot.html", {"chart": chart, "print_style": PRINT}).strip()


def spark(values: Values, target: float | None = None) -> dict[str, Any] | None:
    """The small line of a figure: points in a 160 × 32 box; None when there is nothing to draw."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    low, high = min([*known, *([target] if target is not None else [])]), max([*known, *([target] if target is not None else [])])
    span = (high - low) or 1

    def y(value: float) -> float:
        return round(28 - (value - low) / span * 24, 1)

    step = 156 / (len(known) - 1)
    points = " ".join(f"{round(2 + step * n, 1)},{y(value)}" for n, value in enumerate(known))
    return {"points": points, "target_y": y(target) if target is not None else None}


def _look(value: float, target: float | None, worse: str) -> str:
    if target is None:
        return "c1"
    return "cw" if (value > target if worse == "above" else value < target) else "c1"


def _short(text: str, room: int = 14) -> str:
    """What fits left of a bar; a Chinese character takes the room of two letters. The table has the whole name."""
    width = 0
    for n, letter in enumerate(text):
        width += 2 if ord(letter) > 0x2E7F else 1
        if width > room + 2:
            return text[:n].rstrip() + "…"
    return text


def _last(values: Values) -> int | None:
    return next((n for n in range(len(values) - 1, -1, -1) if values[n] is not None), None)


def _runs(points: Sequence[tuple[float, float] | None]) -> list[str]:
    """Unbroken runs of points as polyline strings."""
    runs: list[list[str]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(f"{point[0]},{point[1]}")
    return [" ".join(run) for run in runs if run]


def _area(chart: Chart, x: Sequence[float], y: Sequence[float]) -> str:
    inside = " ".join(f"{left},{top}" for left, top in zip(x, y, strict=False))
    return f"{x[0]},{chart.bottom} {inside} {x[len(y) - 1]},{chart.bottom}"
