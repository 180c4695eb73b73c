#!/usr/bin/env python3
"""Runs every row of docs/guides.md: the scenario as shipped, and with the row's change; its figure must move as the row says.

Usage: guides_test.py <capplan> <top of the tree> [a word of the rows to run]

A row is | mechanism | guide | scenario | change | figure | effect |: the scenario a link, the change flags of run in
backticks, the figure a path in the result's JSON in backticks, the effect `rises`, `falls` or `appears`. Rows with other words
in place of a figure are shown by the command that stands there, which must end well.
"""
import concurrent.futures
import functools
import json
import pathlib
import re
import shlex
import subprocess
import sys

LINK = re.compile(r"\[[^]]*\]\(([^)]+)\)")
CODE = re.compile(r"`([^`]+)`")


def rows(page):
    for number, line in enumerate(page.read_text().splitlines(), 1):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 6 and cells[0] not in ("mechanism", "---") and not set(cells[0]) <= set("-: "):
            yield number, cells


@functools.lru_cache(maxsize=None)
def answer(capplan, scenario, flags):
    """The JSON of a run: an SLO may be missed or undecided, but it must have run."""
    done = subprocess.run([capplan, "run", str(scenario), "--replications", "4", "-j", "1", "-q", "--format", "json", *flags],
                          capture_output=True, text=True)
    if done.returncode not in (0, 3, 4):
        raise AssertionError(f"run ended with {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def figure(result, path):
    """The value at a dotted path; 0 where a figure that only appears is not there."""
    at = result
    for part in path.split("."):
        if isinstance(at, list):
            at = next((each for each in at if each.get("name") == part or each.get("key") == part), None)
        else:
            at = at.get(part) if isinstance(at, dict) else None
        if at is None:
            return None
    return at.get("value") if isinstance(at, dict) else at


def check(capplan, page, cells):
    mechanism, _, scenario, change, path, effect = cells
    link, code = LINK.search(scenario), CODE.search(path)
    file = (page.parent / link.group(1)).resolve()
    if not file.exists():
        raise AssertionError(f"{link.group(1)} is not there")
    if code is None or effect == "shown":
        command = shlex.split(CODE.search(change).group(1))
        done = subprocess.run([capplan, *command[1:]], capture_output=True, text=True, cwd=page.parent.parent)
        if done.returncode not in (0, 3, 4):
            raise AssertionError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()}")
        for word in CODE.findall(path):
            if word not in done.stdout + done.stderr:
                raise AssertionError(f"{' '.join(command)} does not say '{word}'")
        return f"{mechanism}: shown"
    flags = tuple(shlex.split(CODE.search(change).group(1)))
    before, after = (figure(answer(capplan, file, f), code.group(1)) for f in ((), flags))
    if effect == "appears":
        if not ((before or 0) == 0 and after is not None and after > 0):
            raise AssertionError(f"{code.group(1)}: {before} -> {after} does not appear")
    elif before is None or after is None:
        raise AssertionError(f"{code.group(1)}: {before} -> {after}: no such figure")
    elif not (after > before * 1.001 if effect == "rises" else after < before * 0.999):
        raise AssertionError(f"{code.group(1)}: {before} -> {after} is not '{effect}'")
    return f"{mechanism}: {code.group(1)} {before if before is not None else 0:.4g} -> {after:.4g}"


def main():
    capplan, top = sys.argv[1], pathlib.Path(sys.argv[2])
    page = top / "docs" / "guides.md"
    chosen = [(n, cells) for n, cells in rows(page) if len(sys.argv) < 4 or sys.argv[3] in " ".join(cells)]
    assert len(chosen) > (0 if len(sys.argv) > 3 else 40), f"{page} has {len(chosen)} rows"
    wrong = 0
    with concurrent.futures.ThreadPoolExecutor(2) as crew:
        for (number, cells), job in [(row, crew.submit(check, capplan, page, row[1])) for row in chosen]:
            try:
                print(job.result())
            except Exception as error:  # every row is told, and all of them are run
                wrong += 1
                print(f"{page.name}:{number}: {cells[0]}: {error}")
    print(f"{len(chosen)} rows, {wrong} wrong")
    sys.exit(1 if wrong else 0)


main()
