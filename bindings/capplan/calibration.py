"""Costs fitted from captures, in scikit-learn's manners: options in the constructor, what is learned ends in "_"."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Mapping, NamedTuple, Sequence, Union

from capplan import _core

if TYPE_CHECKING:
    import pandas as pd

Path = Union[str, "os.PathLike[str]"]


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


class Calibration:
    """Fits the demand of each query class from captures of the real service.

    >>> fitted = capplan.Calibration().fit("data/captures/light.toml")
    >>> fitted.classes_["search"].family, round(fitted.mix_["search"], 2)
    ('empirical', 0.6)

    classes_      a ClassFit by the name of each class
    rate_ cv_ dispersion_ mix_   the load of the first capture
    workload_     what else is to be said of it, in sentences: trend, mix, likeness of neighbours, think time, keys
    warnings_     what to be careful about
    """

    classes_: Mapping[str, ClassFit]
    rate_: _core.Estimate
    cv_: _core.Estimate
    dispersion_: _core.Estimate
    mix_: Mapping[str, float]
    workload_: tuple[str, ...]
    warnings_: tuple[str, ...]
    _toml: str
    _table: str

    def __init__(self, lenient: bool = False) -> None:
        self.lenient = lenient

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The options, by name."""
        return {"lenient": self.lenient}

    def fit(self, manifests: Path | Sequence[Path]) -> Calibration:
        """Reads the captures that the manifests name, and fits; returns itself. Ctrl-C ends it, and nothing is learned."""
        if isinstance(manifests, (str, os.PathLike)):
            manifests = [manifests]
        learned = _core.calibrate([os.fspath(path) for path in manifests], self.lenient)
        self._toml, self._table = learned["toml"], learned["table"]
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

    def to_frame(self) -> pd.DataFrame:
        """The classes as a pandas.DataFrame: a row a class, estimates as value, …_lo and …_hi."""
        import pandas as pd

        rows = {name: _flat(fitted) for name, fitted in self.classes_.items()}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("class")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calibration) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((self.lenient, getattr(self, "_toml", None)))

    def __repr__(self) -> str:
        return getattr(self, "_table", f"Calibration(lenient={self.lenient})").rstrip("\n")

    def _repr_html_(self) -> str:
        from capplan.display import text_html

        return text_html(self)


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
