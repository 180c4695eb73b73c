"""validate, drift, index, cache, rules and inspect say what the program says, as values."""

import json
import pickle
import subprocess

import numpy as np
import pytest

import capplan
from conftest import bytes_of, station

LIGHT = "data/captures/light.toml"
COSTS = "data/calibrations/light.toml"
SAMPLES = "data/captures/index_cost.csv"
VECTORS = "data/scenarios/vector-search.toml"


def printed(program, *words):
    said = subprocess.run([program, *map(str, words), "--format", "json"], capture_output=True, text=True)
    assert said.stdout, said.stderr
    return json.loads(said.stdout)


@pytest.fixture(scope="module")
def answers():
    return {
        "validate": capplan.validate(LIGHT, calibration=COSTS),
        "drift": capplan.drift(COSTS, LIGHT, margin=0.3),
        "index": capplan.index(VECTORS, rows=[100_000, 1_000_000], recall=0.9, months=6),
        "cache": capplan.cache(capplan.keys([1, 2, 3, 4] * 50), entries=[3, 4], hit_ratio=0.9),
        "rules": capplan.rules("data/scenarios/quickstart.toml", set={"scenario.duration": "10s"}, replications=2),
        "inspect": capplan.inspect(LIGHT),
    }


def test_they_say_what_the_program_says(program, answers, tmp_path):
    keys = tmp_path / "keys.csv"
    keys.write_text("1\n2\n3\n4\n" * 50)
    told = {
        "validate": ["validate", LIGHT, "--calibration", COSTS],
        "drift": ["drift", COSTS, LIGHT, "--margin", "30%"],
        "index": ["index", VECTORS, "--rows", "100000,1000000", "--recall", "0.9", "--months", "6"],
        "rules": ["rules", "data/scenarios/quickstart.toml", "--set", "scenario.duration=10s", "--replications", "2"],
        "inspect": ["inspect", LIGHT],
    }
    for name, words in told.items():
        assert answers[name].to_dict() == printed(program, *words), name
    of_file = capplan.cache(keys, entries=[3, 4], hit_ratio=[0.9])
    assert of_file.to_dict() == printed(program, "cache", keys, "--entries", "3,4", "--hit-ratio", "90%")
    assert of_file["keys"]["points"] == answers["cache"]["keys"]["points"]


def test_they_are_values(answers):
    for name, answer in answers.items():
        again = pickle.loads(pickle.dumps(answer))
        assert again == answer and hash(again) == hash(answer) and type(again) is type(answer), name
        assert repr(again) == repr(answer) and repr(answer) and "<pre" in answer._repr_html_()
        assert len(answer.to_frame()) > 0
        with pytest.raises(AttributeError):
            answer._kept = None
    assert answers["index"] != capplan.index(VECTORS) and answers["index"] != answers["cache"]


def test_they_are_written_as_the_program_writes_them(program, answers, tmp_path):
    words = ["index", VECTORS, "--rows", "100000,1000000", "--recall", "0.9", "--months", "6", "-q"]
    for extension in ("html", "csv", "md", "txt", "json"):
        ours, theirs, pickled = (tmp_path / f"{name}.{extension}" for name in ("ours", "theirs", "pickled"))
        capplan.report(answers["index"], ours)
        capplan.report(pickle.loads(pickle.dumps(answers["index"])), pickled)
        subprocess.run([program, *words, "-o", theirs], check=True)
        assert bytes_of(ours) == bytes_of(theirs) == bytes_of(pickled), extension
    capplan.report(answers["inspect"], tmp_path / "inspect.html")
    subprocess.run([program, "inspect", LIGHT, "-o", tmp_path / "theirs.html", "-q"], check=True)
    assert bytes_of(tmp_path / "inspect.html") == bytes_of(tmp_path / "theirs.html")


