"""The program's verbs as functions: names, options and defaults are those of its flags.

While they compute, other threads run. Ctrl-C ends them as KeyboardInterrupt; what a store holds by then stays.
"""

from __future__ import annotations

import os
from typing import Any, Mapping, Sequence, Union

from capplan import _core
from capplan.calibration import Calibration, Path
from capplan.display import Description, progress_line
from capplan.moved import Drift, drift_of

Changes = Union[Mapping[str, Any], Sequence[str], None]


def run(scenario: _core.Scenario | Path, *, set: Changes = None, seed: int = 1, replications: int | str = "auto",
        precision: float | str = "5%", budget: float | str | None = None, uncertainty: bool | int = False, jobs: int = 0,
        progress: str = "auto") -> _core.Result:
    """Simulate one scenario and judge its SLOs.

    scenario      a Scenario, or the path of a file
    set           settings to change: {"workload.api.rate": "80/s"}, or texts as --set has them
    seed          random numbers to use; the same seed gives the same result
    replications  runs; "auto": 5 to 30, as the precision asks; 1 is cut into batches
    precision     half width of the intervals of mean, p95 and p99 at which "auto" stops
    budget        wall clock after which no further replications are begun: seconds, or "2min"
    uncertainty   draw the calibration's parameters: True, or how often (20): intervals cover what captures leave open,
                  and SLOs are met with a probability
    jobs          threads; 0: one a core
    progress      "auto": a line on stderr in terminals and notebooks; "always", "never"

    >>> result = capplan.run("data/scenarios/quickstart.toml", set={"workload.api.rate": "20/s"}, replications=5)
    >>> round(float(result["all"].throughput))
    20
    """
    with progress_line(progress) as show:
        return _core.run(_scenario(scenario, set), _options(seed, replications, precision, budget, jobs, uncertainty), show)


def sweep(scenario: _core.Scenario | Path, vary: Mapping[str, Any] | Sequence[str] | None = None, *,
          set: Changes = None, store: Path | None = None, fresh: bool = False, shard: str | None = None, seed: int = 1,
          replications: int | str = "auto", precision: float | str = "5%", budget: float | str | None = None,
          uncertainty: bool | int = False, jobs: int = 0, progress: str = "auto") -> _core.Sweep:
    """Simulate a grid of scenarios. Options that are not named here are those of run().

    vary   the axes: {"pool.app.max_size": [4, 8, 16]} or {…: "2..64:6:log"}, or texts as --vary has them; they
           replace those of the same key in [sweep]
    store  file in which finished points are kept, and looked up; None: nowhere
    fresh  compute points that the store has, too
    shard  "2/4": only the second of four parts

    >>> grid = capplan.sweep("data/scenarios/quickstart.toml", {"workload.api.rate": ["20/s", "40/s"]}, replications=5)
    >>> [point.at for point in grid]
    [{'workload.api.rate': '20/s'}, {'workload.api.rate': '40/s'}]
    """
    options = _options(seed, replications, precision, budget, jobs, uncertainty)
    options.update(store="" if store is None else os.fspath(store), fresh="true" if fresh else "",
                   shard=shard or "")
    with progress_line(progress) as show:
        return _core.sweep(_scenario(scenario, set), vary, options, show)


def compare(a: _core.Scenario | _core.Result | Path, b: _core.Scenario | _core.Result | Path | None = None, *,
            set: Changes = None, set_a: Changes = None, set_b: Changes = None, seed: int = 1,
            replications: int | str = "auto", precision: float | str = "5%", budget: float | str | None = None,
            uncertainty: bool | int = False, jobs: int = 0, progress: str = "auto") -> _core.Comparison:
    """Say what changes from A to B, and what is chance. Options that are not named here are those of run().

    a, b          scenarios, which are run on the same random numbers; or results, which are compared as they are: each a
                  value, or the path of a file (results: .json); without b it is a, with other settings
    set           settings to change in both
    set_a, set_b  settings to change in one of them
    precision     half width of the differences of mean, p95 and p99, as a share of A's, at which "auto" stops

    >>> change = capplan.compare("data/scenarios/quickstart.toml", set_b={"server.primary.cores": 2}, replications=5)
    >>> change.settings
    {'server.primary.cores': ('4', '2')}
    >>> change["servers/primary/cpu"].verdict, round(float(change["servers/primary/cpu"].relative), 1)
    ('worse', 1.0)
    """
    options = _options(seed, replications, precision, budget, jobs, uncertainty)
    if b is None and (_is_result(a) or not (set_a or set_b)):
        raise ValueError("compare: there is nothing to compare a with; give b, or set_a and set_b")
    second = a if b is None else b
    if _is_result(a) != _is_result(second):
        raise ValueError("compare: a scenario cannot be compared with a result; run() it with the same seed and "
                         "replications")
    if _is_result(a):
        if set or set_a or set_b:
            raise ValueError("compare: results are as they are; set changes scenarios only")
        (first_result, first_name), (other_result, other_name) = _result(a), _result(second)
        return _core.compare_results(first_result, other_result, (first_name, other_name), options)
    first, other = _side(a, set, set_a, "set_a"), _side(second, set, set_b, "set_b")
    with progress_line(progress) as show:
        return _core.compare(first[0], other[0], (first[1], other[1]), options, show)


