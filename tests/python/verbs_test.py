"""The verbs answer as the program does."""

import json
import subprocess

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


def test_calibrate_writes_the_file_of_the_command_line(program, tmp_path):
    command = [program, "calibrate", "data/captures/light.toml"]
    fitted = capplan.calibrate("data/captures/light.toml")
    assert fitted.to_toml() == subprocess.run(command, capture_output=True, text=True).stdout
    fitted.save(tmp_path / "costs.toml")
    assert (tmp_path / "costs.toml").read_text() == fitted.to_toml()
    assert fitted == capplan.Calibration().fit(["data/captures/light.toml"]) != capplan.Calibration()
    assert fitted.get_params() == {"lenient": False} and fitted.rate_.known
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
