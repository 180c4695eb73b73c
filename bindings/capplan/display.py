"""How values look in terminals and notebooks: the progress line, static HTML with the text table in it."""

from __future__ import annotations

import html
import math
import sys
import time
from contextlib import contextmanager
from typing import Any, Callable, Iterator, Sequence

from capplan import _core

_STYLE = "font-family:monospace;white-space:pre;line-height:1.3;margin:0"
_PERCENTILES = ("p50", "p95", "p99")
_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns"))
_FRAME = 'xmlns="http://www.w3.org/2000/svg" font-size="11" font-family="sans-serif" fill="currentColor" role="img"'


class Description(str):
    """A text that shows itself as it is."""

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return text_html(self)


def text_html(value: object) -> str:
    """The text of a value, escaped, its columns kept."""
    return f'<pre style="{_STYLE}">{html.escape(repr(value))}</pre>'


def result_html(result: _core.Result) -> str:
    """The percentiles of each request class."""
    return percentiles_html(result, [(target, [getattr(result[target], name) for name in _PERCENTILES])
                                     for target in result.targets if "." not in target])


def capture_html(capture: _core.Capture) -> str:
    """The percentiles of each class as measured, from when a client took a request; those of less than five requests
    beyond them are left out."""
    import numpy as np

    taken = (capture.duration - capture.lag).astype(float) / 1e9
    rows = []
    for index, name in enumerate(capture.classes):
        times = taken[capture.class_index == index]
        carried = [share for share in (0.5, 0.95, 0.99) if len(times) * (1 - share) >= 5]
        rows.append((name, [_core.Estimate(value, value, value) for value in np.quantile(times, carried).tolist()]))
    return percentiles_html(capture, rows)


def percentiles_html(value: object, rows: Sequence[tuple[str, Sequence[_core.Estimate]]]) -> str:
    """The p50, p95 and p99 in each row on one logarithmic scale, with their intervals, above the text; without any the
    text alone."""
    known = [(row, place, estimate) for row, (_, estimates) in enumerate(rows)
             for place, estimate in enumerate(estimates) if estimate.known and estimate.value > 0]
    if not known:
        return text_html(value)
    ticks = _ticks(min(estimate.value for _, _, estimate in known), max(estimate.hi for _, _, estimate in known))
    height = 22 * len(rows) + 44
    lines = "".join(f'<line x1="{_at(tick, ticks):.1f}" y1="0" x2="{_at(tick, ticks):.1f}" y2="{height - 40}" '
                    f'stroke="currentColor" opacity="0.2"/><text x="{_at(tick, ticks):.1f}" y="{height - 26}" '
                    f'text-anchor="middle">{_said(tick)}</text>' for tick in ticks)
    names = "".join(f'<text x="0" y="{22 * row + 15}">{html.escape(name[:20])}</text>'
                    for row, (name, _) in enumerate(rows))
    marks = "".join(_mark(22 * row + 11, place, estimate, ticks) for row, place, estimate in known)
    legend = "".join(_shape(200 + 60 * place, height - 8, place)
                     + f'<text x="{208 + 60 * place}" y="{height - 4}">{name}</text>'
                     for place, name in enumerate(_PERCENTILES))
    return (f'<svg {_FRAME} width="640" height="{height}" aria-label="p50, p95 and p99 of each class">'
            f'{lines}{names}{marks}{legend}<text x="0" y="{height - 4}">time, log scale</text></svg>{text_html(value)}')


def _ticks(least: float, most: float) -> list[float]:
    """1, 2 and 5 of each decade, or the decades alone where these are many, from below the least to above the most."""
    decades = range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)
    fine = [digit * 10.0**decade for decade in decades for digit in (1, 2, 5)]
    first = max(i for i, tick in enumerate(fine) if tick <= least * (1 + 1e-9))
    last = min(i for i, tick in enumerate(fine) if tick >= most * (1 - 1e-9))
    return fine[first:last + 1] if last - first < 8 else [10.0**decade for decade in decades]


def _at(seconds: float, ticks: Sequence[float]) -> float:
    """Where a time stands between the first tick and the last."""
    span = math.log(ticks[-1] / ticks[0]) or 1.0
    return 140 + 470 * math.log(min(max(seconds, ticks[0]), ticks[-1]) / ticks[0]) / span


def _said(seconds: float) -> str:
    size, unit = next((each for each in _UNITS if seconds >= each[0] * (1 - 1e-9)), _UNITS[-1])
    return f"{seconds / size:.3g} {unit}"


def _mark(y: int, place: int, estimate: _core.Estimate, ticks: Sequence[float]) -> str:
    lo, at, hi = (_at(seconds, ticks) for seconds in (estimate.lo, estimate.value, estimate.hi))
    return (f'<line x1="{lo:.1f}" y1="{y}" x2="{hi:.1f}" y2="{y}" stroke="{_LINES[place]}" stroke-width="5" '
            f'opacity="0.4"/>{_shape(at, y, place)}')


def _shape(x: float, y: float, place: int) -> str:
    """A circle, a square, a diamond: for the p50, p95, p99."""
    if place == 0:
        return f'<circle cx="{x:.1f}" cy="{y}" r="4" fill="{_LINES[0]}"/>'
    turned = f' transform="rotate(45 {x:.1f} {y})"' if place == 2 else ""
    return f'<rect x="{x - 3.5:.1f}" y="{y - 3.5}" width="7" height="7" fill="{_LINES[place]}"{turned}/>'


_LINES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")


