"""Pictures of numbers drawn by the server: no script, they print, they are read aloud. Always beside the figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

from django import template
from django.template.defaultfilters import floatformat
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from consortium.templatetags import spoken

register = template.Library()

WIDTH: Final = 200
HEIGHT: Final = 34
MARGIN: Final = 4
TONES: Final = frozenset({"", "bad", "warn"})


@dataclass(frozen=True, slots=True)
class Scale:
    """From a value to its height in the picture; a flat course lies in the middle."""

    least: float
    most: float

    def y(self, value: float) -> float:
        share = (value - self.least) / (self.most - self.least) if self.most > self.least else 0.5
        return round(HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN), 1)


@register.simple_tag
def spark(
    values: Sequence[float | None],
    low: float | None = None,
    high: float | None = None,
    label: str = "",
    goal: float | None = None,
) -> SafeString:
    """A course of values, oldest first, over the band of what is normal (`low` to `high`), or under its `goal` as a
    broken line. None is a gap."""
    known = [value for value in values if value is not None]
    if not known:
        return SafeString("")
    ends = [*known, *(bound for bound in (low, high, goal) if bound is not None)]
    scale = Scale(min(ends), max(ends))
    return format_html(
        '<svg class="ly-spark{}" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">'
        "{}{}{}</svg>",
        " is-lone" if len(known) == 1 else "",
        WIDTH,
        HEIGHT,
        f"{label} {' '.join(f'{value:.4g}' for value in known)}".strip(),
        _band(scale, low, high),
        _goal(scale, goal),
        format_html_join("", '<polyline points="{}"/>', ((run,) for run in _runs(values, scale))),
    )


def _band(scale: Scale, low: float | None, high: float | None) -> SafeString:
    if low is None or high is None:
        return SafeString("")
    top, bottom = scale.y(high), scale.y(low)
    return format_html(
        '<rect class="band" y="{}" width="{}" height="{}"/>', top, WIDTH, round(bottom - top, 1)
    )


def _goal(scale: Scale, goal: float | None) -> SafeString:
    if goal is None:
        return SafeString("")
    return format_html('<line class="goal" y1="{0}" y2="{0}" x2="{1}"/>', scale.y(goal), WIDTH)


def _runs(values: Sequence[float | None], scale: Scale) -> list[str]:
    """The points of each unbroken run; a lone value becomes a short stroke that can be seen."""
    step = WIDTH / max(1, len(values) - 1)
    runs: list[list[str]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{place * step:.0f},{scale.y(value)}")
    return [" ".join(run if len(run) > 1 else [*run, _beside(run[0])]) for run in runs if run]


def _beside(point: str) -> str:
    x, y = point.split(",")
    return f"{float(x) + 3:.0f},{y}"


class Measured(Protocol):
    """A value of an indicator: a number, a share of 100 or a span of time; without a size nothing was measured."""

    @property
    def indicator(self) -> Any: ...
    @property
    def size(self) -> float | None: ...
    @property
    def part(self) -> int: ...
    @property
    def share(self) -> float | None: ...
    @property
    def whole(self) -> int: ...
    @property
    def middle(self) -> timedelta | None: ...
    @property
    def tone(self) -> str: ...


@register.simple_tag
def measured(value: Measured) -> str:
    """The value with its unit, as it stands in a tile and in a table."""
    if value.size is None:
        return "–"
    unit = value.indicator.unit
    if unit == "span":
        return spoken.duration(value.middle)
    return f"{floatformat(value.share, 1)} %" if unit == "share" else str(value.part)


@register.simple_tag
def cells(row: Sequence[tuple[object, str, Measured]]) -> SafeString:
    """The values of one line of a table, each with its column's words and the address of what it counts ("" for
    none); a dash where nothing was counted."""
    return SafeString("".join(_cell(label, url, value) for label, url, value in row))


def _cell(label: object, url: str, value: Measured) -> str:
    told = escape(measured(value)) if value.part or value.whole else "–"
    if url and (value.part or value.whole):
        told = f'<a href="{escape(url)}">{told}</a>'
    tone = " ly-bad" if value.tone == "bad" else ""
    return f'<td class="ly-num{tone}" data-label="{escape(label)}">{told}</td>'


@register.simple_tag
def bar(value: float | None, goal: float | None = None, tone: str = "", label: str = "") -> SafeString:
    """A share of 100 with its goal as a line. None (nothing to measure) is an empty bar. Tone: bad, warn or nothing."""
    if tone not in TONES:
        raise template.TemplateSyntaxError(f"no tone {tone!r}")
    held = min(100.0, max(0.0, value or 0.0))
    line = SafeString("") if goal is None else format_html('<line x1="{0}" x2="{0}" y2="8"/>', goal)
    return format_html(
        '<svg class="ly-bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect width="100" height="8"/><rect class="v{}" width="{}" height="8"/>{}</svg>',
        label or ("–" if value is None else f"{value:g} %"),
        f" is-{tone}" if tone else "",
        round(held, 1),
        line,
    )


class Part(Protocol):
    """One piece of a whole: words, number, share of the whole, tone."""

    @property
    def label(self) -> object: ...
    @property
    def number(self) -> int: ...
    @property
    def share(self) -> float: ...
    @property
    def tone(self) -> str: ...


@register.simple_tag
def stack(parts: Sequence[Part], label: str = "") -> SafeString:
    """A whole cut into its parts, in one bar. Tones: good, here, quiet, bad. The numbers stand beside."""
    drawn, start = [], 0.0
    for part in parts:
        drawn.append((part.tone, round(start, 2), round(part.share, 2)))
        start += part.share
    return format_html(
        '<svg class="ly-bar ly-stacked" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect width="100" height="8"/>{}</svg>',
        _said(label, parts),
        format_html_join("", '<rect class="v is-{}" x="{}" width="{}" height="8"/>', drawn),
    )


def _said(label: str, parts: Sequence[Part]) -> str:
    return f"{label} {'; '.join(f'{part.label} {part.number}' for part in parts)}".strip()
