"""What must hold for any numbers: more of something never makes anyone wait longer, another unit of time changes
nothing else, and values come back from pickle and JSON as they were.

Why more capacity cannot hurt here: what is compared shares its random numbers, so a request has the same arrival and the
same demand under each configuration, by its number; and loads end before the simulation does, so that means are over the
same requests. In a first-in first-out station every single request then waits no longer with more servers (Kiefer and
Wolfowitz 1955). On cores that are shared evenly every request has received at least as much by any moment: where it has
received the same with more cores, no more others are there, and it goes on at least as fast.
"""

import json
import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import capplan
from conftest import station

few = settings(max_examples=8, deadline=None, derandomize=True)

demands = st.sampled_from(["10ms", {"exponential": {"mean": "10ms"}}, {"lognormal": {"mean": "10ms", "cv": 3}},
                           {"uniform": ["0s", "20ms"]}])
seeds = st.integers(0, 2**64 - 1)


def spell(load, seed, **more):
    """Arrivals at random times over 15 s, some `load` a second; then none until all is done."""
    at = np.sort(np.random.default_rng(seed).uniform(0, 15, 15 * load))
    arrivals = capplan.arrivals(at, "search", span=1000)
    return station(duration="60s", **more).replace({"workload.api": arrivals, "workload.api.repeat": False})


def means(scenario, path, key, capacities):
    """A mean under each capacity, over the same requests."""
    results = [capplan.run(scenario.replace({key: given}), replications=2, jobs=1) for given in capacities]
    assert len({float(result["search"].throughput) for result in results}) == 1
    return [float(result.figures[path]) for result in results]


@few
@given(st.integers(1, 6), st.integers(30, 120), demands, seeds)
def test_more_connections_never_raise_the_mean_wait_of_a_fixed_pool(size, load, cpu, seed):
    waits = means(spell(load * size, seed, cpu=cpu), "pools/app/wait_s/mean", "pool.app.size", (size, size + 1, size + 4))
    assert waits == sorted(waits, reverse=True) and waits[0] > waits[2]


@few
@given(st.integers(1, 6), st.integers(30, 120), demands, seeds)
def test_more_cores_never_raise_the_mean_latency(cores, load, cpu, seed):
    scenario = spell(load * cores, seed, size=3000, cpu=cpu).replace({
        "server.primary.max_connections": 3010, "server.primary.connect_cpu": "0s"})
    latencies = means(scenario, "requests/search/latency_s/mean", "server.primary.cores", (cores, cores + 1, cores + 4))
    assert latencies == sorted(latencies, reverse=True) and latencies[0] > latencies[2]


@few
@given(st.integers(1, 4), st.integers(40, 120), seeds)
def test_more_server_connections_of_pgbouncer_never_raise_the_mean_latency(size, load, seed):
    bouncer = {"main": {"kind": "pgbouncer", "server": "primary", "pool_mode": "transaction", "max_client_conn": 3000}}
    pool = {"app": {"kind": "fixed", "to": "bouncer.main", "size": 2000}}
    latencies = means(spell(load * size, seed, bouncer=bouncer, pool=pool), "requests/search/latency_s/mean",
                      "bouncer.main.default_pool_size", (size, size + 1, size + 4))
    assert latencies == sorted(latencies, reverse=True) and latencies[0] > latencies[2]


def spans(scenario, k):
    """The scenario with every duration k times as long and every rate 1/k of what it was, k a power of two."""
    content = scenario.to_dict()
    return scenario.replace({
        "scenario.duration": f"{content['scenario']['duration'] * k:.9f}s",
        "workload.api.rate": f"{content['workload']['api']['rate'] / k:.9f}/s",
        "query.lookup.cpu.exponential.mean": f"{content['query']['lookup']['cpu']['exponential']['mean'] * k:.9f}s",
        "server.primary.connect_time": f"{content['server']['primary']['connect_time'] * k:.9f}s",
        "server.primary.connect_cpu": f"{content['server']['primary']['connect_cpu'] * k:.9f}s"})


