"""The part of capplan that is written in C++. Its classes are those of the package; its functions serve verbs.py."""

from os import PathLike
from typing import Any, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

__version__: str
engine_revision: int
spectrum_shares: tuple[float, ...]

class Arrivals:
    """A series of arrivals; made by capplan.arrivals()."""

    def __init__(
        self, at: npt.NDArray[np.int64], klass: npt.NDArray[np.uint16], classes: list[str], span: int, source: str
    ) -> None: ...
    @property
    def classes(self) -> tuple[str, ...]:
        """The request classes that arrive."""
    @property
    def span(self) -> float:
        """How long the series is, in seconds."""
    @property
    def at(self) -> npt.NDArray[np.timedelta64]:
        """When, since the series began; ascending, read-only, without a copy."""
    @property
    def class_index(self) -> npt.NDArray[np.uint16]:
        """The class of each, as its place in classes; read-only, without a copy."""
    def __len__(self) -> int: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...

class Distribution:
    """The distribution of a time, as a scenario file spells it: Distribution({"lognormal": {"mean": "2ms", "cv": 1}})."""

    def __init__(self, spelling: Any) -> None: ...
    @property
    def family(self) -> str:
        """Its name in a scenario file."""
    @property
    def mean(self) -> float:
        """Its mean, in seconds."""
    @property
    def cv(self) -> float:
        """Standard deviation over mean."""
    def cdf(self, x: npt.ArrayLike) -> Any:
        """The share of times up to x seconds; of a number or an array."""
    def quantile(self, p: npt.ArrayLike) -> Any:
        """The time in seconds that the share p stays below, 0 <= p < 1; of a number or an array."""
    def spelling(self) -> Any:
        """What a scenario file would hold."""
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...

class Keys:
    """The keys that requests ask for, in order; made by capplan.keys()."""

    def __init__(self, keys: npt.NDArray[np.uint64], source: str) -> None: ...
    @property
    def source(self) -> str:
        """Where they come from."""
    @property
    def numbers(self) -> npt.NDArray[np.uint64]:
        """The keys in order, as numbers; read-only, without a copy."""
    def __len__(self) -> int: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...

class Scenario:
    """A scenario, checked and complete. It never changes.

    Making one raises ScenarioError with every problem at once. Files that it names (a calibration, captures) are
    looked up beside its own, and read anew when it is changed or unpickled.
    """

    @staticmethod
    def load(path: str | PathLike[str]) -> Scenario:
        """Reads a scenario file."""
    @staticmethod
    def from_text(text: str, *, file: str = "<text>") -> Scenario:
        """A scenario from TOML text; `file` is what problems name, and beside which other files are looked up."""
    @staticmethod
    def from_dict(content: dict[str, Any]) -> Scenario:
        """A scenario from the tables that a file would hold."""
    def replace(self, changes: Mapping[str, Any] | Sequence[str]) -> Scenario:
        """A copy with other values for some keys: replace({"pool.app.max_size": 40}).

        Values are those that a file would hold; capplan.tabulate(), capplan.arrivals() and capplan.keys() make some
        of arrays.
        """
    @property
    def _label(self) -> str: ...
    def _set(self, changes: Mapping[str, Any] | Sequence[str], place: str) -> Scenario: ...
    @property
    def name(self) -> str:
        """As [scenario] says."""
    @property
    def file(self) -> str:
        """Where it was read."""
    @property
    def source(self) -> str:
        """The text it was read from, without the changes since."""
    @property
    def hash(self) -> str:
        """SHA-256 of the resolved scenario: its identity."""
    @property
    def axes(self) -> dict[str, tuple[str, ...]]:
        """The axes of [sweep], with their values as text."""
    def to_dict(self) -> dict[str, Any]:
        """The resolved scenario: every default, in base units."""
    def _repr_html_(self) -> str:
        """The same for notebooks."""
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...

