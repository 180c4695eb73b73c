"""How figures look: colours, markers, units and axes.

Colours are those of Okabe and Ito (2008), which colour-blind readers tell apart, in an order of falling contrast; each
line has a marker of its own besides. Times are in the unit that suits them, intervals are bars or bands, limits dashed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, Sequence

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from capplan import _core

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = "osD^vP*"
HATCHES = ("", "//", "..", "xx", "--", "\\\\", "++")
LIMIT_COLOUR = "#444444"


def sides(estimates: Sequence[dict[str, float]], scale: float) -> list[list[float]]:
    """How far intervals reach below and above."""
    return [[max(0.0, e["value"] - e["lo"]) * scale for e in estimates],
            [max(0.0, e["hi"] - e["value"]) * scale for e in estimates]]


def axes_for(ax: Axes | None, **figure: Any) -> Any:
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(**{"figsize": (7, 4.2), "layout": "constrained", **figure})[1]


def finish(ax: Any, *, legend: bool) -> None:
    ax.grid(True, which="major", color="#dddddd", linewidth=0.8)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    if legend:
        ax.legend(frameon=False, fontsize="small")


def plain_log(axis: Any) -> None:
    """1, 2, 5, 10 in place of powers of ten."""
    from matplotlib.ticker import LogLocator, NullFormatter

    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(NullFormatter())


def unit_of(seconds: Iterable[float]) -> tuple[float, str]:
    """Factor and name of the unit in which the middle one of some times is a number from 1 to 1000."""
    ordered = sorted(time for time in seconds if time > 0)
    middle = ordered[len(ordered) // 2] if ordered else 1.0
    return (1e6, "µs") if middle < 1e-3 else (1e3, "ms") if middle < 1 else (1.0, "s")


def draw_intervals(ax: Any, index: int, places: Sequence[float], estimates: Sequence[_core.Estimate], scale: float,
                   label: str | None) -> None:
    value = [estimate.value * scale for estimate in estimates]
    below = [max(0.0, estimate.value - estimate.lo) * scale for estimate in estimates]
    above = [max(0.0, estimate.hi - estimate.value) * scale for estimate in estimates]
    ax.errorbar(places, value, yerr=[below, above], marker=MARKERS[index % len(MARKERS)], markersize=4.5, capsize=3,
                linewidth=1.5, color=COLOURS[index % len(COLOURS)], label=label)
