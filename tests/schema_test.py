"""Every JSON that the program writes, and every shipped scenario, against its schema in docs/schema/.

    schema_test.py PROGRAM SOURCES NAME...

NAME are the schemas that the build knows: each answer that the program has must be one of them, so that none is forgotten.
Ends with 77, and a word, where Python's jsonschema is not installed (Debian: python3-jsonschema).
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import tomllib

try:
    from jsonschema import Draft202012Validator
except ImportError:
    print("skipped: Python's jsonschema is not installed (Debian: python3-jsonschema)")
    sys.exit(77)

program, sources, known = sys.argv[1], pathlib.Path(sys.argv[2]), set(sys.argv[3:])
validators = {}
for path in (sources / "docs/schema").glob("*.json"):
    schema = json.loads(path.read_text())
    Draft202012Validator.check_schema(schema)
    validators[path.stem] = Draft202012Validator(schema)
failed = []


def check(name, content, what):
    """Notes the first three places in which the content is not as its schema says."""
    errors = sorted(validators[name].iter_errors(content), key=lambda error: list(map(str, error.absolute_path)))
    for error in errors[:3]:
        place = "/".join(map(str, error.absolute_path))
        failed.append(f"{what}: {place or 'the whole'}: {error.message[:300]}")


def written(name, *arguments):
    """What a verb writes as JSON, against its schema; the exit code is a verdict, and must not be that of an error."""
    command = [program, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=sources, check=False)
    what = f"capplan {' '.join(map(str, arguments))}"
    if done.returncode not in (0, 3, 4):
        failed.append(f"{what}: ended with {done.returncode}: {done.stderr[:500]}")
        return None
    content = json.loads(done.stdout)
    check(name, content, what)
    return content


scenarios = sorted((sources / "data/scenarios").glob("*.toml"))
for scenario in scenarios:
    check("scenario", tomllib.loads(scenario.read_text()), scenario.name)
    written("result", "run", scenario, "--replications", "2", "--format", "json", "-q")

as_json = ("--format", "json", "-q")
with tempfile.TemporaryDirectory() as folder:
    kept = [pathlib.Path(folder) / f"{run}.json" for run in (1, 2)]
    for file in kept:
        subprocess.run([program, "run", scenarios[0], "--replications", "2", "-q", "-o", file], check=False, capture_output=True)
    written("pack", "report", *kept, *as_json)
few = ("--replications", "2", *as_json)
data = pathlib.Path("data")
captures = [data / "captures" / name for name in ("alone.toml", "steady.toml")]  # at unlike loads
written("sweep", "sweep", data / "scenarios/pool-sizing.toml", "--vary", "bouncer.main.default_pool_size=5,10",
        "--store", "none", *few)
written("comparison", "compare", data / "scenarios/pool-sizing.toml", "--set-b", "bouncer.main.default_pool_size=5", *few)
written("rules", "rules", data / "scenarios/vector-search.toml", *few)
for name in ("vector-search", "ivfflat-lists"):
    written("index", "index", data / f"scenarios/{name}.toml", *as_json)
written("cache", "cache", data / "scenarios/cache-policies.toml", "--draws", "20000", *as_json)
written("calibration", "calibrate", *captures, *as_json)
with tempfile.TemporaryDirectory() as folder:
    costs = pathlib.Path(folder) / "costs.toml"
    subprocess.run([program, "calibrate", *captures, "-o", costs, "-q"], cwd=sources, check=True, capture_output=True)
    written("result", "run", data / "scenarios/pool-sizing.toml", "--uncertainty=8", "--set", f"scenario.calibration={costs}",
            *few)
    written("drift", "drift", costs, captures[-1], *as_json)
    written("validation", "validate", "--calibration", costs, captures[-1], *as_json)
samples = sorted((sources / "data/index_samples").glob("*.csv"))[:1]
if samples:
    written("validation", "validate", "--index-samples", *samples, "--leave-one-out", "rows", *as_json)
    written("calibration", "calibrate", "--index-samples", *samples, *as_json)
written("inspection", "inspect", *captures, *as_json)
logs = sources / "tests/plan/data"
written("inspection", "inspect", *sorted(logs.glob("snapshots/version1[45678]*.csv")), *sorted(logs.glob("locust/*.csv"))[:1], *as_json)
catalogue = written("catalogue", "describe", "--format", "json")
for answer in catalogue["answers"] if catalogue else []:
    if answer["name"] not in known:
        failed.append(f"{answer['name']}: an answer without a page in docs/schema (CAPPLAN_JSON_SCHEMAS of cmake/docs.cmake)")
for name in known - set(validators):
    failed.append(f"{name}: docs/schema/{name}.json is missing")

print("\n".join(failed) or f"{len(scenarios)} scenarios and every answer are as their schemas say")
sys.exit(1 if failed else 0)
