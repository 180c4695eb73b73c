"""Values never change: they compare, hash and pickle; their dicts are the program's JSON."""

import math
import pickle

import pytest
from hypothesis import given, settings, strategies as st

import capplan
from conftest import station

finite = st.floats(allow_nan=False, allow_infinity=False)


def again(value):
    return pickle.loads(pickle.dumps(value))


@given(finite, finite, finite, st.booleans())
def test_estimates_come_back_from_pickle(value, lo, hi, known):
    estimate = capplan.Estimate(value, lo, hi, known)
    assert again(estimate) == estimate and hash(again(estimate)) == hash(estimate)
    assert float(estimate) == value if known else math.isnan(float(estimate))


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 50), st.floats(0.5, 500), st.sampled_from(["poisson", "constant"]))
def test_scenarios_come_back_from_pickle_and_their_own_text(size, rate, arrivals):
    scenario = station(size=size).replace({"workload.api.rate": f"{rate:.3f}/s", "workload.api.arrivals": arrivals})
    assert again(scenario) == scenario and again(scenario).hash == scenario.hash
    assert scenario.to_dict()["pool"]["app"]["size"] == size
    assert scenario.to_dict()["workload"]["api"]["rate"] == pytest.approx(rate, abs=1e-3)
    assert again(scenario).replace({"pool.app.size": size + 1}) != scenario


def test_a_copy_with_changes_leaves_the_first_as_it_was():
    first = station(size=3)
    second = first.replace({"pool.app.size": 4})
    assert (first.to_dict()["pool"]["app"]["size"], second.to_dict()["pool"]["app"]["size"]) == (3, 4)
    assert second.replace({"pool.app.size": 3}) == first and len({first, second}) == 2


def test_results_and_grids_come_back_from_pickle(result, grid):
    for value in (result, grid, grid[0], result["search"], result.slos[0]):
        assert again(value) == value
        assert repr(again(value)) == repr(value)
    assert again(result).to_dict() == result.to_dict()


def test_figures_are_found_by_the_words_of_slo(result):
    assert result["search"].p95 == result.figures["requests/search/latency_s/p95"]
    assert result["pool.app"].utilization.known
    assert "search" in result.targets and "p99" in dir(result["search"])
    with pytest.raises(KeyError, match="there are: "):
        result["serch"]
    with pytest.raises(AttributeError, match="there are: .*p50"):
        result["search"].p98765


def test_values_cannot_be_changed(result):
    for value, name in ((result, "seed"), (result["search"].p95, "value"), (station(), "name")):
        with pytest.raises(AttributeError):
            setattr(value, name, 1)


def test_a_value_of_no_scenario_is_refused_by_its_type():
    with pytest.raises(TypeError, match="replace: <class 'object'>"):
        station().replace({"pool.app.size": object()})
    with pytest.raises(OverflowError):
        station().replace({"pool.app.size": 2**70})
    endless = []
    endless.append(endless)
    with pytest.raises(RecursionError):
        station().replace({"pool.app.size": endless})
