"""Offline workload simulator and capacity planner for PostgreSQL services.

>>> import capplan
>>> scenario = capplan.Scenario.load("data/scenarios/quickstart.toml")
>>> result = capplan.run(scenario, replications=5, progress="never")
>>> result["search"].p95.known, result.verdict
(True, 'ok')

Functions are the verbs of the program, their options its flags. What a component is and which parameters it has, says
``capplan.describe("pgbouncer")``. Values never change, compare with ``==`` and can be pickled; quantities are in base
units (seconds, bytes, per second, ratio).
"""

from capplan._core import (AlertResult, Arrivals, BudgetResult, Capture, Change, Comparison, Distribution, Estimate,
                           Figures, Keys, Result, Scenario, SloResult, Sweep, SweepPoint, __version__, engine_revision)
from capplan.calibration import Calibration, ClassFit, Family
from capplan.data import arrivals, keys, tabulate
from capplan.errors import Problem, ScenarioError
from capplan.moved import CaptureDrift, Drift, DriftLine
from capplan.plot import plot_comparison, plot_fit, plot_latency, plot_sweep
from capplan.verbs import calibrate, check, compare, describe, drift, report, run, sweep

__all__ = [
    "AlertResult", "Arrivals", "BudgetResult", "Calibration", "Capture", "CaptureDrift", "Change", "ClassFit", "Comparison",
    "Distribution", "Drift", "DriftLine", "Estimate", "Family", "Figures", "Keys", "Problem", "Result", "Scenario",
    "ScenarioError", "SloResult", "Sweep", "SweepPoint", "__version__", "arrivals", "calibrate", "check", "compare", "describe",
    "drift", "engine_revision", "keys", "plot_comparison", "plot_fit", "plot_latency", "plot_sweep", "report", "run",
    "sweep", "tabulate",
]
