"""Arrays in and out: captures as numpy, users' own arrivals and distributions, pandas and matplotlib."""

import pickle

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given, settings, strategies as st

import capplan
from conftest import station


@pytest.fixture(scope="module")
def light():
    return capplan.Capture.load("data/captures/light.toml")


def test_columns_are_the_logs_own_memory(light):
    for column in (light.start, light.duration, light.lag, light.class_index, light.client):
        assert column.base is light and not column.flags.writeable and len(column) == len(light)
    assert light.duration.dtype == "timedelta64[ns]" and np.all(light.lag <= light.duration)
    assert pickle.loads(pickle.dumps(light)) == light
    frame = light.to_frame()
    assert list(frame.columns) == ["start", "duration", "lag", "class", "client"] and len(frame) == len(light)
    assert set(frame["class"]) == set(light.classes)


def test_a_series_of_arrivals_takes_the_place_of_a_workload():
    at = np.arange(0, 10, 0.02)
    series = capplan.arrivals(at, "search", span=10)
    assert pickle.loads(pickle.dumps(series)) == series
    scenario = station(rate="7/s").replace({"workload.api.rate": "9/s", "workload.api": series})
    result = capplan.run(scenario, replications=2)
    assert float(result["search"].throughput) == pytest.approx(50, rel=0.01)
    twice = capplan.run(scenario, set={"workload.api.speed": 2}, replications=2)
    assert float(twice["search"].throughput) == pytest.approx(100, rel=0.01)
    assert pickle.loads(pickle.dumps(scenario)) == scenario != station(rate="7/s")
    with pytest.raises(capplan.ScenarioError, match="names no section"):
        station().replace({"workload.apy": series})
    with pytest.raises(capplan.ScenarioError, match=r"no \[request.lookup\]"):
        station().replace({"workload.api": capplan.arrivals(at, "lookup")})


def test_a_capture_is_replayed_as_its_arrays_say(light):
    names = np.asarray(light.classes)[light.class_index]
    series = capplan.arrivals(light.start, names, span=60)
    assert len(series) == len(light) and set(series.classes) == set(light.classes)


@pytest.mark.parametrize("at", [[], [-1.0], [[1.0]], [float("nan")]])
def test_what_is_no_series_is_refused(at):
    with pytest.raises(ValueError, match="arrivals"):
        capplan.arrivals(at, "search")


def test_a_series_that_says_more_than_it_has_is_refused():
    for at, klass, span in (([0, 2], [0], 2), ([2, 0], [0, 0], 2), ([0, 2], [0, 1], 2), ([0, 2], [0, 0], 1)):
        with pytest.raises(ValueError, match="arrivals"):
            capplan.Arrivals(np.array(at), np.array(klass, dtype=np.uint16), ["search"], span, "a test")


@settings(max_examples=25, deadline=None)
@given(st.floats(0.1, 1.2), st.floats(0.001, 1))
def test_a_tabulated_distribution_keeps_its_mean(sigma, scale):
    frozen = scipy.stats.lognorm(sigma, scale=scale)
    table = capplan.tabulate(frozen)["empirical"]
    probability = np.array(table["probability"])
    value = np.array([float(text[:-1]) for text in table["value"]])
    mean = np.sum(np.diff(probability) * (value[1:] + value[:-1]) / 2)
    assert mean == pytest.approx(frozen.mean(), rel=5e-3)


def test_a_tabulated_distribution_is_drawn_from():
    scenario = station(size=20, cpu=capplan.tabulate(scipy.stats.gamma(4, scale=2.5), unit="ms"), duration="200s")
    assert float(capplan.run(scenario, replications=5)["query.lookup"].mean) == pytest.approx(0.010, rel=0.03)
    measured = capplan.tabulate(np.array([5.0, 10.0, 15.0]), unit="ms", probability=[0, 0.5, 1])
    assert station(cpu=measured).to_dict()["query"]["lookup"]["cpu"]["empirical"]["value"] == [0.005, 0.01, 0.015]
    with pytest.raises(ValueError, match="ascend"):
        capplan.tabulate([3, 2, 1])


def test_frames_hold_the_figures_of_the_dict(result, grid):
    frame = result.to_frame()
    p99 = result["search"].p99
    assert tuple(frame.loc["requests/search/latency_s/p99"]) == (p99.value, p99.lo, p99.hi)
    points = grid.to_frame()
    assert len(points) == 4 and list(points["workload.api.rate"]) == [20.0, 40.0, 20.0, 40.0]
    assert points["requests/all/latency_s/mean"][3] == grid[3].result["all"].mean.value
    half = capplan.sweep(station(), {"pool.app.size": [1, 2]}, replications=2, shard="1/2").to_frame()
    assert pd.isna(half["verdict"][1]) and half["pool.app.size"][0] == 1


def test_plots_take_and_return_axes(result, grid):
    import matplotlib.pyplot as plt

    _, given_axes = plt.subplots()
    assert capplan.plot_latency(result, ax=given_axes) is given_axes
    drawn = capplan.plot_sweep(grid, "mean", x="workload.api.rate", hue="pool.app.size", ax=plt.subplots()[1])
    assert [text.get_text() for text in drawn.get_legend().get_texts()] == ["pool.app.size = 1", "pool.app.size = 2"]
    assert capplan.plot_sweep(grid, "utilization", target="pool.app").get_ylabel() == "utilization of pool.app"
    plt.close("all")


def test_notebooks_get_the_text_and_a_figure(result, grid):
    html = result._repr_html_()
    assert html.startswith("<svg") and "<circle" in html and "station" in html and "<script" not in html
    assert "<pre" in grid._repr_html_() and "&lt;" in station(slo={"search": ["p95 < 1s"]}).replace(
        {"scenario.name": "<b>"})._repr_html_()