def sweep_html(sweep: _core.Sweep) -> str:
    """The p95 of all requests along the last axis, with intervals, a line a setting of the others, above the text.

    Of large grids, and where no point carries it, the text alone.
    """
    last = list(sweep.axes)[-1] if sweep.axes else ""
    width = len(sweep.axes.get(last, ()))
    lines = [[_p95(point) for point in points] for points in _rows(sweep, width)] if len(sweep) <= 300 else []
    known = [estimate.hi for line in lines for estimate in line if estimate.known]
    if width < 2 or len(lines) > len(_LINES) or not known or max(known) <= 0:
        return text_html(sweep)
    drawn = "".join(_line(line, max(known), colour) for line, colour in zip(lines, _LINES))
    places = "".join(f'<text x="{_place(i, width):.1f}" y="178" text-anchor="middle">{html.escape(label[:12])}</text>'
                     for i, label in enumerate(sweep.axes[last]))
    names = "".join(f'<text x="570" y="{16 * i + 24}" fill="{_LINES[i]}">'
                    f'{html.escape(_others(points[0], last)[:34])}</text>'
                    for i, points in enumerate(_rows(sweep, width)) if len(lines) > 1)
    scale = (f'<text x="0" y="14">p95 of all requests with its interval; 0 to {_said(max(known))}</text>'
             f'<text x="300" y="196" text-anchor="middle">{html.escape(last)}</text>')
    return (f'<svg {_FRAME} width="800" height="200" aria-label="p95 over {html.escape(last)}">'
            f'{drawn}{places}{names}{scale}</svg>{text_html(sweep)}')


def _rows(sweep: _core.Sweep, width: int) -> list[list[_core.SweepPoint]]:
    points = list(sweep)
    return [points[at:at + width] for at in range(0, len(points), max(width, 1))]


def _p95(point: _core.SweepPoint) -> _core.Estimate:
    return _core.Estimate(known=False) if point.result is None else point.result["all"].p95


def _others(point: _core.SweepPoint, last: str) -> str:
    return ", ".join(f"{key.rsplit('.', 1)[-1]} = {label}" for key, label in point.at.items() if key != last)


def _place(i: int, width: int) -> float:
    return 30 + 510 * i / (width - 1)


def _line(line: list[_core.Estimate], longest: float, colour: str) -> str:
    at = [(_place(i, len(line)), *(160 - 136 * x / longest for x in (e.lo, e.value, e.hi)))
          for i, e in enumerate(line) if e.known]
    bars = "".join(f'<line x1="{x:.1f}" y1="{lo:.1f}" x2="{x:.1f}" y2="{hi:.1f}" stroke="{colour}" stroke-width="2"/>'
                   f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, lo, y, hi in at)
    path = " ".join(f"{x:.1f},{y:.1f}" for x, _, y, _ in at)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>{bars}'


def comparison_html(comparison: _core.Comparison) -> str:
    """The changes about a line at zero, as far as -100 % and +300 %, above the text."""
    rows = [change for change in comparison if change.relative.known]
    if not rows:
        return text_html(comparison)
    height = 18 * len(rows) + 24
    drawn = "".join(_change_mark(18 * row + 9, change) for row, change in enumerate(rows))
    zero = f'<line x1="{_change_x(0):.1f}" y1="0" x2="{_change_x(0):.1f}" y2="{height - 18}" stroke="currentColor"/>'
    scale = "".join(f'<text x="{_change_x(at):.1f}" y="{height - 4}" text-anchor="middle">{_share(at)}</text>'
                    for at in (-1, 0, 1, 2, 3))
    return (f'<svg {_FRAME} width="720" height="{height}" aria-label="change from A to B, % of A">'
            f'{zero}{drawn}{scale}</svg>{text_html(comparison)}')


def _change_x(share: float) -> float:
    return 190 + 100 * (min(3.0, max(-1.0, share)) + 1)


def _share(value: float) -> str:
    return f"×{1 + value:.3g}" if value >= 9 else f"{100 * value:+.3g}%" if value else "0%"


def _change_mark(y: int, change: _core.Change) -> str:
    color, mark = {"better": ("#3a9a76", "✓ "), "worse": ("#d55e00", "✗ ")}.get(change.verdict, ("#808890", ""))
    lo, at, hi = (_change_x(x) for x in (change.relative.lo, change.relative.value, change.relative.hi))
    name = html.escape(f"{change.subject} {change.figure}"[:28])
    return (f'<text x="0" y="{y + 4}">{name}</text>'
            f'<line x1="{lo:.1f}" y1="{y}" x2="{hi:.1f}" y2="{y}" stroke="{color}" stroke-width="2"/>'
            f'<circle cx="{at:.1f}" cy="{y}" r="4" fill="{color if mark else "none"}" stroke="{color}"/>'
            f'<text x="600" y="{y + 4}">{mark}{_share(change.relative.value)}</text>')


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython else None
    return shell is not None and hasattr(shell, "kernel")


@contextmanager
def progress_line(wish: str) -> Iterator[Callable[[str], None] | None]:
    """What a long call may tell its progress to: one line on stderr, rewritten; None where it is not wanted."""
    if wish not in ("auto", "always", "never"):
        raise ValueError(f'progress: "{wish}" is none of auto, always, never')
    rewrites = sys.stderr is not None and (sys.stderr.isatty() or _in_notebook())
    if wish == "never" or sys.stderr is None or (wish == "auto" and not rewrites):
        yield None
        return
    every = 0.1 if rewrites else 5.0
    last, shown = time.monotonic(), ""

    def show(line: str) -> None:
        nonlocal last, shown
        if line == shown or time.monotonic() - last < every:
            return
        sys.stderr.write("\r" + line.ljust(len(shown)) if rewrites else line + "\n")
        sys.stderr.flush()
        last, shown = time.monotonic(), line

    try:
        yield show
    finally:
        if rewrites and shown:
            sys.stderr.write("\r" + " " * len(shown) + "\r")
            sys.stderr.flush()