def test_what_is_in_them_is_found_by_name(answers):
    validation = answers["validate"]
    assert validation.captures == ("light",) and validation["light"]["requests"]["search"]["count"] == 5291
    assert 0 <= validation.errors["p50_error_median"] < 1
    plans = answers["index"]
    name = plans.names[0]
    assert [at["rows"] for at in plans[name]["at"]] == [100_000, 1_000_000]
    assert set(plans.to_frame()["rows"]) == {100_000.0, 1_000_000.0}
    assert answers["cache"]["keys"]["targets"][0]["entries"]["value"] == 4
    rules = answers["rules"]
    assert list(rules) == [rules[i] for i in range(len(rules))] and all(rule["guide"] for rule in rules)
    classes = answers["inspect"].to_frame("classes")
    assert set(classes["class"]) >= {"search", "point"} and (classes["mean_s/lo"] <= classes["mean_s"]).all()
    for answer, wrong in ((validation, "dark"), (plans, "none"), (answers["cache"], "none")):
        with pytest.raises(KeyError, match="there are"):
            answer[wrong]
    with pytest.raises(KeyError, match="there are"):
        answers["inspect"].to_frame("none")


def test_samples_of_indexes_are_calibrated_and_validated(program, tmp_path):
    fitted = capplan.calibrate(index_samples=SAMPLES)
    subprocess.run([program, "calibrate", "--index-samples", SAMPLES, "-o", tmp_path / "theirs.toml", "-q"],
                   check=True, capture_output=True)
    fitted.save(tmp_path / "costs.toml")
    assert (tmp_path / "costs.toml").read_text() == (tmp_path / "theirs.toml").read_text()
    assert not fitted.classes_ and "round_trip" in repr(fitted)
    found = capplan.validate(calibration=tmp_path / "costs.toml", index_samples=SAMPLES)
    assert len(found.plot().containers) == 40
    assert found.errors["latency_p50_error_median"] < 0.08 and len(found.to_frame()) == 175
    plans = capplan.index(VECTORS, set={"scenario.calibration": str(tmp_path / "costs.toml")})
    assert plans[plans.names[0]]["law_samples"] == 175


def test_a_calibration_follows_scikit_learn():
    fitted = capplan.Calibration(lenient=True)
    assert fitted.get_params() == {"settings": None, "lenient": True}
    assert fitted.set_params(lenient=False) is fitted and fitted.fit(LIGHT) is fitted
    assert fitted.to_dict()["classes"].keys() == fitted.classes_.keys() and fitted.costs_ == {}
    with pytest.raises(ValueError, match="none of settings, lenient"):
        fitted.set_params(speed=1)


def test_a_hit_curve_takes_a_scenario_keys_or_a_file(tmp_path):
    scenario = station(request={"search": {"steps": [{"query": "lookup"}], "keys": {"zipf": 0.9, "count": 1000}}})
    by_path = capplan.cache(scenario, entries=100, draws=20_000)
    assert by_path.names == ("search",)
    again = capplan.cache(scenario, entries=[100], draws=20_000)
    assert by_path == again != capplan.cache(scenario, draws=20_000, seed=2)
    with pytest.raises(ValueError, match="set belongs"):
        capplan.cache(capplan.keys([1, 2]), set={"scenario.duration": "1s"})


@pytest.mark.parametrize("call, said", [
    (lambda: capplan.validate(), "nothing measured"),
    (lambda: capplan.validate(LIGHT), "nothing to predict with"),
    (lambda: capplan.validate(LIGHT, leave_one_out="lists"), "no index samples"),
    (lambda: capplan.validate(index_samples=SAMPLES, leave_one_out="lists"), "none of captures, m, rows, dimensions"),
    (lambda: capplan.index(VECTORS, recall=1.5), "no share between 0 and 1"),
    (lambda: capplan.index(VECTORS, rows=0.5), "1 to 1e11 rows"),
    (lambda: capplan.index(station()), r"no \[index.NAME\]"),
    (lambda: capplan.cache(capplan.keys([1]), draws=10), "1000 to 1e9 keys"),
    (lambda: capplan.cache("none.csv"), "none.csv"),
    (lambda: capplan.inspect([LIGHT, LIGHT], since=LIGHT), "stands before one snapshot"),
    (lambda: capplan.inspect(LIGHT, over="soon"), "--over"),
    (lambda: capplan.calibrate(index_plans="p.json"), "one --index for each"),
])
def test_what_cannot_be_answered_is_refused(call, said):
    with pytest.raises(capplan.ScenarioError, match=said):
        call()


