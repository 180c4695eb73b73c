"""Long calls leave Python alive: other threads run, progress is told, Ctrl-C ends them and loses nothing stored."""

import os
import pathlib
import pty
import re
import signal
import subprocess
import sys
import threading
import time

import capplan
from conftest import station

# SIGINT is heard even where the tests run in the background.
HEARS = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
INTERRUPTED = HEARS + """
import sys
import capplan
try:
    capplan.sweep(sys.argv[1], {"scenario.duration": ["10min", "10000h"]}, store=sys.argv[2], replications=2, jobs=1)
except KeyboardInterrupt as stop:
    assert [point.result is not None for point in stop.sweep] == [True, False]
    print(*stop.__notes__)
"""


def interrupted(told_by_then, code, *words):
    """Runs a text until it has told so much on its terminal, interrupts it, and returns its status and what it printed."""
    master, slave = pty.openpty()
    child = subprocess.Popen([sys.executable, "-c", code, *words], stdout=subprocess.PIPE, stderr=slave, text=True)
    os.close(slave)
    try:
        told = b""
        while not re.search(told_by_then, told):
            told += os.read(master, 1000)
        child.send_signal(signal.SIGINT)
        printed, _ = child.communicate(timeout=300)
    finally:
        child.kill()
        os.close(master)
    return child.returncode, printed


def test_other_threads_run_meanwhile():
    ticks, over = [], threading.Event()

    def tick():
        while not over.wait(0.005):
            ticks.append(time.monotonic())

    thread = threading.Thread(target=tick)
    thread.start()
    begun = time.monotonic()
    capplan.run(station(rate="2000/s", size=100, duration="100s"), replications=6, jobs=1)
    took = time.monotonic() - begun
    over.set()
    thread.join()
    assert len(ticks) >= 3 and len(ticks) >= 0.2 * took / 0.005


def test_two_threads_can_run_at_once():
    answers = []
    scenario = station(duration="100s")
    threads = [threading.Thread(target=lambda: answers.append(capplan.run(scenario, replications=3))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4 and len(set(answers)) == 1 and answers[0] == answers[3]


def test_ctrl_c_ends_a_sweep_in_the_midst_of_a_point_and_keeps_what_is_done(tmp_path, quickstart):
    store = tmp_path / "kept.db"
    code, note = interrupted(rb"sweep 1/2", INTERRUPTED, quickstart, str(store))  # the second point would take hours
    assert code == 0 and note.startswith("1 of 2 points are done: kept in")
    again = capplan.sweep(quickstart, {"scenario.duration": ["10min"]}, store=store, replications=2)
    assert again.reused == 1


def test_progress_is_told_where_it_is_wanted(capfd, monkeypatch):
    scenario = station(rate="1000/s", size=100, duration="100s")
    capplan.run(scenario, replications=8, jobs=1)
    assert capfd.readouterr().err == ""
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        capplan.run(scenario, replications=12, jobs=1)
        capplan.run(scenario, replications=12, jobs=1, progress="never")
    told = os.read(master, 100_000).decode()
    os.close(master)
    assert told.startswith("\rrun ") and "%" in told and told.endswith("\r") and "\n" not in told


def test_ctrl_c_leaves_the_answer_of_the_replications_that_are_done(quickstart):
    code = HEARS + """
import sys, capplan
changed = {"scenario.duration": "2h"}
try:
    capplan.run(sys.argv[1], set=changed, replications=30, jobs=1, progress="always")
except KeyboardInterrupt as stop:
    kept = stop.result
    print(kept == capplan.run(sys.argv[1], set=changed, replications=kept.replications), *stop.__notes__)
"""
    _, said = interrupted(rb"run \d\d%", code, quickstart)  # four of thirty at least
    assert re.fullmatch(r"True \d+ replications are done: see .result\n", said)


def test_ctrl_c_ends_a_hit_curve_that_would_take_minutes():
    code = HEARS + "; import sys, capplan; capplan.cache(sys.argv[1], draws=1_000_000_000, progress='always')"
    # The time so far is told where nothing says how much is left.
    assert interrupted(rb"cache 0:0", code, "data/scenarios/cache-policies.toml")[0] == -signal.SIGINT


def test_an_error_in_the_progress_line_ends_the_call(monkeypatch):
    class Broken:
        def isatty(self):
            return True

        def write(self, text):
            raise OSError("gone")

        def flush(self):
            pass

    monkeypatch.setattr(sys, "stderr", Broken())
    try:
        capplan.run(station(rate="2000/s", size=100, duration="100s"), replications=30, jobs=1)
    except OSError as error:
        assert str(error) == "gone"
    else:
        raise AssertionError("nothing was raised")


def test_importing_is_quick_and_takes_nothing_along():
    # By the processor's clock, on which a busy machine has little bearing.
    code = ("import sys, time; t = time.process_time(); import capplan; print(time.process_time() - t); "
            "print(*[m for m in ('numpy', 'pandas', 'matplotlib', 'scipy') if m in sys.modules])")
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout for _ in range(3)]
    assert min(float(run.split()[0]) for run in runs) < 0.15
    assert all(run.splitlines()[1] == "" for run in runs)
    assert pathlib.Path(capplan.__file__).with_name("py.typed").exists()
