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
                           Figures, FigureSpec, Keys, Result, Scenario, SloResult, Sweep, SweepPoint, __version__,
                           engine_revision, figure_specs)
from capplan.answers import Answer, HitCurves, IndexPlans, Inspection, Rules, Validation
from capplan.calibration import Calibration, ClassFit, Family, FittedCost
from capplan.data import arrivals, keys, tabulate
from capplan.errors import Problem, ScenarioError
from capplan.moved import CaptureDrift, Drift, DriftLine
from capplan.plot import (plot_comparison, plot_fit, plot_hit_curve, plot_latency, plot_over_time, plot_stages,
                          plot_sweep, plot_tradeoff, plot_validation)
from capplan.verbs import (cache, calibrate, check, compare, describe, drift, index, inspect, report, rules, run, sweep,
                           validate)

__all__ = [
    "AlertResult", "Answer", "Arrivals", "BudgetResult", "Calibration", "Capture", "CaptureDrift", "Change",
    "ClassFit", "Comparison", "Distribution", "Drift", "DriftLine", "Estimate", "Family", "FigureSpec",
    "Figures", "FittedCost", "HitCurves", "IndexPlans", "Inspection", "Keys", "Problem", "Result", "Rules",
    "Scenario", "ScenarioError", "SloResult", "Sweep", "SweepPoint", "Validation", "__version__", "arrivals",
    "cache", "calibrate", "check", "compare", "describe", "drift", "engine_revision", "figure_specs", "index",
    "inspect", "keys", "plot_comparison", "plot_fit", "plot_hit_curve", "plot_latency", "plot_over_time",
    "plot_stages", "plot_sweep", "plot_tradeoff", "plot_validation", "report", "rules", "run", "sweep",
    "tabulate", "validate",
]
