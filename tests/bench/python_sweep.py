"""What a sweep costs from Python beside the command line: pairs of processes one after another, processor time of each.

    PYTHONPATH=build/release/python python_sweep.py CAPPLAN [PAIRS]

Both compute the same grid on one thread and write the same JSON; the interpreter's start and the imports count. On a
machine that does nothing else.
"""

import os
import resource
import statistics
import subprocess
import sys

SCENARIO = "data/scenarios/quickstart.toml"
VARY = {"pool.app.max_size": "8,16,32,64", "workload.api.rate": "40/s,80/s,120/s"}
PYTHON = """
import sys, capplan
grid = capplan.sweep(sys.argv[1], [f"{key}={values}" for key, values in %r.items()], replications=5, jobs=1)
capplan.report(grid, sys.argv[2])
""" % VARY


def seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    status = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if status not in (0, 3, 4):
        raise SystemExit(f"{command[0]} ended with {status}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(program, pairs=7):
    axes = [word for key, values in VARY.items() for word in ("--vary", f"{key}={values}")]
    shell = [program, "sweep", SCENARIO, *axes, "--replications", "5", "-j", "1", "--store", "none", "-q",
             "-o", "/dev/shm/by_shell.json"]
    python = [sys.executable, "-c", PYTHON, SCENARIO, "/dev/shm/by_python.json"]
    ratios = []
    for pair in range(int(pairs)):
        first, second = (shell, python) if pair % 2 == 0 else (python, shell)
        taken = {command[0]: seconds(command) for command in (first, second)}
        ratios.append(taken[sys.executable] / taken[program])
        print(f"{taken[program]:.2f} s and {taken[sys.executable]:.2f} s", flush=True)
    with open("/dev/shm/by_shell.json") as ours, open("/dev/shm/by_python.json") as theirs:
        same = ours.read() == theirs.read()
    for name in ("shell", "python"):
        os.remove(f"/dev/shm/by_{name}.json")
    print(f"from Python {100 * (statistics.median(ratios) - 1):+.1f}% ({100 * (min(ratios) - 1):+.1f}% to "
          f"{100 * (max(ratios) - 1):+.1f}%), {'the same' if same else 'other'} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
