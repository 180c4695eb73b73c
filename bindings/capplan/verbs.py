"""The program's verbs as functions: names, options and defaults are those of its flags.

While they compute, other threads run. Ctrl-C ends them as KeyboardInterrupt; what a store holds by then stays, and the
exception that ends a sweep holds it as far as it is done, as its attribute ``sweep``; that of a run the answer of the
replications that are done, as ``result``, or None before there are two.
"""

from __future__ import annotations

import os
from typing import Any, Mapping, Sequence

from capplan import _core
from capplan.answers import Answer, HitCurves, IndexPlans, Inspection, Rules, Validation
from capplan.arguments import (Changes, is_result, numbers_of, options_of, result_of, scenario_of, seconds_of, side_of,
                               text_of)
from capplan.calibration import Calibration, Path, Paths, paths
from capplan.display import Description, progress_line
from capplan.moved import Drift


def run(scenario: _core.Scenario | Path, *, set: Changes = None, seed: int = 1, replications: int | str = "auto",
        precision: float | str | None = None, budget: float | str | None = None, uncertainty: bool | int = False, jobs: int = 0,
        progress: str = "auto") -> _core.Result:
    """Simulate one scenario and judge its SLOs.

    scenario      a Scenario, or the path of a file
    set           settings to change: {"workload.api.rate": "80/s"}, or texts as --set has them
    seed          random numbers to use; results are reproducible for a given seed
    replications  runs; "auto": 5 to 30, until every SLO is decided, or without SLOs until the precision is reached; 1
                  is cut into batches
    precision     half width of the intervals of p50, p95, p99, throughput and errors at which "auto" stops; None: 5%
                  where no SLO is stated
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
        return _core.run(scenario_of(scenario, set), options_of(seed, replications, precision, budget, jobs, uncertainty), show)


def sweep(scenario: _core.Scenario | Path, vary: Mapping[str, Any] | Sequence[str] | None = None, *,
          set: Changes = None, design: str | None = None, samples: int | None = None, store: Path | None = None,
          fresh: bool = False, shard: str | None = None, seed: int = 1, replications: int | str = "auto",
          precision: float | str | None = None, budget: float | str | None = None, uncertainty: bool | int = False,
          jobs: int = 0, progress: str = "auto") -> _core.Sweep:
    """Simulate a grid of scenarios, or points sampled from it. Options that are not named here are those of run().

    vary     the axes: {"pool.app.max_size": [4, 8, 16]} or {…: "2..64:6:log"}, or texts as --vary has them; they
             replace those of the same key in [sweep]
    design   how points are chosen from the axes, in place of [sweep]'s: "grid" has every combination, "zip" the first
             value of each axis, then the second of each; "random", "latin-hypercube" and "sobol" have samples. None:
             what [sweep] says, else "sobol" where there are samples, else "grid"
    samples  points of a sampled design, 1 or more, in place of every combination
    store    file in which finished points are kept, and looked up; None: nowhere
    fresh    compute points that the store has, too
    shard    "2/4": only the second of four parts

    >>> grid = capplan.sweep("data/scenarios/quickstart.toml", {"workload.api.rate": ["20/s", "40/s"]}, replications=5)
    >>> [point.at for point in grid]
    [{'workload.api.rate': '20/s'}, {'workload.api.rate': '40/s'}]
    >>> axes = {"workload.api.rate": ["20/s", "40/s"], "pool.app.max_size": [8, 16]}
    >>> [point.at for point in capplan.sweep("data/scenarios/quickstart.toml", axes, design="zip", replications=2)]
    [{'workload.api.rate': '20/s', 'pool.app.max_size': '8'}, {'workload.api.rate': '40/s', 'pool.app.max_size': '16'}]
    """
    options = options_of(seed, replications, precision, budget, jobs, uncertainty)
    options.update(store="" if store is None else os.fspath(store), fresh="true" if fresh else "", shard=shard or "",
                   design=design or "", samples="" if samples is None else str(samples))
    with progress_line(progress) as show:
        return _core.sweep(scenario_of(scenario, set), vary, options, show)


def compare(a: _core.Scenario | _core.Result | Path, b: _core.Scenario | _core.Result | Path | None = None, *,
            set: Changes = None, set_a: Changes = None, set_b: Changes = None, seed: int = 1,
            replications: int | str = "auto", precision: float | str | None = None, budget: float | str | None = None,
            margin: float | str = "1%", uncertainty: bool | int = False, jobs: int = 0,
            progress: str = "auto") -> _core.Comparison:
    """Say what changes from A to B, and what is chance. Options that are not named here are those of run().

    a, b          scenarios, which are run on the same random numbers; or results, which are compared as they are: each a
                  value, or the path of a file (results: .json, .html); without b it is a, with other settings
    set           settings to change in both
    set_a, set_b  settings to change in one of them
    precision     half width of the differences of the usual figures, as a share of A's, that is enough; None: "auto"
                  stops where they are told, or are within the margin
    margin        a smaller difference is no practical one: share of A's value

    >>> change = capplan.compare("data/scenarios/quickstart.toml", set_b={"server.primary.cores": 2}, replications=5)
    >>> change.settings
    {'server.primary.cores': ('4', '2')}
    >>> change["servers/primary/cpu"].verdict, round(float(change["servers/primary/cpu"].relative), 1)
    ('worse', 1.0)
    """
    options = options_of(seed, replications, precision, budget, jobs, uncertainty) | {"margin": str(margin)}
    if b is None and (is_result(a) or not (set_a or set_b)):
        raise ValueError("compare: there is nothing to compare a with; give b, or set_a and set_b")
    second = a if b is None else b
    if is_result(a) != is_result(second):
        raise ValueError("compare: a scenario cannot be compared with a result; run() it with the same seed and "
                         "replications")
    if is_result(a):
        if set or set_a or set_b:
            raise ValueError("compare: results are as they are; set changes scenarios only")
        (first_result, first_name), (other_result, other_name) = result_of(a), result_of(second)
        return _core.compare_results(first_result, other_result, (first_name, other_name), options)
    first, other = side_of(a, set, set_a, "set_a"), side_of(second, set, set_b, "set_b")
    with progress_line(progress) as show:
        return _core.compare(first[0], other[0], (first[1], other[1]), options, show)


def report(kept: _core.Result | _core.Sweep | _core.Comparison | Answer | Path, output: Path, *,
           format: str | None = None) -> None:
    """Write an answer into a file: as a page (.html), a table (.txt), .md, .csv or .json, as its extension says.

    kept    an answer: a Result, Sweep or Comparison, or what another verb found; or the path of a store, of JSON, or of
            a page, which holds its data
    format  for another extension: "table", "json", "csv", "markdown" or "html"

    >>> import os, tempfile
    >>> page = os.path.join(tempfile.mkdtemp(), "report.html")
    >>> capplan.report(capplan.run("data/scenarios/quickstart.toml", replications=5), page)
    >>> os.path.getsize(page) > 20_000
    True
    """
    path = os.fspath(output)
    extension = os.path.splitext(path)[1]
    if isinstance(kept, Answer):
        text = kept._kept.text(extension, format or "")
    else:
        answer = kept if isinstance(kept, (_core.Result, _core.Sweep, _core.Comparison)) else os.fspath(kept)
        text = _core.rendered(answer, extension, format or "")
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)


def calibrate(manifests: Paths = (), *, index_samples: Paths = (), index_plans: Paths = (),
              index: str | Sequence[str] = (), settings: Path | None = None, lenient: bool = False,
              progress: str = "auto") -> Calibration:
    """Fit the costs of queries from captures, and of vector indexes from samples: Calibration(…).fit(…), which see."""
    return Calibration(settings=settings, lenient=lenient).fit(
        manifests, index_samples=index_samples, index_plans=index_plans, index=index, progress=progress)


def validate(captures: Paths = (), *, calibration: Path | None = None, index_samples: Paths = (),
             leave_one_out: str | None = None, effects: bool = False, textbook: bool = False,
             settings: Path | None = None, lenient: bool = False, progress: str = "auto") -> Validation:
    """Compare predictions with held-out measurements.

    captures       manifests, each beside its log
    calibration    the file that calibrate() saved: what predicts
    index_samples  files of measured searches of vector indexes
    leave_one_out  without a calibration: predict each of the "captures", or the index samples of each "m", "rows" or
                   "dimensions", from all others
    effects        with leave_one_out="captures": the errors again without each effect of contention
    textbook       with leave_one_out="captures": what M/M/c on mean durations says
    settings       pg_settings of the samples' server (CSV), of which the choice of plans depends
    progress       "auto": the time so far on stderr in terminals and notebooks; "always", "never"

    >>> found = capplan.validate("data/captures/light.toml", calibration="data/calibrations/light.toml")
    >>> found.captures, abs(found["light"]["throughput"]["error"]) < 0.1
    (('light',), True)
    """
    with progress_line(progress) as show:
        return Validation(_core.validate(paths(captures), text_of(calibration), paths(index_samples), leave_one_out or "",
                                         text_of(settings), effects, textbook, lenient, show))


def drift(calibration: Path, captures: Paths, *, margin: float = 0.1, against: str | None = None,
          lenient: bool = False, progress: str = "auto") -> Drift:
    """Say whether a calibration still describes captures, and what moved.

    calibration  the file that calibrate() saved, or the program wrote
    captures     manifests, each beside its log
    margin       least change that matters, of demand, rate, think time, skew or host speed; of the mix half of it, of
                 dispersion five times
    against      the calibration's capture to compare with, by name; None: the one whose load is most alike
    progress     as of validate()

    >>> capplan.drift("data/calibrations/light.toml", "data/captures/light.toml", margin=0.3).verdict
    'no change shown'
    """
    with progress_line(progress) as show:
        return Drift(_core.drift(os.fspath(calibration), paths(captures), margin, against or "", lenient, show))


def index(scenario: _core.Scenario | Path, *, set: Changes = None, index: str | None = None,
          rows: float | Sequence[float] = (), recall: float | None = None, months: float = 12) -> IndexPlans:
    """Plan vector indexes: recall, throughput, size, growth, build, SQL. Nothing is simulated.

    index   the NAME of [index.NAME]; None: all of them
    rows    numbers of rows to plan for; without, now and after growth
    recall  to find the least ef_search or probes for; None: that of the SLOs, else 0.95
    months  how far growth is followed

    >>> plans = capplan.index("data/scenarios/vector-search.toml", rows=[100_000, 1_000_000], recall=0.9)
    >>> [at["rows"] for at in plans[plans.names[0]]["at"]]
    [100000.0, 1000000.0]
    """
    return IndexPlans(_core.index(scenario_of(scenario, set), index or "", numbers_of(rows), recall, months))


def cache(source: _core.Scenario | _core.Keys | Path, *, set: Changes = None, request: str | None = None,
          entries: float | Sequence[float] = (), hit_ratio: float | Sequence[float] = (), draws: int = 5_000_000,
          seed: int = 1, progress: str = "auto") -> HitCurves:
    """Size a cache: the hit ratio of LRU over entries, from the keys alone. Nothing is simulated.

    source     a scenario, or the path of one (.toml); keys() of an array; or the path of a file of keys
    request    the NAME of [request.NAME]; None: all that have keys
    entries    sizes to show; without, round ones up to all keys
    hit_ratio  hit ratios to find the least size for; without, 0.5 to 0.99
    draws      keys drawn where a scenario says a popularity; the first half warms up
    progress   as of validate()

    >>> curves = capplan.cache(capplan.keys([1, 2, 3] * 100), entries=[2, 3])
    >>> [point["hit_ratio"]["value"] for point in curves["keys"]["points"]]
    [0.0, 0.99]
    """
    wanted: Any = source
    if not isinstance(source, (_core.Scenario, _core.Keys)):
        path = os.fspath(source)
        wanted = _core.Scenario.load(path) if path.endswith(".toml") else path
    if set and not isinstance(wanted, _core.Scenario):
        raise ValueError("cache: set belongs to a scenario, not to keys")
    with progress_line(progress) as show:
        return HitCurves(_core.cache(scenario_of(wanted, set) if set else wanted, request or "", numbers_of(entries),
                                     numbers_of(hit_ratio), draws, seed, show))


def rules(scenario: _core.Scenario | Path, *, set: Changes = None, seed: int = 1, replications: int | str = "auto",
          precision: float | str | None = None, budget: float | str | None = None, jobs: int = 0,
          progress: str = "auto") -> Rules:
    """Test tuning rules of thumb by simulation. Options are those of run().

    >>> found = capplan.rules("data/scenarios/quickstart.toml", set={"scenario.duration": "10s"}, replications=2)
    >>> len(found) > 0 and "finding" in found[0]
    True
    """
    options = options_of(seed, replications, precision, budget, jobs, False)
    with progress_line(progress) as show:
        return Rules(_core.rules(scenario_of(scenario, set), options, show))


def inspect(files: Paths, *, since: Path | None = None, over: float | str | None = None,
            as_format: str = "", lenient: bool = False, progress: str = "auto") -> Inspection:
    """Show what logs, snapshots and manifests hold: rates, means, percentiles by class. Nothing is fitted.

    files  logs of pgbench, PostgreSQL and PgBouncer; statistics as CSV; manifests; plain or gzip
    since  the same snapshot taken before: what was counted in between
    over   how long a snapshot counted: seconds, or "10min"; gives rates
    as_format  the format of the files, as capplan.describe("formats") has it; without it each is recognised
    progress  as of validate()

    >>> found = capplan.inspect("data/captures/light.toml")
    >>> int(found.to_frame("classes").set_index("class").loc["search", "count"])
    5291
    """
    with progress_line(progress) as show:
        return Inspection(_core.inspect(paths(files), text_of(since), seconds_of(over), as_format, lenient, show))


def check(scenario: _core.Scenario | Path, *, set: Changes = None) -> _core.Scenario:
    """Validate a scenario without running it; ScenarioError has every problem at once.

    >>> capplan.check("data/scenarios/quickstart.toml")
    quickstart: 9 sections, 1 point (data/scenarios/quickstart.toml)
    """
    checked = scenario_of(scenario, set)
    _core.check(checked)
    return checked


def describe(path: str | None = None) -> Description:
    """What can be modelled, from the components' own specs: everything, a section, a kind, or "errors".

    >>> print(capplan.describe("pool").splitlines()[0])
    section  kind        what it is
    """
    return Description(_core.describe(path or ""))
