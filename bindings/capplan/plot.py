"""Figures in matplotlib, which is imported when the first is drawn. Each takes axes to draw on, and returns them."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, Protocol, Sequence

from capplan import _core
from capplan.drawing import (COLOURS, HATCHES, LIMIT_COLOUR, MARKERS, axes_for, draw_intervals, finish, plain_log, sides,
                             unit_of)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from capplan.calibration import ClassFit


class HasDict(Protocol):
    """An answer of which only its dict is drawn: a Validation, IndexPlans, HitCurves."""

    def to_dict(self) -> dict[str, Any]:
        """As --format json prints it."""


class HasNames(HasDict, Protocol):
    """One that has several parts, each by its name."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the parts."""

    def __getitem__(self, name: str) -> dict[str, Any]: ...


_PERCENTILES = ("p50", "p95", "p99", "p999")
_BEYOND_CHANCE = {"better": COLOURS[2], "worse": COLOURS[1]}
_LIMIT_LABEL = "limit in [slo]"


def plot_latency(result: _core.Result, *, ax: Axes | None = None) -> Axes:
    """The percentiles of every request class, with their intervals, on a logarithmic scale."""
    ax = axes_for(ax)
    series = []
    for target in result.targets:
        if "." not in target:
            found = [(name, getattr(result[target], name)) for name in _PERCENTILES]
            series.append((target, [(name, estimate) for name, estimate in found if estimate.known]))
    scale, unit = unit_of(estimate.value for _, points in series for _, estimate in points)
    for i, (target, points) in enumerate(series):
        draw_intervals(ax, i, [_PERCENTILES.index(name) + 0.06 * (i - (len(series) - 1) / 2) for name, _ in points],
                       [estimate for _, estimate in points], scale, target)
    ax.set_xticks(range(len(_PERCENTILES)), _PERCENTILES)
    ax.set(yscale="log", ylabel=f"latency ({unit})", title=result.name)
    plain_log(ax.yaxis)
    finish(ax, legend=True)
    return ax


def plot_sweep(sweep: _core.Sweep, metric: str = "p99", *, target: str = "all", x: str | None = None,
               hue: str | None = None, label: str | None = None, ax: Axes | None = None) -> Axes:
    """A metric of a target along one axis of the grid, a line for each value of another; its limit in [slo] is dashed.

    Lines that stand on the axes already keep their colours, the new ones take the next.

    metric  as in [slo]: "p99" of a request class, "utilization" of "pool.app"
    x, hue  axes of the grid; without them its last, and the first other that has several values. Points that differ in
            further axes share a line.
    label   what the legend says of the line where there is but one
    """
    from capplan.frames import axis_values

    ax = axes_for(ax)
    keys = list(sweep.axes)
    x = x or keys[-1]
    hue = hue or next((key for key in keys if key != x and len(sweep.axes[key]) > 1), None)
    drawn = len(ax.containers)
    at = axis_values(sweep, x)
    series = []
    for value in sweep.axes[hue] if hue else (None,):
        chosen = [(at[i], getattr(point.result[target], metric)) for i, point in enumerate(sweep)
                  if point.result is not None and (hue is None or point.at[hue] == value)]
        series.append((f"{hue} = {value}" if hue else label, sorted((pair for pair in chosen if pair[1].known), key=itemgetter(0))))
    is_time = metric.removeprefix("wait_") in ("mean", *_PERCENTILES)
    scale, unit = unit_of(estimate.value for _, points in series for _, estimate in points) if is_time else (1.0, "")
    for i, (name, points) in enumerate(series):
        draw_intervals(ax, drawn + i, [place for place, _ in points], [estimate for _, estimate in points], scale, name)
    for limit in _limits(sweep, target, metric):
        named = any(line.get_label() == _LIMIT_LABEL for line in ax.lines)
        ax.axhline(limit * scale, color=LIMIT_COLOUR, linestyle="--", linewidth=1, label=None if named else _LIMIT_LABEL)
    ax.set(xlabel=x, ylabel=f"{metric} of {target}" + (f" ({unit})" if unit else ""), title=sweep.name)
    finish(ax, legend=bool(ax.get_legend_handles_labels()[1]))
    return ax


