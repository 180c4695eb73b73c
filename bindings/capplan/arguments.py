"""What the verbs are given, as the program takes it: scenarios with their changes, results, and texts as flags have them."""

from __future__ import annotations

import os
from typing import Any, Mapping, Sequence, Union

from capplan import _core
from capplan.calibration import Path

Changes = Union[Mapping[str, Any], Sequence[str], None]


def scenario_of(scenario: _core.Scenario | Path, changes: Changes) -> _core.Scenario:
    loaded = scenario if isinstance(scenario, _core.Scenario) else _core.Scenario.load(scenario)
    return loaded._set(changes, "set") if changes else loaded


def is_result(side: object) -> bool:
    if isinstance(side, (str, os.PathLike)):
        return os.fspath(side).endswith((".json", ".html"))
    return isinstance(side, _core.Result)


def result_of(side: Any) -> tuple[_core.Result, str]:
    """The result, and what it is called."""
    return (side, side.name) if isinstance(side, _core.Result) else (_core.read_result(os.fspath(side)), os.fspath(side))


def side_of(side: Any, both: Changes, own: Changes, place: str) -> tuple[_core.Scenario, str]:
    """The scenario with its changes, and what it is called: what both have is not said."""
    loaded = scenario_of(side, None)
    texts = [] if not own else [f"{key}={value}" for key, value in own.items()] if isinstance(own, Mapping) else own
    changed = scenario_of(loaded, both)
    return changed._set(own, place) if own else changed, " ".join([loaded._label, *texts])


def text_of(path: Path | None) -> str:
    return "" if path is None else os.fspath(path)


def numbers_of(given: float | Sequence[float]) -> list[float]:
    return [float(given)] if isinstance(given, (int, float)) else [float(number) for number in given]


def seconds_of(given: float | str | None) -> str:
    """A time as a flag would hold it."""
    return "" if given is None else given if isinstance(given, str) else f"{given:f}s"


def options_of(seed: int, replications: int | str, precision: float | str | None, budget: float | str | None,
               jobs: int, uncertainty: bool | int) -> dict[str, str]:
    """As the flags would hold them: the program's own reader checks them all."""
    draws = "" if uncertainty is False else "20" if uncertainty is True else str(uncertainty)
    return {"seed": str(seed), "replications": str(replications), "precision": "" if precision is None else str(precision),
            "budget": seconds_of(budget), "jobs": str(jobs) if jobs else "", "uncertainty": draws}