class Estimate:
    """A figure with its 95 % confidence interval, in base units. float() of one that is not known is nan."""

    def __init__(
        self,
        value: float = 0.0,
        lo: float = 0.0,
        hi: float = 0.0,
        known: bool = True,
        sampling: float = 0.0,
        calibration: float = 0.0,
    ) -> None: ...
    @property
    def value(self) -> float:
        """The figure."""
    @property
    def lo(self) -> float:
        """The interval's lower end."""
    @property
    def hi(self) -> float:
        """The interval's upper end."""
    @property
    def known(self) -> bool:
        """Whether the sample carries the figure."""
    @property
    def sampling(self) -> float:
        """Half width that sampling alone would give; 0 without draws of the calibration."""
    @property
    def calibration(self) -> float:
        """Half width that the calibration's parameters alone would give; 0 without draws of them."""
    @property
    def half_width(self) -> float:
        """Half of hi - lo."""
    def __float__(self) -> float: ...
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...

class Figures:
    """The figures of one request class or resource, by the metrics of [slo]: result["search"].p99."""

    @property
    def target(self) -> str:
        """What they are of: "search", "pool.app"."""
    def to_dict(self) -> dict[str, Estimate]:
        """The estimates by their metric's name."""
    def __getattr__(self, name: str) -> Estimate: ...
    def __dir__(self) -> list[str]: ...
    def __eq__(self, arg0: object) -> bool: ...

class FigureSpec:
    """What a figure is, wherever it is measured."""

    @property
    def group(self) -> str:
        """Where it stands in a result: "pools"."""
    @property
    def name(self) -> str:
        """Its name there: "wait_s"."""
    @property
    def word(self) -> str:
        """How conditions name it: "wait_p95"."""
    @property
    def unit(self) -> str:
        """"seconds", "per second", "ratio", "count" or "bytes"."""
    @property
    def better(self) -> str:
        """"more", "less", or "" where neither is."""
    @property
    def help(self) -> str:
        """What it is, in a line."""

def figure_specs() -> tuple[FigureSpec, ...]:
    """Every figure that a result can hold."""

class SloResult:
    """One condition of [slo], held against its figure."""

    @property
    def target(self) -> str:
        """What it is about."""
    @property
    def text(self) -> str:
        """The condition as written."""
    @property
    def limit(self) -> float:
        """Its limit, in base units."""
    @property
    def below(self) -> bool:
        """Whether the figure must be below the limit."""
    @property
    def none(self) -> bool:
        """Whether it must never be seen at all: "= 0"."""
    @property
    def estimate(self) -> Estimate:
        """The figure."""
    @property
    def probability(self) -> Estimate:
        """That the true figure meets it; known where the calibration was drawn from."""
    @property
    def of(self) -> str | None:
        """What a latency is over: "attempts" or "completed"; else None."""
    @property
    def never(self) -> bool:
        """Whether so many fail that the percentile is never reached."""
    @property
    def failed(self) -> Estimate:
        """The share of the requests behind it that fail, where some do."""
    @property
    def rising(self) -> str:
        """The path of the stock that it rests on and that still rises, or ""."""
    @property
    def judgement(self) -> str:
        """"met", "missed" or "undecided"."""
    def __eq__(self, arg0: object) -> bool: ...

class AlertResult:
    """What became of one alert over the simulated time."""

    @property
    def name(self) -> str:
        """Its name."""
    @property
    def when(self) -> str:
        """The condition as written."""
    @property
    def severity(self) -> str:
        """"info", "warning" or "critical"."""
    @property
    def hold(self) -> float:
        """Seconds for which it must hold."""
    @property
    def every(self) -> float:
        """Seconds between evaluations."""
    @property
    def fired(self) -> Estimate:
        """The share of runs in which it fired."""
    @property
    def first_fired(self) -> Estimate:
        """Seconds from the start, where it did."""
    @property
    def firing(self) -> Estimate:
        """Seconds of a run in which it fires."""
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...