def plot_fit(capture: _core.Capture | None, fit: ClassFit, *, families: Sequence[str] = (),
             ax: Axes | None = None) -> Axes:
    """Quantiles of a fitted class against those measured: points on the diagonal fit. Of at most 400 of the sample.

    capture   where the class was measured; None: the quantiles that the fit keeps, up to the 99.9th percentile
    families  of fit.alternatives, to see beside the one that was chosen
    """
    import numpy as np

    ax = axes_for(ax)
    if capture is None:
        kept = np.array(fit.quantiles)
        measured, probability, count = kept[:, 1], kept[:, 0], fit.requests
    else:
        chosen = capture.class_index == capture.classes.index(fit.name)
        sample = np.sort((capture.duration - capture.lag)[chosen]).astype(float) / 1e9
        if len(sample) == 0:
            raise ValueError(f"plot_fit: the capture {capture.name} has no requests of class {fit.name}")
        count = len(sample)
        tail = np.arange(max(0, count - 40), count)
        rank = np.unique(np.concatenate([np.linspace(0, count - 1, 360), tail]).astype(int))
        measured, probability = sample[rank], (rank + 0.5) / count
    scale, unit = unit_of([float(np.median(measured))])
    ends = measured[[0, -1]] * scale
    ax.plot(ends, ends, color=LIMIT_COLOUR, linestyle="--", linewidth=1, label="as measured")
    tried = {family.family: family.distribution for family in fit.alternatives}
    shown = {fit.family: fit.distribution, **{name: tried[name] for name in families}}
    for i, (name, distribution) in enumerate(shown.items()):
        ax.plot(measured * scale, distribution.quantile(probability) * scale, MARKERS[i], markersize=3.5,
                color=COLOURS[i], alpha=0.7, label=f"{name}, chosen" if name == fit.family else name)
    ax.set(xscale="log", yscale="log", xlabel=f"measured ({unit})", ylabel=f"fitted ({unit})",
           title=f"{fit.name}: quantiles of {count} requests")
    plain_log(ax.xaxis)
    plain_log(ax.yaxis)
    finish(ax, legend=True)
    return ax


def plot_validation(validation: HasDict, figure: str = "p95", *, ax: Axes | None = None) -> Axes:
    """How far a Validation's predictions, with their intervals, are from what was measured, as a share of it.

    Zero is agreement. Hollow is what was measured outside of the interval.

    figure  "mean", "p50", "p95" or "p99" of the latency of every class of every capture that is not saturated; of index
            samples without captures the p50 of the forty that are furthest off
    """
    rows = []
    content = validation.to_dict()
    for capture in content.get("captures", []):
        for name, request in capture["requests"].items() if not capture["saturated"] else ():
            rows.append((f"{capture['name']}: {name}", request["measured"][f"{figure}_s"],
                         request["predicted"][f"{figure}_s"]))
    if not rows:
        samples = content.get("index_samples", {}).get("rows", [])
        timed = [row for row in samples if row["error"]["latency_p50"] is not None]
        for row in sorted(timed, key=lambda row: -abs(float(row["error"]["latency_p50"])))[:40]:
            setting = row.get("ef_search", row.get("probes", "all"))
            rows.append((f"{row['index']} {row['rows']:,.0f} x {row['dimensions']}, {setting}",
                         row["measured"]["latency_p50_s"], row["predicted"]["latency_p50_s"]))
    known = [row for row in rows if row[1] > 0 and row[2] is not None][::-1]
    ax = axes_for(ax, figsize=(8, 1 + 0.24 * len(known)))
    for place, (_, measured, predicted) in enumerate(known):
        lo, at, hi = (100 * (predicted[end] / measured - 1) for end in ("lo", "value", "hi"))
        ax.errorbar(at, place, xerr=[[at - lo], [hi - at]], marker="o", capsize=3, color=COLOURS[0],
                    markerfacecolor=COLOURS[0] if lo <= 0 <= hi else "none")
    ax.axvline(0, color=LIMIT_COLOUR, linewidth=1)
    ax.set_yticks(range(len(known)), [name for name, _, _ in known])
    ax.set(xlabel="predicted against measured (% off)", title=content["law"], ylim=(-1, len(known)))
    finish(ax, legend=False)
    return ax


def plot_comparison(comparison: _core.Comparison, *, ax: Axes | None = None) -> Axes:
    """Every figure's change from A to B as a share of A's value, with its interval about zero.

    Filled: better or worse beyond chance; hollow: no difference is shown, or it cannot be told. The axis ends at 300 %,
    where what is beyond is an arrowhead. Figures that A has at zero, or that the sample does not carry, have no row.
    """
    known = [change for change in comparison if change.relative.known][::-1]
    ax = axes_for(ax, figsize=(8, 1 + 0.24 * len(known)))
    for row, change in enumerate(known):
        lo, at, hi = (100 * min(3.0, max(-1.0, x)) for x in (change.relative.lo, change.relative.value, change.relative.hi))
        colour = _BEYOND_CHANCE.get(change.verdict, LIMIT_COLOUR)
        ax.errorbar(at, row, xerr=[[at - lo], [hi - at]], marker="o" if change.relative.value <= 3 else ">", capsize=3,
                    color=colour, markerfacecolor=colour if change.verdict in _BEYOND_CHANCE else "none")
    ax.axvline(0, color=LIMIT_COLOUR, linewidth=1)
    ax.set_yticks(range(len(known)), [f"{change.subject} {change.figure}" for change in known])
    ax.set(xlabel="change from A to B (% of A)", title=comparison.a.name, ylim=(-1, len(known)))
    finish(ax, legend=False)
    return ax