def report(kept: _core.Result | _core.Sweep | _core.Comparison | Path, output: Path, *, format: str | None = None) -> None:
    """Write an answer into a file: as a page (.html), a table (.txt), .md, .csv or .json, as its extension says.

    kept    a Result, Sweep or Comparison; or the path of a store, of JSON, or of a page, which holds its data
    format  for another extension: "table", "json", "csv", "markdown" or "html"

    >>> import os, tempfile
    >>> page = os.path.join(tempfile.mkdtemp(), "report.html")
    >>> capplan.report(capplan.run("data/scenarios/quickstart.toml", replications=5), page)
    >>> os.path.getsize(page) > 20_000
    True
    """
    path = os.fspath(output)
    answer = kept if isinstance(kept, (_core.Result, _core.Sweep, _core.Comparison)) else os.fspath(kept)
    text = _core.rendered(answer, os.path.splitext(path)[1], format or "")
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)


def calibrate(manifests: Path | Sequence[Path], *, lenient: bool = False) -> Calibration:
    """Fit the costs of queries from captures of the real service: Calibration(lenient=…).fit(manifests)."""
    return Calibration(lenient=lenient).fit(manifests)


def drift(calibration: Path, captures: Path | Sequence[Path], *, margin: float = 0.1, against: str | None = None,
          lenient: bool = False) -> Drift:
    """Say whether a calibration still describes captures, and what moved.

    calibration  the file that calibrate() saved, or the program wrote
    captures     manifests, each beside its log
    margin       least change that matters, of demand, rate, think time, skew or host speed; of the mix half of it, of
                 dispersion five times
    against      the calibration's capture to compare with, by name; None: the one whose load is most alike
    """
    manifests = [captures] if isinstance(captures, (str, os.PathLike)) else captures
    found = _core.drift(os.fspath(calibration), [os.fspath(path) for path in manifests], margin, against or "", lenient)
    return drift_of(*found)


def check(scenario: _core.Scenario | Path, *, set: Changes = None) -> _core.Scenario:
    """Validate a scenario without running it; ScenarioError has every problem at once.

    >>> capplan.check("data/scenarios/quickstart.toml")
    quickstart: 9 sections, 1 point (data/scenarios/quickstart.toml)
    """
    checked = _scenario(scenario, set)
    _core.check(checked)
    return checked


def describe(path: str | None = None) -> Description:
    """What can be modelled, from the components' own specs: everything, a section, a kind, or "errors".

    >>> print(capplan.describe("pool").splitlines()[0])
    section  kind        what it is
    """
    return Description(_core.describe(path or ""))


def _scenario(scenario: _core.Scenario | Path, changes: Changes) -> _core.Scenario:
    loaded = scenario if isinstance(scenario, _core.Scenario) else _core.Scenario.load(scenario)
    return loaded._set(changes, "set") if changes else loaded


def _is_result(side: object) -> bool:
    return isinstance(side, _core.Result) or (isinstance(side, (str, os.PathLike)) and os.fspath(side).endswith(".json"))


def _result(side: Any) -> tuple[_core.Result, str]:
    """The result, and what it is called."""
    return (side, side.name) if isinstance(side, _core.Result) else (_core.read_result(os.fspath(side)), os.fspath(side))


def _side(side: Any, both: Changes, own: Changes, place: str) -> tuple[_core.Scenario, str]:
    """The scenario with its changes, and what it is called: what both have is not said."""
    loaded = _scenario(side, None)
    texts = [] if not own else [f"{key}={value}" for key, value in own.items()] if isinstance(own, Mapping) else own
    changed = _scenario(loaded, both)
    return changed._set(own, place) if own else changed, " ".join([loaded._label, *texts])


def _options(seed: int, replications: int | str, precision: float | str, budget: float | str | None,
             jobs: int, uncertainty: bool | int) -> dict[str, str]:
    """As the flags would hold them: the program's own reader checks them all."""
    wall_clock = "" if budget is None else budget if isinstance(budget, str) else f"{budget:f}s"
    return {"seed": str(seed), "replications": str(replications), "precision": str(precision), "budget": wall_clock,
            "jobs": str(jobs) if jobs else "", "uncertainty": "" if uncertainty is False else "20" if uncertainty is True
            else str(uncertainty)}