@few
@given(st.sampled_from([2, 4, 8, 64]), st.integers(20, 80), st.integers(1, 3), seeds)
def test_another_unit_of_time_changes_nothing_else(k, load, size, seed):
    """All durations times k, all rates over k: times are k times as long and shares the same, but for what rounding to
    nanoseconds and the histograms' buckets (1 in 128) leave."""
    first = spans(station(size=size, rate=f"{load * size}/s", duration="32s"), 1)
    before, after = (capplan.run(scenario, seed=seed, replications=2, jobs=1) for scenario in (first, spans(first, k)))
    assert float(after["search"].throughput) * k == pytest.approx(float(before["search"].throughput), rel=1e-6)
    assert float(after["pool.app"].utilization) == pytest.approx(float(before["pool.app"].utilization), rel=1e-5)
    assert float(after["search"].mean) == pytest.approx(float(before["search"].mean) * k, rel=1e-5)
    for metric in ("p50", "p95"):
        assert float(getattr(after["search"], metric)) == pytest.approx(
            float(getattr(before["search"], metric)) * k, rel=2 / 128)


texts = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=12)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(texts, st.integers(1, 300), st.floats(1, 900), demands, st.lists(st.integers(-2**63, 2**63 - 1), min_size=1))
def test_scenarios_come_back_from_pickle_and_json(name, size, rate, cpu, asked):
    scenario = station(size=size, rate=f"{rate:.6f}/s", cpu=cpu, cache={"near": {"kind": "lru"}}, request={
        "search": {"steps": [{"query": "lookup"}], "caches": ["near"], "keys": {"count": 3}}}).replace(
        {"scenario.name": name, "request.search.keys": capplan.keys(asked)})
    again = pickle.loads(pickle.dumps(scenario))
    assert again == scenario and again.hash == scenario.hash and repr(again) == repr(scenario)
    resolved = scenario.to_dict()
    assert json.loads(json.dumps(resolved)) == resolved == again.to_dict()
    assert resolved["scenario"]["name"] == name and resolved["request"]["search"]["keys"]["trace"]["keys"] == len(asked)


@few
@given(st.integers(1, 4), st.integers(10, 90), seeds, st.integers(2, 4))
def test_comparisons_come_back_from_pickle_and_json(size, load, seed, replications):
    scenario = station(size=size, rate=f"{load * size}/s", duration="2s")
    comparison = capplan.compare(scenario, set_b={"pool.app.size": size + 1}, seed=seed, replications=replications)
    again = pickle.loads(pickle.dumps(comparison))
    assert again == comparison and repr(again) == repr(comparison) and again.changes == comparison.changes
    content = comparison.to_dict()
    assert json.loads(json.dumps(content, allow_nan=False)) == content == again.to_dict()


@few
@given(st.lists(st.integers(0, 40), min_size=2, max_size=400), st.sampled_from([2, 3, 7]))
def test_a_larger_cache_never_misses_more_and_other_names_of_keys_change_nothing(asked, factor):
    """LRU is a stack algorithm (Mattson et al. 1970): what a cache holds a larger one holds, too."""
    sizes = [1, 2, 4, 8, 16, 64]
    curves = capplan.cache(capplan.keys(asked), entries=sizes)
    hits = [point["hit_ratio"]["value"] for point in curves["keys"]["points"] if point["entries"] in sizes]
    assert hits == sorted(hits) and hits[-1] == pytest.approx(1 - len(set(asked)) / len(asked))
    again = pickle.loads(pickle.dumps(curves))
    assert again == curves and again.to_dict() == curves.to_dict()
    renamed = capplan.cache(capplan.keys([key * factor + 1 for key in asked]), entries=sizes)
    assert renamed["keys"]["points"] == curves["keys"]["points"]


@few
@given(st.integers(1, 4), st.integers(10, 90), seeds, st.integers(1, 4))
def test_results_and_sweeps_come_back_from_pickle_and_json(size, load, seed, replications):
    scenario = station(size=size, rate=f"{load * size}/s", duration="2s", slo={"search": ["p95 < 30ms", "errors < 1%"]})
    grid = capplan.sweep(scenario, {"pool.app.size": [size, size + 1]}, seed=seed, replications=replications)
    for value in (grid, grid[0].result):
        again = pickle.loads(pickle.dumps(value))
        assert again == value and repr(again) == repr(value)
        content = value.to_dict()
        assert json.loads(json.dumps(content, allow_nan=False)) == content == again.to_dict()
    assert all(figure.lo <= figure.value <= figure.hi for figure in grid[0].result.figures.values()
               if figure.known and not math.isnan(figure.value))
