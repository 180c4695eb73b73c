"""Figures in matplotlib, which is imported when the first is drawn. Each takes axes to draw on, and returns them."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from capplan import _core

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PERCENTILES = ("p50", "p95", "p99", "p999")
_COLORS = {"better": "#00734f", "worse": "#d55e00"}


def plot_latency(result: _core.Result, *, ax: Axes | None = None) -> Axes:
    """The percentiles of every request class, with their intervals, on a logarithmic scale."""
    ax = _axes(ax)
    for target in result.targets:
        if "." in target:
            continue
        found = [(name, getattr(result[target], name)) for name in _PERCENTILES]
        known = [(name, estimate) for name, estimate in found if estimate.known]
        _with_intervals(ax, [name for name, _ in known], [estimate for _, estimate in known], target)
    ax.set(yscale="log", ylabel="latency (s)", title=result.name)
    ax.legend()
    return ax


def plot_sweep(sweep: _core.Sweep, metric: str = "p99", *, target: str = "all", x: str | None = None,
               hue: str | None = None, ax: Axes | None = None) -> Axes:
    """A metric of a target along one axis of the grid, a line for each value of another.

    metric  as in [slo]: "p99" of a request class, "utilization" of "pool.app"
    x, hue  axes of the grid; without them its last and its first. Points that differ in further axes share a line.
    """
    from capplan.frames import axis_values

    ax = _axes(ax)
    keys = list(sweep.axes)
    x = x or keys[-1]
    hue = hue or next((key for key in keys if key != x), None)
    at = axis_values(sweep, x)
    for label in sweep.axes[hue] if hue else (None,):
        chosen = [(at[i], getattr(point.result[target], metric)) for i, point in enumerate(sweep)
                  if point.result is not None and (hue is None or point.at[hue] == label)]
        known = sorted((pair for pair in chosen if pair[1].known), key=itemgetter(0))
        _with_intervals(ax, [place for place, _ in known], [estimate for _, estimate in known],
                        f"{hue} = {label}" if hue else None)
    ax.set(xlabel=x, ylabel=f"{metric} of {target}", title=sweep.name)
    if hue:
        ax.legend()
    return ax


def plot_comparison(comparison: _core.Comparison, *, ax: Axes | None = None) -> Axes:
    """Every figure's change from A to B as a share of A's value, with its interval about zero.

    Filled: better or worse beyond chance; hollow: no difference is shown, or it cannot be told. The axis ends at 300 %,
    where what is beyond is an arrowhead. Figures that A has at zero, or that the sample does not carry, have no row.
    """
    known = [change for change in comparison if change.relative.known][::-1]
    ax = _axes(ax, figsize=(8, 1 + 0.24 * len(known)), layout="constrained")
    for row, change in enumerate(known):
        lo, at, hi = (100 * min(3.0, max(-1.0, x)) for x in (change.relative.lo, change.relative.value, change.relative.hi))
        color, filled = _COLORS.get(change.verdict, "#59636e"), change.verdict in _COLORS
        ax.errorbar(at, row, xerr=[[at - lo], [hi - at]], marker="o" if change.relative.value <= 3 else ">", capsize=3,
                    color=color, markerfacecolor=color if filled else "none")
    ax.axvline(0, color="#59636e", linewidth=1)
    ax.set_yticks(range(len(known)), [f"{change.subject} {change.figure}" for change in known])
    ax.set(xlabel="change from A to B (% of A)", title=comparison.a.name)
    return ax


def _axes(ax: Axes | None, **figure: Any) -> Any:
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(**figure)[1]


def _with_intervals(ax: Any, places: list[Any], estimates: list[_core.Estimate], label: str | None) -> None:
    below = [max(0.0, e.value - e.lo) for e in estimates]
    above = [max(0.0, e.hi - e.value) for e in estimates]
    ax.errorbar(places, [e.value for e in estimates], yerr=[below, above], marker="o", capsize=3, label=label)
