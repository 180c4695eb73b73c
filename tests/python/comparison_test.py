"""Comparisons as values, and answers written into files, as the program does both."""

import json
import math
import pickle
import subprocess

import pytest

import capplan
from conftest import bytes_of, station


@pytest.fixture(scope="module")
def comparison():
    return capplan.compare(station(slo={"search": ["p95 < 1s"]}), set_b={"pool.app.size": 2}, replications=5)


def test_compare_gives_the_numbers_of_the_command_line(program, quickstart):
    command = [program, "compare", quickstart, "--set", "scenario.duration=1min", "--set-b", "server.primary.cores=2",
               "--replications", "4", "--seed", "3", "--precision", "2%", "--format", "json"]
    printed = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
    changed = dict(set={"scenario.duration": "1min"}, replications=4, seed=3, precision="2%")
    assert capplan.compare(quickstart, set_b=["server.primary.cores=2"], **changed).to_dict() == printed
    assert capplan.compare(capplan.Scenario.load(quickstart), quickstart, set_b={"server.primary.cores": 2}, jobs=1,
                           **changed).to_dict() == printed


def test_results_are_compared_as_they_are(comparison, tmp_path):
    again = capplan.compare(comparison.a, comparison.b)
    assert [change.relative for change in again] == [change.relative for change in comparison] and again.paired
    capplan.report(comparison.a, tmp_path / "a.json")
    kept = capplan.compare(tmp_path / "a.json", comparison.b)
    assert kept.labels == (str(tmp_path / "a.json"), "station") and kept.changes == again.changes
    capplan.report(comparison.b, tmp_path / "b.html")
    assert capplan.compare(comparison.a, tmp_path / "b.html").changes == again.changes
    other = capplan.run(station(), replications=5, seed=2)
    assert not capplan.compare(comparison.a, other).paired


def test_a_comparison_says_what_changes(comparison):
    assert comparison.verdict.startswith("B is faster: p95 of search falls by ")
    assert comparison.settings == {"pool.app.size": ("1", "2")}
    assert comparison.labels == ("station", "station pool.app.size=2")
    change = comparison["requests/search/latency_s/p95"]
    assert (change.subject, change.figure, change.verdict) == ("search", "p95", "better")
    assert change.relative.value == pytest.approx(change.difference.value / change.a.value)
    assert change.a == comparison.a["search"].p95 and 0 <= change.p <= change.adjusted_p <= 1
    assert len(comparison) == len(list(comparison)) == len(comparison.changes)
    assert comparison["requests/search/error_ratio"].p is None
    assert math.isnan(float(comparison["requests/search/error_ratio"].relative))
    with pytest.raises(KeyError, match="nothing"):
        comparison["nothing"]


def test_comparisons_are_values(comparison):
    for value in (comparison, comparison.changes[0]):
        copy = pickle.loads(pickle.dumps(value))
        assert copy == value and hash(copy) == hash(value) and repr(copy) == repr(value)
    assert comparison != capplan.compare(comparison.b, comparison.a)
    assert repr(comparison).startswith(f"✓ {comparison.verdict}\n")
    for name in ("verdict", "paired", "precision"):
        with pytest.raises(AttributeError):
            setattr(comparison, name, 1)
    with pytest.raises(AttributeError):
        comparison.changes[0].p = 0.0


def test_the_frame_has_a_row_for_each_figure(comparison):
    frame = comparison.to_frame()
    assert list(frame.index) == [change.path for change in [*comparison, *comparison.others]]
    change = comparison["pools/app/utilization"]
    assert frame.loc[change.path, "relative/lo"] == change.relative.lo
    assert frame.loc[change.path, "verdict"] == change.verdict == "better"


def test_the_plot_has_a_dot_and_an_interval_for_each_known_change(comparison):
    import matplotlib.pyplot as plt

    _, given_axes = plt.subplots()
    assert comparison.plot(ax=given_axes) is given_axes
    known = [change for change in comparison if change.relative.known]
    assert len(given_axes.containers) == len(known)
    names = [text.get_text() for text in given_axes.get_yticklabels()]
    assert names == [f"{change.subject} {change.figure}" for change in reversed(known)]
    assert capplan.plot_comparison(comparison).get_xlabel() == "change from A to B (% of A)"
    plt.close("all")


def test_notebooks_get_a_figure_and_the_text(comparison):
    html = comparison._repr_html_()
    assert html.startswith("<svg") and html.count("<circle") == sum(c.relative.known for c in comparison)
    assert "<pre" in html and "falls by" in html
    named = station().replace({"scenario.name": "<b>&"})
    assert "<b>" not in capplan.compare(named, set_b={"pool.app.size": 2}, replications=3)._repr_html_()


@pytest.mark.parametrize("call", [
    lambda c: capplan.compare(station()), lambda c: capplan.compare(c.a), lambda c: capplan.compare(c.a, station()),
    lambda c: capplan.compare(c.a, c.b, set_b={"pool.app.size": 2})])
def test_what_cannot_be_compared_is_refused(comparison, call):
    with pytest.raises(ValueError, match="^compare: "):
        call(comparison)


def test_a_setting_of_one_side_is_blamed_by_its_name():
    with pytest.raises(capplan.ScenarioError) as refused:
        capplan.compare(station(), set_b={"pool.app.size": 0})
    assert refused.value.file == "set_b"


def test_report_writes_what_the_program_writes(program, comparison, result, grid, tmp_path):
    for name, answer in (("result", result), ("grid", grid), ("comparison", comparison)):
        capplan.report(answer, tmp_path / f"{name}.json")
        assert json.loads((tmp_path / f"{name}.json").read_text()) == answer.to_dict()
        for extension in ("html", "csv", "md", "txt"):
            ours, theirs = tmp_path / f"{name}.{extension}", tmp_path / f"{name}-again.{extension}"
            capplan.report(answer, ours)
            subprocess.run([program, "report", tmp_path / f"{name}.json", "-q", "-o", theirs], check=True)
            assert bytes_of(ours) == bytes_of(theirs), ours
        capplan.report(tmp_path / f"{name}.html", tmp_path / "back.csv")
        assert (tmp_path / "back.csv").read_bytes() == (tmp_path / f"{name}.csv").read_bytes()
    capplan.report(result, tmp_path / "figures.dat", format="csv")
    assert (tmp_path / "figures.dat").read_bytes() == (tmp_path / "result.csv").read_bytes()


def test_report_refuses_what_it_cannot_write(result, tmp_path):
    with pytest.raises(ValueError, match="none of the extensions"):
        capplan.report(result, tmp_path / "x.pdf")
    with pytest.raises(ValueError, match="none of table, json"):
        capplan.report(result, tmp_path / "x.pdf", format="pdf")
    with pytest.raises(capplan.ScenarioError, match="cannot be read"):
        capplan.report(tmp_path / "none.json", tmp_path / "x.html")
    assert not list(tmp_path.iterdir())