class BudgetResult:
    """How an error budget fares."""

    @property
    def name(self) -> str:
        """Its name."""
    @property
    def request(self) -> str:
        """Of which requests, or "all"."""
    @property
    def objective(self) -> float:
        """The share that must be good."""
    @property
    def latency(self) -> float:
        """Seconds beyond which a request is bad; 0: no matter."""
    @property
    def period(self) -> float:
        """Seconds that the objective is over."""
    @property
    def bad(self) -> Estimate:
        """The share that was bad."""
    @property
    def burn_rate(self) -> Estimate:
        """That over what the objective allows."""
    @property
    def consumed(self) -> Estimate:
        """What one run takes of the period's budget."""
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...

class Result:
    """The answer to one scenario: every figure with its interval."""

    @property
    def name(self) -> str:
        """The scenario's name."""
    @property
    def scenario_hash(self) -> str:
        """The scenario's identity."""
    @property
    def engine_revision(self) -> int:
        """Raised when the same scenario gives other numbers."""
    @property
    def seed(self) -> int:
        """Which random numbers were used."""
    @property
    def replications(self) -> int:
        """How many runs there were."""
    @property
    def draws(self) -> int:
        """How many draws of the calibration's parameters; 0: they are taken as given."""
    @property
    def duration(self) -> float:
        """Simulated seconds of each."""
    @property
    def warmup(self) -> float:
        """Of these, seconds left out at the start."""
    @property
    def events(self) -> float:
        """Events handled in all of them."""
    @property
    def verdict(self) -> str:
        """"ok", "missed", "undecided" or "no-steady-state"."""
    @property
    def slos(self) -> list[SloResult]:
        """The conditions, judged."""
    @property
    def rising(self) -> list[dict[str, Any]]:
        """Stocks that still rise, as to_dict() has them."""
    @property
    def alerts(self) -> list[AlertResult]:
        """The alerts, over the simulated time."""
    @property
    def budgets(self) -> list[BudgetResult]:
        """The error budgets."""
    @property
    def warnings(self) -> list[tuple[str, str]]:
        """Codes and sentences."""
    @property
    def targets(self) -> list[str]:
        """What result[…] has figures of."""
    @property
    def figures(self) -> dict[str, Estimate]:
        """Every estimate by its path: "requests/all/latency_s/p99"."""
    @property
    def spectra(self) -> dict[str, npt.NDArray[np.float64]]:
        """By request class: seconds that the shares in spectrum_shares do not exceed, as many as the sample carries.

        Arrays here and in series are read-only and share the result's memory; what they say has no interval.
        """
    @property
    def window_ends(self) -> npt.NDArray[np.float64]:
        """Seconds of simulated time at which the windows of series end; the first is the warm-up."""
    @property
    def series(self) -> dict[str, npt.NDArray[np.float64]]:
        """Every quantity over time, by its path: a value a window, nan where a window has none."""
    @property
    def stages(self) -> dict[tuple[str, str], dict[str, float]]:
        """Mean seconds by stage, by request class and what its requests take about as long as: "mean", "p50", …"""
    @property
    def calibration(self) -> dict[str, Any] | None:
        """What the costs rest on, as to_dict() has it; None where they were fitted to nothing."""
    def __getitem__(self, target: str) -> Figures: ...
    def to_dict(self) -> dict[str, Any]:
        """As --format json prints it."""
    def _csv(self) -> str: ...
    def to_frame(self) -> pd.DataFrame:
        """A pandas.DataFrame: a row a figure."""
    def _repr_html_(self) -> str:
        """The same for notebooks, with a figure."""
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...

class SweepPoint:
    """One point of a grid."""

    @property
    def at(self) -> dict[str, str]:
        """Its value on each axis, as text."""
    @property
    def hash(self) -> str:
        """Its identity in a store."""
    @property
    def result(self) -> Result | None:
        """None where it is not done."""
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...

