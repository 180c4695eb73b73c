"""What validate, index, cache, rules and inspect find, as values: the program's texts, and what is in them."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any, Iterator

from capplan import _core
from capplan.display import text_html
from capplan.plot import plot_hit_curve, plot_tradeoff, plot_validation

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


class Answer:
    """An answer that is only shown: table, JSON as a dict, CSV as a frame; capplan.report() writes its files."""

    __slots__ = ("_kept",)
    _kept: _core.Rendered

    def __init__(self, kept: _core.Rendered) -> None:
        object.__setattr__(self, "_kept", kept)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} does not change")

    def __reduce__(self) -> tuple[type[Answer], tuple[_core.Rendered]]:
        return type(self), (self._kept,)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Answer) and type(other) is type(self) and other._kept == self._kept

    def __hash__(self) -> int:
        return hash(self._kept)

    def to_dict(self) -> dict[str, Any]:
        """As --format json prints it."""
        found: dict[str, Any] = json.loads(self._kept.text(".json", ""))
        return found

    def to_frame(self) -> pd.DataFrame:
        """A pandas.DataFrame: the rows of --format csv."""
        import pandas as pd

        return pd.read_csv(io.StringIO(self._kept.text(".csv", "")), float_precision="round_trip")

    def __repr__(self) -> str:
        return self._kept.text(".txt", "").rstrip("\n")

    def _repr_html_(self) -> str:
        return text_html(self)


class Validation(Answer):
    """Predictions compared with held-out measurements: validation["busy"] is one capture, as a dict."""

    __slots__ = ()

    def __getitem__(self, capture: str) -> dict[str, Any]:
        found: dict[str, dict[str, Any]] = {each["name"]: each for each in self.to_dict().get("captures", [])}
        if capture not in found:
            raise KeyError(f"{capture}; there are: {', '.join(found)}")
        return found[capture]

    @property
    def captures(self) -> tuple[str, ...]:
        """Names of the captures."""
        return tuple(each["name"] for each in self.to_dict().get("captures", []))

    @property
    def errors(self) -> dict[str, float | None]:
        """Medians of absolute errors, and shares within intervals, as JSON names them; None: nothing tells."""
        content = self.to_dict()
        samples = content.get("index_samples", {})
        return {**content.get("summary", {}),
                **{name: value for name, value in samples.items() if name not in ("n", "rows", "warnings")}}

    def plot(self, figure: str = "p95", *, ax: Axes | None = None) -> Axes:
        """Errors with the predicted intervals, as plot_validation() draws them; returns the axes."""
        return plot_validation(self, figure, ax=ax)


class IndexPlans(Answer):
    """Vector indexes before they are built: plans["chunks"] is one, as a dict; its `at` holds each number of rows."""

    __slots__ = ()

    def __getitem__(self, index: str) -> dict[str, Any]:
        found: dict[str, dict[str, Any]] = {each["name"]: each for each in self.to_dict()["indexes"]}
        if index not in found:
            raise KeyError(f"{index}; there are: {', '.join(found)}")
        return found[index]

    @property
    def names(self) -> tuple[str, ...]:
        """Of the indexes."""
        return tuple(each["name"] for each in self.to_dict()["indexes"])

    def plot(self, index: str | None = None, *, ax: Axes | None = None) -> Axes:
        """Recall and throughput, as plot_tradeoff() draws them; returns the axes."""
        return plot_tradeoff(self, index, ax=ax)


class HitCurves(Answer):
    """Hit ratio of LRU over its size: curves["search"] is that of a request, as a dict."""

    __slots__ = ()

    def __getitem__(self, request: str) -> dict[str, Any]:
        found: dict[str, dict[str, Any]] = {each["name"]: each for each in self.to_dict()["curves"]}
        if request not in found:
            raise KeyError(f"{request}; there are: {', '.join(found)}")
        return found[request]

    @property
    def names(self) -> tuple[str, ...]:
        """Of the requests, or of the file."""
        return tuple(each["name"] for each in self.to_dict()["curves"])

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Every curve with its interval, as plot_hit_curve() draws them; returns the axes."""
        return plot_hit_curve(self, ax=ax)


class Rules(Answer):
    """Rules of thumb beside the simulation: a sequence of dicts, a rule each."""

    __slots__ = ()

    def __len__(self) -> int:
        return len(self.to_dict()["rules"])

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.to_dict()["rules"])

    def __getitem__(self, index: int) -> dict[str, Any]:
        rule: dict[str, Any] = self.to_dict()["rules"][index]
        return rule


class Inspection(Answer):
    """What files of measurements are and hold."""

    __slots__ = ()

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that there are, as to_frame() takes them."""
        return tuple(dict.fromkeys(name for file in self.to_dict()["files"] for name in file["tables"]))

    def to_frame(self, table: str | None = None) -> pd.DataFrame:
        """One table of all files as a pandas.DataFrame, the first without a name; estimates as value, …/lo and …/hi."""
        import pandas as pd

        names = self.tables
        if not names or (table is not None and table not in names):
            raise KeyError(f"{table}; there are: {', '.join(names)}")
        wanted = names[0] if table is None else table
        return pd.DataFrame([{"file": file["file"], **_flat(row)} for file in self.to_dict()["files"]
                             for row in file["tables"].get(wanted, [])])


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            flat.update({name: value["value"], f"{name}/lo": value["lo"], f"{name}/hi": value["hi"]})
        else:
            flat[name] = value
    return flat