def plot_stages(result: _core.Result, request: str | None = None, *, ax: Axes | None = None) -> Axes:
    """Where the time of a request class goes: mean by stage, of all requests and of those near each percentile."""
    known = list(dict.fromkeys(name for name, _ in result.stages))
    request = request or ("all" if "all" in known or not known else known[0])
    found = {near: stages for (name, near), stages in result.stages.items() if name == request}
    if not found:
        raise KeyError(f"{request}; there are: {', '.join(known)}")
    ax = axes_for(ax)
    names = list(dict.fromkeys(stage for stages in found.values() for stage in stages))
    scale, unit = unit_of(sum(stages.values()) for stages in found.values())
    reached = [0.0] * len(found)
    for i, name in enumerate(names):
        parts = [stages.get(name, 0.0) * scale for stages in found.values()]
        ax.barh(range(len(found)), parts, left=reached, color=COLOURS[i % len(COLOURS)],
                hatch=HATCHES[i % len(HATCHES)], edgecolor="white", linewidth=0.5, label=name)
        reached = [before + part for before, part in zip(reached, parts)]
    ax.set_yticks(range(len(found)), list(found))
    ax.invert_yaxis()
    ax.set(xlabel=f"time of {request} ({unit})", title=result.name)
    finish(ax, legend=True)
    return ax


def plot_over_time(result: _core.Result, *paths: str, ax: Axes | None = None) -> Axes:
    """Quantities of one kind over simulated time, by their paths in result.series; the warm-up is shaded.

    Without a path the rate of every request class.
    """
    series = result.series
    chosen = paths or tuple(path for path in series
                            if path.startswith("requests/") and path.endswith("/completed_per_s"))
    missing = [path for path in chosen if path not in series]
    if missing:
        raise KeyError(f"{missing[0]}; there are: {', '.join(series)}")
    ax = axes_for(ax)
    ends = result.window_ends
    middles = [(before + end) / 2 for before, end in zip([0.0, *ends[:-1]], ends)]
    for i, path in enumerate(chosen):
        ax.plot(middles, series[path], marker=MARKERS[i % len(MARKERS)], markersize=3, linewidth=1.5,
                color=COLOURS[i % len(COLOURS)], label=path)
    if result.warmup > 0:
        ax.axvspan(0, result.warmup, color="#eeeeee", zorder=0, label="warm-up")
    ax.set(xlabel="simulated time (s)", ylabel=chosen[0].rsplit("/", 1)[-1] if chosen else "", title=result.name)
    finish(ax, legend=bool(chosen))
    return ax


def plot_tradeoff(plans: HasNames, index: str | None = None, *, ax: Axes | None = None) -> Axes:
    """Of IndexPlans the searches a second that one core can do over recall, a line for each number of rows.

    Both with their intervals. Points are named by their ef_search or probes; those that another beats in both are left out.

    index  the NAME of [index.NAME]; None: the first
    """
    plan = plans[index or plans.names[0]]
    ax = axes_for(ax)
    for i, at in enumerate(plan["at"]):
        best = [point for point in at["points"] if not point["dominated"]]
        points = sorted(best, key=lambda point: float(point["recall"]["value"]))
        x, y = ([point[name] for point in points] for name in ("recall", "searches_per_s_core"))
        ax.errorbar([100 * e["value"] for e in x], [e["value"] for e in y], xerr=sides(x, 100), yerr=sides(y, 1),
                    marker=MARKERS[i % len(MARKERS)], markersize=4.5, capsize=2, elinewidth=0.6, linewidth=1.5,
                    color=COLOURS[i % len(COLOURS)],
                    label=f"{at['rows']:,.0f} rows" + (f", {at['when']}" if at["when"] else ""))
        for point, recall, speed in zip(points, x, y):
            param = point.get("ef_search", point.get("probes"))
            if param is not None and i == 0:
                ax.annotate(str(param), (100 * recall["value"], speed["value"]), xytext=(3, 4),
                            textcoords="offset points", fontsize="x-small", color=LIMIT_COLOUR)
    ax.set(xlabel="recall (%)", ylabel="searches per second, a core", yscale="log",
           title=f"{plan['name']}: {plan['kind']} on {plan['column']}")
    plain_log(ax.yaxis)
    finish(ax, legend=True)
    return ax


def plot_hit_curve(curves: HasNames, *, ax: Axes | None = None) -> Axes:
    """Of HitCurves the hit ratio of LRU over its size in entries; sizes that the scenario states are dotted."""
    ax = axes_for(ax)
    for i, name in enumerate(curves.names):
        points = curves[name]["points"]
        colour = COLOURS[i % len(COLOURS)]
        shares = [point["hit_ratio"] for point in points]
        ax.errorbar([point["entries"] for point in points], [100 * e["value"] for e in shares],
                    yerr=sides(shares, 100), marker=MARKERS[i % len(MARKERS)], markersize=4.5, capsize=2,
                    linewidth=1.5, color=colour, label=name)
        for point in points:
            if point["stated"]:
                ax.axvline(point["entries"], color=colour, linestyle=":", linewidth=1)
    ax.set(xscale="log", xlabel="entries", ylabel="hit ratio (%)", ylim=(0, 100), title=curves.to_dict()["source"])
    finish(ax, legend=True)
    return ax


def _limits(sweep: _core.Sweep, target: str, metric: str) -> list[float]:
    """Where [slo] has a limit for this figure, at whichever points."""
    judged = [slo for point in sweep if point.result is not None for slo in point.result.slos]
    return sorted({slo.limit for slo in judged if slo.target == target and slo.text.split()[0] == metric})
