#!/usr/bin/env python3
"""Holds the numbers of every shipped scenario against those that are kept: tests/golden/numbers/NAME.json.

Usage: numbers_test.py <capplan> <top of the tree> [--update] [a word of the names to run]

A file is one line a figure: its path, then value, low, high and the values of the replications, in the shortest text that
reads back exactly; so a change of any bit is a line of a diff. Each line that changes belongs in CHANGELOG.md under
**Numbers**, with its reason. A C library whose exponentials differ in their last bits gives other numbers: the kept ones
name the library's fingerprint, and on a machine with another one this test says so and is skipped (exit code 77).
"""
import concurrent.futures
import difflib
import hashlib
import json
import math
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

FLAGS = ["--seed", "1", "-j", "2", "-q", "--format", "json"]
THREE = ["--replications", "3"]
#: What is kept beside each scenario's run: a name, and the command.
OTHERS = {
    "sweep-quickstart": ["sweep", "data/scenarios/quickstart.toml", "--vary", "pool.app.max_size=2,4,8", "--vary",
                         "workload.api.rate=40/s,80/s", "--store", "none", *THREE],
    "compare-quickstart": ["compare", "data/scenarios/quickstart.toml", "--set-b", "server.primary.cores=2", *THREE],
    "uncertainty-pool-sizing": ["run", "data/scenarios/pool-sizing.toml", "--uncertainty=8", *THREE],
}
#: What draws are made of: a calibration of captures at unlike loads.
FITTED = ["calibrate", "data/captures/alone.toml", "data/captures/steady.toml"]


def fingerprint():
    """Of the last bits of the C library's exp, log and pow, which differ between machines with and without FMA."""
    bits = bytearray()
    for i in range(1, 2001):
        x = i * 0.0137
        bits += struct.pack("<3d", math.exp(-x), math.log(x), math.pow(x, 0.731))
    return hashlib.sha256(bits).hexdigest()[:16]


def commands(top):
    """Name to arguments: every shipped scenario, the others, and each shipped calibration as it is fitted."""
    result = {path.stem: ["run", f"data/scenarios/{path.name}", *THREE]
              for path in sorted((top / "data/scenarios").glob("*.toml"))}
    result |= OTHERS
    for path in sorted((top / "data/calibrations").glob("*.toml")):
        result[f"calibration-{path.stem}"] = ["calibrate", f"data/captures/{path.stem}.toml"]
    result["calibration-alone-steady"] = FITTED
    return result


class Number(str):
    """A number as it was written."""


# What says no figure, or says one again in other words.
DERIVED = {"scenario", "warnings", "hash", "scenario_hash", "schema", "engine_revision", "label", "file",
           "laws", "measured_at", "margins", "binding", "other_regime"}


def lines_of(path, at):
    """One line a leaf. An estimate is one leaf, with its values beside it."""
    if isinstance(at, dict) and isinstance(at.get("value"), Number):
        yield f"{path}: {' '.join(str(at.get(key, '-')) for key in ('value', 'lo', 'hi'))}" + "".join(
            f" {key} [{' '.join(at[key])}]" for key in ("values", "draws") if key in at)
    elif isinstance(at, dict):
        for key, value in at.items():
            if key not in DERIVED:
                yield from lines_of(f"{path}/{key}" if path else key, value)
    elif isinstance(at, list) and any(isinstance(each, (dict, list)) for each in at):
        for number, value in enumerate(at):
            yield from lines_of(f"{path}/{number}", value)
    elif isinstance(at, list):
        yield f"{path}: [{' '.join(str(each) for each in at)}]"
    else:
        yield f"{path}: {at}"


def numbers(capplan, top, arguments):
    with tempfile.TemporaryDirectory() as scratch:
        fitted = str(pathlib.Path(scratch, "calibration.toml"))
        if arguments[0] == "calibrate":
            arguments = [*arguments, "-q", "--format", "json", "-o", fitted]
        else:
            arguments = [*arguments, *FLAGS]
        if any(each.startswith("--uncertainty") for each in arguments):
            subprocess.run([capplan, *FITTED, "-q", "-o", fitted], cwd=top, capture_output=True, check=True)
            arguments += ["--set", f"scenario.calibration={fitted}"]
        done = subprocess.run([capplan, *arguments], cwd=top, capture_output=True, text=True)
    if done.returncode not in (0, 3, 4):
        raise SystemExit(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
    answer = json.loads(done.stdout, parse_float=Number, parse_int=Number)
    answer.pop("profile", None)  # shapes for charts, made of the same meters
    for point in answer.get("points", []):
        (point.get("result") or {}).pop("profile", None)
    return list(lines_of("", answer))


def main(arguments):
    if len(arguments) < 2:
        print(__doc__)
        return 2
    update = "--update" in arguments
    capplan, top, *words = [each for each in arguments if each != "--update"]
    top = pathlib.Path(top).resolve()
    folder = top / "tests/golden/numbers"
    folder.mkdir(exist_ok=True)
    print_file = folder / "fingerprint.txt"
    if update:
        print_file.write_text(fingerprint() + "\n")
    elif print_file.read_text().strip() != fingerprint():
        print("skipped: this machine's exp, log and pow differ in their last bits from those of the kept numbers")
        return 77
    wanted = {name: each for name, each in commands(top).items() if not words or any(word in name for word in words)}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as crew:
        found = dict(zip(wanted, crew.map(lambda each: numbers(capplan, top, each), wanted.values())))
    wrong = 0
    for name, lines in found.items():
        file = folder / f"{name}.json"
        text = "[\n" + ",\n".join(json.dumps(line) for line in lines) + "\n]\n"
        if update:
            file.write_text(text)
        elif not file.exists() or file.read_text() != text:
            wrong += 1
            old = json.loads(file.read_text()) if file.exists() else []
            print("\n".join(list(difflib.unified_diff(old, lines, f"kept {name}", "now", lineterm="", n=0))[:40]))
    if not words and not update:
        for file in folder.glob("*.json"):
            if file.stem not in found:
                wrong += 1
                print(f"{file.name} is kept, and nothing makes it")
    print(f"{len(found)} answers, {sum(map(len, found.values()))} figures, {wrong} answers changed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
