#!/usr/bin/env python3
"""The first part of docs/validation.md: captures of a real PostgreSQL beside predictions that were not fitted to them.

    cmake/validation.py build/release/bin/capplan

Each capture of data/captures is predicted from all others, with the model, without each of its effects, by a textbook's
formula and by durations taken for demands; the held-out captures of data/captures/SET from the others of their set. Takes
half an hour; what the program says of theory and indexes, the page's second part, is left as it is (`make docs`).
"""

import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "validation.md"
SECOND_PART = "# The kernel against theory\n"
CAPTURES = sorted(str(p.relative_to(ROOT)) for p in (ROOT / "data/captures").glob("*.toml"))
SETS = {"notes": "a search of notes: HNSW at 256 dimensions, `m` 12, seven classes of statements, two of which write; one "
                 "capture at two cores, which the load generator shares, one of overload, and one taken three times",
        "shop": "a shop without vectors: six classes, two of which write, `shared_buffers` 128 MB"}


class Program:
    def __init__(self, path, folder):
        self.path, self.folder = str(pathlib.Path(path).resolve()), folder

    def run(self, *arguments):
        subprocess.run([self.path, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)

    def validated(self, name, *arguments):
        """What a validation says, for a program and for a reader."""
        files = {suffix: f"{self.folder}/{name}.{suffix}" for suffix in ("json", "md")}
        self.run("validate", "-q", *arguments, "-o", files["json"], "-o", files["md"])
        return json.loads(pathlib.Path(files["json"]).read_text()), pathlib.Path(files["md"]).read_text()

    def calibrated(self, name, captures):
        file = f"{self.folder}/{name}.toml"
        self.run("calibrate", "-q", *captures, "-o", file)
        return file


def summary(rows):
    """One line for each way to predict."""
    lines = ["| captures | predicted by | p50 | p95 | p99 | throughput | CPU, points | inside |",
             "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
    percent = lambda x: "-" if x is None else f"{100 * x:.1f}%"
    for captures, by, said in rows:
        s = said["summary"]
        cpu = "-" if s["cpu_error_median"] is None else f"{100 * s['cpu_error_median']:.1f}"
        inside = "-" if by.startswith("M/M/c") else percent(s["inside"])
        lines.append(f"| {captures} | {by} | {percent(s['p50_error_median'])} | {percent(s['p95_error_median'])} | "
                     f"{percent(s['p99_error_median'])} | {percent(s['throughput_error_median'])} | {cpu} | {inside} |")
    return "\n".join(lines)


def lower(text, law):
    """A report's headings one level down, and the law it names in words that do not depend on where files were."""
    lines = []
    for line in text.splitlines():
        lines.append("#" + line if line.startswith("#") else f"predicted by {law}" if line.startswith("predicted by ") else line)
    return "\n".join(lines) + "\n"


def main():
    with tempfile.TemporaryDirectory() as folder:
        program = Program(sys.argv[1], folder)
        each, each_text = program.validated("each", "--leave-one-out", "captures", "--effects", *CAPTURES)
        textbook, textbook_text = program.validated("textbook", "--leave-one-out", "captures", "--textbook", *CAPTURES)
        alone = program.calibrated("durations", ["data/captures/alone.toml"])
        resampled, resampled_text = program.validated("resampled", "--calibration", alone, *CAPTURES)
        rows = [("each from all others", "the model", each),
                ("the same", "M/M/c on mean durations", textbook),
                ("the same", "durations of a single client, resampled on ideal cores", resampled)]
        held = []
        for name in SETS:
            own = sorted(str(p.relative_to(ROOT)) for p in (ROOT / "data/captures" / name).glob("*.toml"))
            others = sorted(str(p.relative_to(ROOT)) for p in (ROOT / "data/captures" / name / "held").glob("*.toml"))
            said, text = program.validated(name, "--calibration", program.calibrated(name, own), *others)
            rows.append((f"{name}: {len(others)} held out", f"the model, fitted to {len(own)} others of that set", said))
            held.append((name, text, f"a calibration from the {len(own)} captures of data/captures/{name}"))

    part = [f"""# Predictions compared with the real system

Terms: [glossary](glossary.md).

Written by `make validation`. Captures of a real PostgreSQL that were held out of the fit are compared with their predictions.
Latency is what a user sees, from the scheduled start of a request. Errors are medians of absolute values over the classes of
all captures that are not saturated. Run-to-run variation depends on the host: where `data/captures` was taken it is 18 % of p50,
13 % of p95 and 16 % of p99 in the median ([README](../data/captures/README.md)); on a steadier host it is far less (the three runs
of `notes` below). An error can be below that variation: probes before and after each capture correct for the speed of the host.

{summary(rows)}

## Each capture from all others

{lower(each_text, "a fit to all other captures")}"""]
    for name, text, law in held:
        part.append(f"""## Another data set: {name}

{SETS[name]}; taken by `data/captures/take.py`, other pools, rates and mixes than those it was fitted to.

{lower(text, law)}""")
    part.append(f"""## Durations of a single client taken for demands, on ideally shared cores

{lower(resampled_text, "durations taken for demands")}""")
    part.append(f"""## A textbook: M/M/c on mean durations

{lower(textbook_text, "M/M/c on the mean durations of all other captures")}""")
    old = PAGE.read_text()
    PAGE.write_text("\n".join(part) + "\n" + old[old.index(SECOND_PART):])


if __name__ == "__main__":
    main()
