"""Values as pandas.DataFrame. The tables of results are those of ``--format csv``; pandas is imported here alone."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd

from capplan import _core


def result_frame(result: _core.Result) -> pd.DataFrame:
    """A row a figure, by its path: value, lo, hi."""
    return pd.read_csv(io.StringIO(result._csv()), index_col="path", float_precision="round_trip")


def sweep_frame(sweep: _core.Sweep) -> pd.DataFrame:
    """A row a point: axes in base units, verdict, then each figure as value, …/lo and …/hi."""
    frame = pd.read_csv(io.StringIO(sweep._csv()), float_precision="round_trip")
    for key in sweep.axes:
        frame[key] = axis_values(sweep, key)
    return frame


def comparison_frame(comparison: _core.Comparison) -> pd.DataFrame:
    """A row a figure, by its path: a, b, difference and relative, each with …/lo and …/hi, then p and verdict."""
    return pd.read_csv(io.StringIO(comparison._csv()), index_col="path", float_precision="round_trip")


def capture_frame(capture: _core.Capture) -> pd.DataFrame:
    """A row a completed request, times as timedelta64, its class by name."""
    kinds = pd.Categorical.from_codes(capture.class_index, list(capture.classes))
    return pd.DataFrame({"start": capture.start, "duration": capture.duration, "lag": capture.lag, "class": kinds,
                         "client": capture.client}, copy=False)


def axis_values(sweep: _core.Sweep, key: str) -> list[Any]:
    """What each point has there, in base units as its resolved scenario says; where it is not done, as written."""
    return [_resolved(point, key) for point in sweep]


def _resolved(point: _core.SweepPoint, key: str) -> Any:
    if point.result is None:
        return point.at[key]
    place: Any = point.result.to_dict()["scenario"]
    for part in key.split("."):
        place = place.get(part) if isinstance(place, dict) else None
    return place if isinstance(place, (bool, int, float, str)) else point.at[key]
