"""Data of the user's own for a scenario: arrivals and keys from arrays, distributions from scipy or from quantiles.

They are values as any other: Scenario.replace({"workload.api": capplan.arrivals(…), "query.search.cpu":
capplan.tabulate(…), "request.view.keys": capplan.keys(…)}). Nothing of Python runs while a simulation does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence, Union

from capplan import _core

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def arrivals(at: npt.ArrayLike, requests: Union[str, Sequence[str], np.ndarray[Any, Any]], *,
             span: float | None = None, source: str = "an array") -> _core.Arrivals:
    """A series of arrivals, to put in the place of a workload: replace({"workload.api": arrivals(…)}).

    at        when: seconds as numbers, or timedelta64; in any order, counted from 0
    requests  the request class of all of them, or of each one
    span      length of the series in seconds, after which it starts over; without it the last arrival

    >>> series = capplan.arrivals([0.1, 0.4, 0.2], "search", span=0.5)
    >>> len(series), series.span, series.classes
    (3, 0.5, ('search',))
    """
    import numpy as np

    times = np.asarray(at)
    if times.dtype.kind == "m":
        nanoseconds = times.astype("timedelta64[ns]").astype(np.int64)
    else:
        seconds = np.asarray(times, dtype=float)
        if not np.all(np.isfinite(seconds)) or np.any(np.abs(seconds) > 1e8):
            raise ValueError("arrivals: every time must be a finite number of seconds, at most 1e8")
        nanoseconds = np.rint(seconds * 1e9).astype(np.int64)
    names, index = np.unique(np.broadcast_to(np.asarray(requests, dtype=str), nanoseconds.shape), return_inverse=True)
    if nanoseconds.ndim != 1 or len(nanoseconds) == 0 or nanoseconds.min() < 0:
        raise ValueError("arrivals: a one-dimensional series of times from 0 on is wanted")
    order = np.argsort(nanoseconds, kind="stable")
    last = int(nanoseconds.max())
    length = last if span is None else round(span * 1e9)
    if length < last:
        raise ValueError("arrivals: the series is longer than its span")
    return _core.Arrivals(nanoseconds[order], index[order].astype(np.uint16), [str(name) for name in names], length,
                          source)


def keys(asked: npt.ArrayLike, *, source: str = "an array") -> _core.Keys:
    """Keys that a request asks its caches for, in place of a popularity: replace({"request.view.keys": keys(…)}).

    asked   whole numbers or texts, in the order in which they were asked for; after the last the first comes again
    source  what the resolved scenario says of where they come from

    A number is the same key as the number in a file of keys, or the rank in a popularity, of another request.

    >>> capplan.keys(["user:17", "user:4", "user:17"])
    Keys(3 of an array)
    """
    import numpy as np

    taken = np.asarray(asked)
    if taken.ndim != 1 or len(taken) == 0 or taken.dtype.kind not in "iuUO":
        raise ValueError("keys: a one-dimensional series of whole numbers or texts is wanted")
    if taken.dtype.kind in "UO":
        texts, place = np.unique(taken.astype(str), return_inverse=True)
        taken = np.array([_core.key_number(str(text)) for text in texts], dtype=np.uint64)[place]
    return _core.Keys(taken.astype(np.uint64), source)


def tabulate(source: Any, *, unit: str = "s", probability: npt.ArrayLike | None = None) -> dict[str, Any]:
    """A distribution as a table of its quantiles, which a scenario takes wherever it takes a time.

    source       a frozen distribution of scipy.stats (anything with ppf); or values, ascending
    unit         of its values: "us", "ms", "s", …
    probability  where it is tabulated; of values: where each stands, by default evenly from 0 to 1

    What lies beyond the outermost probabilities is never drawn, so that a heavy tail loses what is there of its mean.

    >>> capplan.tabulate([1, 2, 4], unit="ms")
    {'empirical': {'probability': [0.0, 0.5, 1.0], 'value': ['1ms', '2ms', '4ms']}}
    """
    import numpy as np

    if hasattr(source, "ppf"):
        inside = _grid() if probability is None else np.asarray(probability, dtype=float)
        values = np.asarray(source.ppf(inside), dtype=float)
    else:
        values = np.asarray(source, dtype=float)
        inside = np.linspace(0, 1, len(values)) if probability is None else np.asarray(probability, dtype=float)
    if values.ndim != 1 or values.shape != inside.shape or len(values) < 2:
        raise ValueError("tabulate: as many values as probabilities are wanted, two or more")
    if not np.all(np.isfinite(values)) or np.any(values < 0) or np.any(np.diff(values) < 0):
        raise ValueError("tabulate: values must be finite, from 0 on, and ascend")
    known = np.concatenate([[0.0] if inside[0] > 0 else [], inside, [1.0] if inside[-1] < 1 else []])
    ends = np.concatenate([values[:1] if inside[0] > 0 else [], values, values[-1:] if inside[-1] < 1 else []])
    texts = [np.format_float_positional(value, trim="-") + unit for value in ends]
    return {"empirical": {"probability": [float(p) for p in known], "value": texts}}


def _grid() -> np.ndarray[Any, np.dtype[np.float64]]:
    """Denser towards both ends, where distributions bend: halving steps down to one in ten million."""
    import numpy as np

    tail = np.geomspace(1e-7, 0.02, 60)
    return np.concatenate([tail, np.linspace(0.02, 0.98, 129)[1:-1], 1 - tail[::-1]])
