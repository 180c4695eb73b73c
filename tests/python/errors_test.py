"""What is wrong is said in the program's words, with every place at once."""

import pickle
import subprocess

import pytest

import capplan
from conftest import station


def error_of(call):
    with pytest.raises(capplan.ScenarioError) as caught:
        call()
    return caught.value


def test_every_problem_has_its_position(program):
    path = "data/scenarios/broken/twenty_mistakes.toml"
    error = error_of(lambda: capplan.Scenario.load(path))
    assert len(error.problems) == 20
    assert (error.file, error.line, error.column, error.key) == (path, 3, 12, "scenario.duration")
    assert all(problem.line > 0 for problem in error.problems)
    assert isinstance(error, ValueError)
    said = subprocess.run([program, "check", path], capture_output=True, text=True).stderr
    assert str(error) in said


def test_a_change_is_blamed_under_the_name_of_the_argument(quickstart):
    assert error_of(lambda: station().replace({"pool.app.size": 0})).file == "replace"
    assert error_of(lambda: capplan.run(quickstart, set={"pool.app.max_size": 0})).file == "set"
    error = error_of(lambda: station().replace({"pool.app.siez": 3}))
    assert "did you mean size?" in str(error) and error.hint == "capplan describe pool.fixed"


def test_options_are_checked_together(quickstart):
    error = error_of(lambda: capplan.run(quickstart, seed=-1, precision="0%", budget="soon", jobs=-2))
    assert [problem.file for problem in error.problems] == ["seed", "precision", "budget", "jobs"]
    assert error_of(lambda: capplan.sweep(quickstart, {"pool.app.max_size": [8]}, shard="3/2")).file == "shard"
    with pytest.raises(ValueError, match="progress"):
        capplan.run(quickstart, progress="yes")


def test_what_cannot_be_read_is_named():
    assert error_of(lambda: capplan.Scenario.load("nowhere.toml")).file == "nowhere.toml"
    assert "cannot be read" in str(error_of(lambda: capplan.Capture.load("nowhere.toml")))
    assert error_of(lambda: capplan.describe("pgbuoncer")).hint == "capplan describe"
    assert "nothing to vary" in str(error_of(lambda: capplan.sweep(station(), {})))


def test_errors_come_back_from_pickle():
    error = error_of(lambda: station(rate="50"))
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error) and copy.problems == error.problems
    assert repr(type(error)) == "<class 'capplan.ScenarioError'>"
