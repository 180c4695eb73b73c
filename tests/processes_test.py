#!/usr/bin/env python3
"""Answers by processes are the bytes of those by threads, on the command line; Ctrl-C ends the processes too.

Usage: processes_test.py <capplan> <top of the tree>
"""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

INTERRUPTED = 130
KEYED = """[scenario]
name = "keyed"
duration = "20s"
[server.primary]
kind = "postgres"
[pool.app]
kind = "fixed"
to = "primary"
size = 4
[cache.local]
kind = "lru"
max_entries = 20
ttl = "60s"
[query.lookup]
pool = "app"
cpu = { exponential = { mean = "2ms" } }
[request.search]
steps = [{ query = "lookup" }]
caches = ["local"]
keys = { trace = "keys.csv" }
[workload.api]
kind = "open"
rate = "100/s"
mix = { search = 1 }
"""
COSTS = """[calibration.uncertainty]
version = 1
captures = 4
scatter = { host = 0.1, class = 0.0 }
covariance = [{ name = "demand.lookup", row = [0.01] }]
[query.lookup]
io = "1ms"
"""


def answer(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 3, 4):
        raise AssertionError(f"{command}: ended with {done.returncode}: {done.stderr}")
    return done.stdout


def children(pid):
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def check_same(capplan, folder, top):
    (folder / "keys.csv").write_text("".join(f"{i * i % 97}\n" for i in range(500)))
    (folder / "keyed.toml").write_text(KEYED)
    (folder / "costs.toml").write_text(COSTS)
    scenarios = top / "data/scenarios"
    brief = ["--set", "scenario.duration=10s", "--set", "scenario.warmup=1s"]
    sweep = ["--store", "none", "--replications", "3", "--vary"]
    for command in (["run", folder / "keyed.toml"],
                    ["run", folder / "keyed.toml", "--uncertainty=8", "--replications", "6", "--set", "scenario.calibration=costs.toml"],
                    ["run", scenarios / "replay.toml", *brief],
                    ["sweep", scenarios / "quickstart.toml", *brief, *sweep, "pool.app.max_size=8,12,16"],
                    ["sweep", folder / "keyed.toml", "--sample", "4", *sweep, "cache.local.max_entries=1..90:90"],
                    ["compare", folder / "keyed.toml", "--set-b", "pool.app.size=3"]):
        common = [capplan, *map(str, command), "--format", "json", "-q"]
        threads = answer([*common, "-j", "2"])
        for processes in ("1", "3"):
            assert answer([*common, "--processes", processes]) == threads, f"{common} differs by {processes} processes"


def check_interrupt(capplan, folder):
    """A run of hours: Ctrl-C goes to the program alone, which ends its processes at once."""
    command = [capplan, "run", str(folder / "keyed.toml"), "--set", "scenario.duration=100h", "--processes", "2"]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    for _ in range(600):
        started = children(program.pid)
        if len(started) == 2:
            break
        time.sleep(0.05)
    assert len(started) == 2, "the processes did not start"
    os.killpg(program.pid, signal.SIGINT)
    out, err = program.communicate(timeout=60)
    assert program.returncode == INTERRUPTED, (program.returncode, out, err)
    assert not any(pathlib.Path(f"/proc/{child}").exists() for child in started), "a process is left"


def check_refusal(capplan):
    """What is no work is not answered."""
    done = subprocess.run([capplan, "worker"], input=b"hello\n", capture_output=True)
    assert done.returncode == 1 and b"is no frame of a worker" in done.stderr, done
    done = subprocess.run([capplan, "worker"], input=b"", capture_output=True)
    assert done.returncode == 0 and b"engine revision" in done.stdout, done


def main(capplan, top):
    with tempfile.TemporaryDirectory() as folder:
        check_same(capplan, pathlib.Path(folder), pathlib.Path(top))
        check_interrupt(capplan, pathlib.Path(folder))
    check_refusal(capplan)


if __name__ == "__main__":
    main(*sys.argv[1:])
