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
    assert series.at.base is series and not series.at.flags.writeable
    assert np.all(np.diff(series.at) >= np.timedelta64(0))
    assert np.array_equal(np.sort(np.asarray(series.classes)[series.class_index]), np.sort(names))


@pytest.mark.parametrize("at", [[], [-1.0], [[1.0]], [float("nan")]])
def test_what_is_no_series_is_refused(at):
    with pytest.raises(ValueError, match="arrivals"):
        capplan.arrivals(at, "search")


def test_a_series_that_says_more_than_it_has_is_refused():
    for at, klass, span in (([0, 2], [0], 2), ([2, 0], [0, 0], 2), ([0, 2], [0, 1], 2), ([0, 2], [0, 0], 1)):
        with pytest.raises(ValueError, match="arrivals"):
            capplan.Arrivals(np.array(at), np.array(klass, dtype=np.uint16), ["search"], span, "a test")


def cached(keys, entries):
    return station(size=20, cpu="100us", duration="20s", cache={"near": {"kind": "lru", "max_entries": entries}}, request={
        "search": {"steps": [{"query": "lookup"}], "caches": ["near"], "keys": {"count": 3}}}).replace(
        {"request.search.keys": keys})


def test_keys_of_an_array_take_the_place_of_a_popularity(tmp_path):
    asked = np.tile(np.arange(10), 5)
    for entries, share in ((10, 1.0), (5, 0.0)):  # ten keys in turn: all stay, or each is driven out before it comes again
        result = capplan.run(cached(capplan.keys(asked), entries).replace({"scenario.warmup": "5s"}), replications=2)
        assert float(result["cache.near"].hit_ratio) == pytest.approx(share)
    texts = ["user:4", "17", "user:4"]
    assert capplan.keys(np.array(texts)) == capplan.keys(np.array(["user:4", 17, "user:4"], dtype=object))
    assert capplan.keys([17, 4, 17]).numbers.tolist() == [17, 4, 17]
    assert capplan.keys([17, 4, -1], source="a") == capplan.keys(["17", "4", "-1"], source="a") != capplan.keys([4, 17, -1])
    scenario = cached(capplan.keys(texts), 2)
    assert pickle.loads(pickle.dumps(scenario)) == scenario != cached(capplan.keys([4, 17, 4]), 2)
    (tmp_path / "keys.csv").write_text("\n".join(texts))
    by_file = cached({"trace": str(tmp_path / "keys.csv")}, 2)
    digest = [s.to_dict()["request"]["search"]["keys"]["trace"]["sha256"] for s in (scenario, by_file)]
    assert digest[0] == digest[1]


@pytest.mark.parametrize("asked", [[], [1.5], [[1]], [1j]])
def test_what_is_no_series_of_keys_is_refused(asked):
    with pytest.raises(ValueError, match="keys"):
        capplan.keys(asked)


def test_a_distribution_is_that_of_scipy():
    written = capplan.Distribution({"gamma": {"mean": "10ms", "cv": 0.5}})
    scipys = scipy.stats.gamma(4, scale=0.0025)
    at = np.array([0.001, 0.01, 0.02])
    assert written.cdf(at) == pytest.approx(scipys.cdf(at), rel=1e-9)
    assert written.quantile([0.1, 0.5, 0.99]) == pytest.approx(scipys.ppf([0.1, 0.5, 0.99]), rel=1e-6)
    assert (written.family, written.mean, written.cv) == ("gamma", pytest.approx(0.010), pytest.approx(0.5))
    assert pickle.loads(pickle.dumps(written)) == written == capplan.Distribution(written.spelling())
    assert station(cpu=written) == station(cpu={"gamma": {"mean": "10ms", "cv": 0.5}})
    with pytest.raises(ValueError, match="quantile"):
        written.quantile(1)
    with pytest.raises(capplan.ScenarioError, match="gamma.mean"):
        capplan.Distribution({"gamma": {"mean": "10", "cv": 0.5}})


def test_a_fit_shows_the_families_that_were_tried(light):
    import matplotlib.pyplot as plt

    fitted = capplan.calibrate("data/captures/light.toml").classes_["search"]
    assert [tried.aic for tried in fitted.alternatives] == sorted(tried.aic for tried in fitted.alternatives)
    assert fitted.distribution.mean == pytest.approx(fitted.mean.value, rel=0.005)
    assert fitted.distribution.quantile(0.5) == pytest.approx(fitted.p50.value, rel=0.01)
    ax = capplan.plot_fit(light, fitted, families=["gamma"], ax=plt.subplots()[1])
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["as measured", f"{fitted.family}, chosen", "gamma"]
    x, y = ax.lines[1].get_data()
    assert np.median(np.abs(np.log(y / x))) < 0.01  # the chosen one lies on the diagonal
    plt.close("all")


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


def test_a_plot_shows_limits_and_goes_on_with_the_colours(grid):
    import matplotlib.pyplot as plt

    ax = plt.subplots()[1]
    judged = capplan.sweep(station(slo={"search": ["p95 < 30ms"]}), {"workload.api.rate": ["20/s", "40/s"]}, replications=2)
    for name in ("first", "second"):
        capplan.plot_sweep(judged, "p95", target="search", label=name, ax=ax)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["limit in [slo]", "first", "second"]
    limit = [line for line in ax.lines if line.get_linestyle() == "--"][0]
    assert list(limit.get_ydata()) == [pytest.approx(30)] * 2 and "(ms)" in ax.get_ylabel()
    assert ax.containers[0].lines[0].get_color() != ax.containers[1].lines[0].get_color()
    plt.close("all")


def test_notebooks_get_the_percentiles_that_a_sample_carries(light):
    fitted = capplan.calibrate("data/captures/light.toml")
    for value in (light, fitted):
        html = value._repr_html_()
        assert html.startswith("<svg") and html.count("<circle") == len(light.classes) + 1 and "<pre" in html
    assert fitted._repr_html_().count("rotate(45") == 1 + sum(fit.p99.known for fit in fitted.classes_.values())
    assert "<svg" not in capplan.Calibration()._repr_html_()


def test_notebooks_get_the_text_and_a_figure(result, grid):
    html = result._repr_html_()
    assert html.startswith("<svg") and "<circle" in html and "station" in html and "<script" not in html
    assert "<pre" in grid._repr_html_() and "&lt;" in station(slo={"search": ["p95 < 1s"]}).replace(
        {"scenario.name": "<b>"})._repr_html_()
