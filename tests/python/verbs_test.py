"""The verbs answer as the program does."""

import json
import pickle
import subprocess

import pytest

import capplan
from conftest import station


def test_run_gives_the_numbers_of_the_command_line(program, quickstart):
    command = [program, "run", quickstart, "--replications", "3", "--seed", "7", "--format", "json",
               "--set", "workload.api.rate=60/s"]
    printed = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
    result = capplan.run(quickstart, replications=3, seed=7, set=["workload.api.rate=60/s"])
    assert result.to_dict() == printed
    assert result == capplan.run(capplan.Scenario.load(quickstart).replace({"workload.api.rate": "60/s"}),
                                 replications=3, seed=7, jobs=1)


def test_sweep_gives_the_numbers_of_the_command_line(program, quickstart):
    command = [program, "sweep", quickstart, "--replications", "2", "--format", "json", "--store", "none",
               "--vary", "pool.app.max_size=8..16:3", "--vary", "workload.api.rate=20/s,40/s"]
    printed = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
    vary = {"pool.app.max_size": "8..16:3", "workload.api.rate": ["20/s", "40/s"]}
    grid = capplan.sweep(quickstart, vary, replications=2)
    assert grid.to_dict() == printed
    assert grid == capplan.sweep(quickstart, ["pool.app.max_size=8,12,16", "workload.api.rate=20/s,40/s"],
                                 replications=2)


def test_a_design_chooses_the_points_that_the_command_line_chooses(program, quickstart):
    axes = ["pool.app.max_size=1..16:16", "workload.api.rate=20/s,30/s,40/s,50/s"]
    command = [program, "sweep", quickstart, "--replications", "2", "--format", "json", "--store", "none",
               "--vary", axes[0], "--vary", axes[1]]
    for design, samples in (("sobol", 3), ("latin-hypercube", 2), ("random", 3), (None, 3)):
        flags = ["--sample", str(samples), *(["--design", design] if design else [])]
        printed = json.loads(subprocess.run(command + flags, capture_output=True, text=True).stdout)
        sample = capplan.sweep(quickstart, axes, replications=2, design=design, samples=samples)
        assert len(sample) == samples and sample.to_dict() == printed
    pairs = capplan.sweep(station(), {"pool.app.size": [1, 2, 3], "workload.api.rate": ["10/s", "20/s", "30/s"]},
                          replications=2, design="zip")
    assert [tuple(point.at.values()) for point in pairs] == [("1", "10/s"), ("2", "20/s"), ("3", "30/s")]


def test_a_design_that_cannot_be_made_is_refused():
    def message(**sampling):
        with pytest.raises(capplan.ScenarioError) as caught:
            capplan.sweep(station(), {"pool.app.size": [1, 2, 3]}, replications=2, **sampling)
        return str(caught.value)

    assert "samples" in message(samples=0) and "from 1 to" in message(samples=0)
    assert "did you mean sobol?" in message(design="sobl", samples=3)
    assert "needs a number of samples" in message(design="random")
    assert "takes every value" in message(design="grid", samples=3)


def test_calibrate_writes_the_file_of_the_command_line(program, tmp_path):
    command = [program, "calibrate", "data/captures/light.toml"]
    fitted = capplan.calibrate("data/captures/light.toml")
    assert fitted.to_toml() == subprocess.run(command, capture_output=True, text=True).stdout
    fitted.save(tmp_path / "costs.toml")
    assert (tmp_path / "costs.toml").read_text() == fitted.to_toml()
    assert fitted == capplan.Calibration().fit(["data/captures/light.toml"]) != capplan.Calibration()
    assert fitted.get_params() == {"settings": None, "lenient": False} and fitted.rate_.known
    assert fitted.to_frame().loc["search", "requests"] == fitted.classes_["search"].requests


def test_describe_is_the_programs_text(program):
    for word in ("pgbouncer", "pool", "errors"):
        printed = subprocess.run([program, "describe", word], capture_output=True, text=True).stdout
        assert repr(capplan.describe(word)) == printed
    assert "pgbouncer" in capplan.describe()


def test_a_store_keeps_what_is_done(tmp_path):
    def again(**more):
        return capplan.sweep(station(), {"pool.app.size": [1, 2, 3]}, store=tmp_path / "s.db", replications=2, **more)

    half = again(shard="1/2")
    assert [point.result is not None for point in half] == [True, False, True]
    assert again().reused == 2 and again().reused == 3 and again(fresh=True).reused == 0
    assert again() == capplan.sweep(station(), {"pool.app.size": [1, 2, 3]}, replications=2)


def test_draws_of_a_calibration_widen_intervals_and_give_probabilities(program, tmp_path):
    (tmp_path / "costs.toml").write_text(
        '[calibration.uncertainty]\nversion = 1\ncaptures = 4\nscatter = { host = 0.1, class = 0.0 }\n'
        'covariance = [{ name = "demand.lookup", row = [0.01] }]\n'
        '[query.lookup]\ncpu = { exponential = { mean = "10ms" } }\n')
    text = ('[scenario]\nname = "drawn"\nduration = "20s"\ncalibration = "costs.toml"\n'
            '[server.primary]\nkind = "postgres"\ncores = 64\n'
            '[pool.app]\nkind = "fixed"\nto = "server.primary"\nsize = 64\n[query.lookup]\npool = "app"\n'
            '[request.search]\nsteps = [{ query = "lookup" }]\n'
            '[workload.api]\nkind = "open"\nrate = "50/s"\nmix = { search = 1 }\n[slo]\nsearch = ["p95 < 40ms"]\n')
    path = tmp_path / "drawn.toml"
    path.write_text(text)
    drawn = capplan.run(path, replications=5, uncertainty=8)
    command = [program, "run", path, "--replications", "5", "--uncertainty=8", "--format", "json"]
    assert drawn.to_dict() == json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
    p95 = drawn["search"].p95
    assert p95.calibration > p95.sampling > 0 and "calibration=" in repr(p95)
    assert pickle.loads(pickle.dumps(p95)) == p95
    likely = drawn.slos[0].probability
    assert 0 <= likely.lo <= likely.value <= likely.hi <= 1 and "probability" in repr(drawn.slos[0])
    assert drawn.draws == 8 and "calibration" in drawn.to_frame().columns
    plain = capplan.run(path, replications=5)
    assert plain.draws == 0 and not plain.slos[0].probability.known
    assert plain["search"].p95.value == p95.value and plain["search"].p95.calibration == 0