class Sweep:
    """A grid of scenarios with its results: a sequence of points, last axis fastest."""

    @property
    def name(self) -> str:
        """The scenario's name."""
    @property
    def seed(self) -> int:
        """Which random numbers were used."""
    @property
    def reused(self) -> int:
        """Points taken from the store."""
    @property
    def axes(self) -> dict[str, tuple[str, ...]]:
        """The values of each axis, as text."""
    @property
    def smallest(self) -> list[dict[str, Any]]:
        """The least values that meet the SLOs, as to_dict() has them."""
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[SweepPoint]: ...
    def __getitem__(self, index: int) -> SweepPoint: ...
    def to_dict(self) -> dict[str, Any]:
        """As --format json prints it."""
    def _csv(self) -> str: ...
    def to_frame(self) -> pd.DataFrame:
        """A pandas.DataFrame: a row a point."""
    def _repr_html_(self) -> str:
        """The same for notebooks, with a figure."""
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...

class Change:
    """What becomes of one figure from A to B."""

    @property
    def path(self) -> str:
        """The figure: "requests/all/latency_s/p99"."""
    @property
    def subject(self) -> str:
        """What it is of: "search", "pool app"."""
    @property
    def figure(self) -> str:
        """Which of its figures it is: "p95", "done/s", "use"."""
    @property
    def a(self) -> Estimate:
        """A's value."""
    @property
    def b(self) -> Estimate:
        """B's value."""
    @property
    def difference(self) -> Estimate:
        """B less A."""
    @property
    def relative(self) -> Estimate:
        """The difference as a share of A's value; not known where that is 0."""
    @property
    def margin(self) -> float:
        """A difference up to this has no practical importance, in the figure's unit."""
    @property
    def p(self) -> float | None:
        """Of the difference alone, two-sided; None where nothing could be tested."""
    @property
    def adjusted_p(self) -> float | None:
        """The same after Holm's adjustment for the number of figures; of others Benjamini and Hochberg's."""
    @property
    def verdict(self) -> str:
        """"better", "worse", "no practical difference", "cannot tell", "changed", "only in A" or "only in B"."""
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...

class Comparison:
    """What changes from A to B, and what is chance: a Change for every figure, by its path."""

    @property
    def verdict(self) -> str:
        """In one sentence: "B is faster: p95 of search falls by 12.3% ±2.1; …"."""
    @property
    def labels(self) -> tuple[str, str]:
        """How A and B were named."""
    @property
    def a(self) -> Result:
        """A's answer."""
    @property
    def b(self) -> Result:
        """B's answer."""
    @property
    def paired(self) -> bool:
        """Whether replications were compared one by one, on the same random numbers."""
    @property
    def margin(self) -> float:
        """What has practical importance, as a share of A's value."""
    @property
    def claim(self) -> str:
        """"misses", "worse", "better", "mixed", "same" or "cannot_tell"."""
    @property
    def settings(self) -> dict[str, tuple[str | None, str | None]]:
        """The settings in which they differ, with both values; None where one is not set."""
    @property
    def changes(self) -> tuple[Change, ...]:
        """The figures that the verdict rests on, with their differences."""
    @property
    def others(self) -> tuple[Change, ...]:
        """Every other figure of either."""
    def __getitem__(self, path: str) -> Change: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Change]: ...
    def to_dict(self) -> dict[str, Any]:
        """As --format json prints it."""
    def _csv(self) -> str: ...
    def to_frame(self) -> pd.DataFrame:
        """A pandas.DataFrame: a row a figure."""
    def plot(self, *, ax: Axes | None = None) -> Axes:
        """The changes with their intervals about zero, as plot_comparison() draws them; returns the axes."""
    def _repr_html_(self) -> str:
        """The same for notebooks, with a figure."""
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...

