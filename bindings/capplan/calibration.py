"""Costs fitted from captures, in scikit-learn's manners: options in the constructor, what is learned ends in "_"."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Mapping, NamedTuple, Sequence, Union

from capplan import _core
from capplan.display import percentiles_html, progress_line

if TYPE_CHECKING:
    import pandas as pd

Path = Union[str, "os.PathLike[str]"]
Paths = Union[Path, Sequence[Path]]


def paths(given: Paths) -> list[str]:
    """The paths, of one or of several."""
    return [os.fspath(path) for path in ([given] if isinstance(given, (str, os.PathLike)) else given)]


class Family(NamedTuple):
    """A family of distributions, fitted by maximum likelihood, and how far it is from the sample.

    fits  near enough in its distribution function, its mean and its p99 to be chosen
    """

    family: str
    distribution: _core.Distribution
    parameters: int
    aic: float
    ks: float
    anderson_darling: float
    fits: bool


class ClassFit(NamedTuple):
    """The cost of one class of requests: what the sample says, and the distribution that was chosen for it.

    ks_critical   distance that a sample of a true distribution exceeds once in a hundred
    alternatives  every family that was tried, best AIC first; where none fits the sample itself is chosen
    quantiles     at 33 probabilities p: (p, measured, fitted), in seconds
    """

    name: str
    requests: int
    mean: _core.Estimate
    p50: _core.Estimate
    p95: _core.Estimate
    p99: _core.Estimate
    cv: float
    family: str
    ks: float
    anderson_darling: float
    captures: tuple[str, ...]
    distribution: _core.Distribution
    ks_critical: float
    alternatives: tuple[Family, ...]
    quantiles: tuple[tuple[float, float, float], ...]


class FittedCost(NamedTuple):
    """What several captures tell of one cost, in seconds, or as a plain number; as the calibration's file names it.

    identified  False: they hardly moved it from what was assumed before
    """

    value: _core.Estimate
    identified: bool


class Calibration:
    """Fits the demand of each query class from captures of the real service, and laws of vector indexes from samples.

    >>> fitted = capplan.Calibration().fit("data/captures/light.toml")
    >>> fitted.classes_["search"].family, round(fitted.mix_["search"], 2)
    ('empirical', 0.6)

    settings  pg_settings (CSV) of the server that index samples were measured on
    lenient   keep what can be read of damaged logs

    classes_      a ClassFit by the name of each class
    costs_        of several captures: a FittedCost by the name of each part of a duration
    rate_ cv_ dispersion_ mix_   the load of the first capture
    workload_     what else is to be said of it, in sentences: trend, mix, likeness of neighbours, think time, keys
    warnings_     what to be careful about
    """

    classes_: Mapping[str, ClassFit]
    costs_: Mapping[str, FittedCost]
    rate_: _core.Estimate
    cv_: _core.Estimate
    dispersion_: _core.Estimate
    mix_: Mapping[str, float]
    workload_: tuple[str, ...]
    warnings_: tuple[str, ...]
    _toml: str
    _table: str
    _json: str

    def __init__(self, *, settings: Path | None = None, lenient: bool = False) -> None:
        self.settings = settings
        self.lenient = lenient

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The options, by name."""
        return {"settings": self.settings, "lenient": self.lenient}

    def set_params(self, **params: Any) -> Calibration:
        """Changes options; returns itself."""
        for name, value in params.items():
            if name not in self.get_params():
                raise ValueError(f"set_params: {name} is none of {', '.join(self.get_params())}")
            setattr(self, name, value)
        return self

    def fit(self, manifests: Paths = (), *, index_samples: Paths = (), index_plans: Paths = (),
            index: str | Sequence[str] = (), progress: str = "auto") -> Calibration:
        """Reads captures and samples, and fits; returns itself. Ctrl-C ends it, and nothing is learned.

        manifests      of captures, each beside its log
        index_samples  files of measured searches of vector indexes (CSV)
        index_plans    files of plans of one index at one setting each, and
        index          of each of them the index: "hnsw,rows=50000,dimensions=384,m=16,ef_search=40"
        progress       "auto": the time so far on stderr in terminals and notebooks; "always", "never"
        """
        settings = "" if self.settings is None else os.fspath(self.settings)
        with progress_line(progress) as show:
            learned = _core.calibrate(paths(manifests), paths(index_samples), paths(index_plans),
                                      [index] if isinstance(index, str) else list(index), settings, self.lenient, show)
        self._toml, self._table, self._json = learned["toml"], learned["table"], learned["json"]
        self.costs_ = {name: FittedCost(*cost) for name, cost in learned["costs"].items()}
        self.classes_ = {entry["name"]: _class_fit(entry) for entry in learned["classes"]}
        self.rate_, self.cv_, self.dispersion_ = learned["rate"], learned["cv"], learned["dispersion"]
        self.mix_, self.warnings_ = learned["mix"], tuple(learned["warnings"])
        self.workload_ = tuple(learned["workload"])
        return self

    def to_toml(self) -> str:
        """The file of costs that a scenario names: calibration = "costs.toml" under [scenario]."""
        return self._toml

    def save(self, path: Path) -> None:
        """Writes to_toml() into a file."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(self._toml)

    def to_dict(self) -> dict[str, Any]:
        """What calibrate --format json prints: of every class the families tried, the load, the costs."""
        found: dict[str, Any] = json.loads(self._json)
        return found

    def to_frame(self) -> pd.DataFrame:
        """The classes as a pandas.DataFrame: a row a class, estimates as value, …_lo and …_hi."""
        import pandas as pd

        rows = {name: _flat(fitted) for name, fitted in self.classes_.items()}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("class")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calibration) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((self.settings, self.lenient, getattr(self, "_toml", None)))

    def __repr__(self) -> str:
        options = ", ".join(f"{name}={value!r}" for name, value in self.get_params().items())
        return getattr(self, "_table", f"Calibration({options})").rstrip("\n")

    def _repr_html_(self) -> str:
        fits = getattr(self, "classes_", {}).values()
        return percentiles_html(self, [(fit.name, [fit.p50, fit.p95, fit.p99]) for fit in fits])


def _class_fit(entry: dict[str, Any]) -> ClassFit:
    entry["alternatives"] = tuple(Family(**tried) for tried in entry["alternatives"])
    return ClassFit(**entry)


def _flat(fitted: ClassFit) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, value in fitted._asdict().items():
        if isinstance(value, _core.Estimate):
            known = value.known
            row.update({name: float(value), f"{name}_lo": value.lo if known else None,
                        f"{name}_hi": value.hi if known else None})
        elif name not in ("name", "captures", "distribution", "alternatives", "quantiles"):
            row[name] = value
    return row