def test_plots_of_answers_take_and_return_axes(answers):
    import matplotlib.pyplot as plt

    given = plt.subplots()[1]
    assert answers["index"].plot(ax=given) is given and len(given.containers) == 2
    assert capplan.plot_hit_curve(answers["cache"]).get_xscale() == "log"
    errors = answers["validate"].plot("p50")
    requests = answers["validate"]["light"]["requests"]
    assert [text.get_text() for text in errors.get_yticklabels()][::-1] == [f"light: {name}" for name in requests]
    first = next(iter(requests.values()))["error"]["p50"]
    assert errors.containers[-1].lines[0].get_xdata()[0] == pytest.approx(100 * first)
    plt.close("all")


def test_shapes_of_a_result_are_the_results_own_memory(result):
    assert "search" in result.spectra
    for array in (*result.spectra.values(), *result.series.values(), result.window_ends):
        assert array.base is result and not array.flags.writeable and array.dtype == np.float64
    spectrum = result.spectra["search"]
    assert len(spectrum) <= len(capplan._core.spectrum_shares) and np.all(np.diff(spectrum) >= 0)
    assert spectrum[5] == pytest.approx(result["search"].p50.value, rel=0.05)
    rate = result.series["requests/search/completed_per_s"]
    assert len(rate) == len(result.window_ends) and np.nanmean(rate) == pytest.approx(50, rel=0.1)
    assert sum(result.stages["search", "mean"].values()) == pytest.approx(result["search"].mean.value, rel=0.01)


def test_shapes_of_a_result_are_plotted(result):
    import matplotlib.pyplot as plt

    given = plt.subplots()[1]
    assert capplan.plot_stages(result, "search", ax=given) is given and given.get_legend() is not None
    assert len(capplan.plot_over_time(result).lines) >= 1
    assert "cpu" in capplan.plot_over_time(result, "servers/primary/cpu").get_ylabel()
    with pytest.raises(KeyError, match="there are"):
        capplan.plot_stages(result, "none")
    with pytest.raises(KeyError, match="there are"):
        capplan.plot_over_time(result, "none")
    plt.close("all")


def test_a_sweep_shows_itself_with_a_figure(grid):
    html = grid._repr_html_()
    assert html.startswith("<svg") and html.count("<polyline") == 2 and html.count("<circle") == 4 and "<pre" in html
    named = capplan.sweep(station().replace({"scenario.name": "<b>"}), {"pool.app.size": [1, 2]}, replications=2)
    assert "<b>" not in named._repr_html_()


def test_a_result_says_what_its_costs_rest_on(result):
    assert result.calibration is None
    calibrated = capplan.run("data/scenarios/pool-sizing.toml", set={"scenario.duration": "2s"}, replications=2)
    assert [capture["name"] for capture in calibrated.calibration["captures"]] == ["light"]
    assert calibrated.calibration == calibrated.to_dict()["calibration"]
    again = pickle.loads(pickle.dumps(calibrated))
    assert again == calibrated and again.calibration == calibrated.calibration


def test_alerts_and_budgets_come_back_from_pickle():
    scenario = station(
        duration="30s",
        alert={"slow": {"when": "search.p95 > 1ms", "for": "5s", "every": "1s"}},
        budget={"month": {"request": "search", "objective": "99%", "latency": "20ms", "period": "30d"}})
    found = capplan.run(scenario, replications=2)
    for value in (found.alerts[0], found.budgets[0]):
        again = pickle.loads(pickle.dumps(value))
        assert again == value and hash(again) == hash(value) and repr(again) == repr(value)