class Capture:
    """A log with its manifest: a row a completed request, as read-only numpy arrays that share the log's memory."""

    @staticmethod
    def load(manifest: str | PathLike[str], *, lenient: bool = False) -> Capture:
        """Reads the log that a manifest names; `lenient` keeps what can be read of a damaged one."""
    @property
    def name(self) -> str:
        """As the manifest says."""
    @property
    def manifest(self) -> dict[str, Any]:
        """What the manifest says, in base units."""
    @property
    def classes(self) -> tuple[str, ...]:
        """The request classes, in the order of class_index."""
    @property
    def start(self) -> npt.NDArray[np.timedelta64]:
        """Scheduled start since the first one, timedelta64[ns]."""
    @property
    def duration(self) -> npt.NDArray[np.timedelta64]:
        """From the scheduled start to the end, timedelta64[ns]."""
    @property
    def lag(self) -> npt.NDArray[np.timedelta64]:
        """From the scheduled start to when a client took it, timedelta64[ns]."""
    @property
    def class_index(self) -> npt.NDArray[np.uint16]:
        """The class of each request, as its place in classes."""
    @property
    def client(self) -> npt.NDArray[np.int32]:
        """The load generator's client that sent it."""
    @property
    def warnings(self) -> list[str]:
        """What the reader noticed."""
    def __len__(self) -> int: ...
    def to_frame(self) -> pd.DataFrame:
        """A pandas.DataFrame: a row a request."""
    def to_dict(self) -> dict[str, Any]:
        """The manifest, the number of requests of each class, and the warnings; the columns hold the requests."""
    def _repr_html_(self) -> str:
        """The same for notebooks."""
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...

def run(scenario: Scenario, options: dict[str, str], progress: Any) -> Result: ...
def sweep(scenario: Scenario, vary: Any, options: dict[str, str], progress: Any) -> Sweep: ...
def compare(
    a: Scenario, b: Scenario, labels: tuple[str, str], options: dict[str, str], progress: Any
) -> Comparison: ...
def compare_results(a: Result, b: Result, labels: tuple[str, str], options: dict[str, str]) -> Comparison: ...
def read_result(path: str) -> Result: ...
def rendered(answer: Result | Sweep | Comparison | str, extension: str, format: str) -> str:
    """An answer, or the file of one that was kept, as text in the format of an extension, else in the one named."""

def check(scenario: Scenario) -> None: ...
def calibrate(
    manifests: list[str],
    index_samples: list[str],
    index_plans: list[str],
    index: list[str],
    settings: str,
    lenient: bool,
    progress: Any,
) -> dict[str, Any]:
    """What capplan.Calibration.fit learns."""

class Rendered:
    """An answer as the texts that the program writes of it."""

    def text(self, extension: str, format: str) -> str:
        """In the format of an extension, else in the one named."""
    def __eq__(self, arg0: object) -> bool: ...
    def __hash__(self) -> int: ...

def validate(
    manifests: list[str],
    calibration: str,
    index_samples: list[str],
    leave_one_out: str,
    settings: str,
    effects: bool,
    textbook: bool,
    lenient: bool,
    progress: Any,
) -> Rendered: ...
def drift(
    calibration: str, manifests: list[str], margin: float, against: str, lenient: bool, progress: Any
) -> Rendered: ...
def index(
    scenario: Scenario, index: str, rows: list[float], recall: float | None, months: float
) -> Rendered: ...
def cache(
    source: Scenario | Keys | str,
    request: str,
    entries: list[float],
    hit_ratio: list[float],
    draws: int,
    seed: int,
    progress: Any,
) -> Rendered: ...
def rules(scenario: Scenario, options: dict[str, str], progress: Any) -> Rendered: ...
def inspect(
    files: list[str], since: str, over: str, as_format: str, lenient: bool, progress: Any
) -> Rendered: ...
def describe(word: str) -> str: ...
def key_number(text: str) -> int: ...
