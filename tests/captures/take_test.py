#!/usr/bin/env python3
"""Runs data/captures/take.py against a real PostgreSQL, and capplan on what it writes.

Usage: take_test.py <capplan> <top of the tree>

Ends with 77 (skipped) where PostgreSQL's server is not installed; a server cannot run as root, so root needs a user `postgres`.
"""
import json
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile
import tomllib

SKIPPED = 77


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def run(command, expected=0):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    assert done.returncode == expected, f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def main():
    capplan, top = sys.argv[1], pathlib.Path(sys.argv[2])
    programs = sorted(p.parent for p in pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs or not (programs[-1] / "pgbench").exists():
        skip("PostgreSQL's server and pgbench are not installed")
    if os.geteuid() == 0:
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            skip("root cannot run a server, and there is no user postgres")
    script = [sys.executable, top / "data/captures/take.py"]
    workload = top / "data/captures/workloads/shop"
    names = ["alone", "narrow", "held-mix"]
    if shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin"):
        names.append("pooled")

    with tempfile.TemporaryDirectory(prefix="capplan-take-") as temporary:
        folder = pathlib.Path(temporary) / "captures"
        only = [word for name in names for word in ("--only", name)]
        run(script + [workload, "-o", folder, "--quick", "--bin", programs[-1]] + only)
        manifests = sorted(folder.glob("*.toml"))
        assert [m.stem for m in manifests] == sorted(n for n in names if not n.startswith("held")), manifests
        held = folder / "held" / "held-mix.toml"
        manifest = tomllib.loads(held.read_text())
        assert manifest["capture"]["writes"] == ["charge"], manifest
        assert set(manifest["load"]["mix"]) == {"account", "history", "catalogue", "charge"}
        assert 0 < manifest["measured"]["server_cpu"] <= 1
        assert (folder / "pg_settings.csv").read_text().count("\n") > 300

        run([capplan, "calibrate", *manifests, "-o", folder / "costs.toml", "-q"])
        answer = json.loads(subprocess.run([capplan, "validate", "--calibration", folder / "costs.toml", held, "-q", "--format",
                                            "json"], capture_output=True, text=True, check=True).stdout)
        measured = answer["captures"][0]
        # A second of a busy machine: no claim on errors, but all that was measured is there and of a sane size.
        # Classes with twenty requests are there; a slow machine has fewer of them in a second.
        assert "all" in measured["requests"] and len(measured["requests"]) >= 2, measured["requests"].keys()
        for name, request in measured["requests"].items():
            assert 1e-5 < request["measured"]["p50_s"] < 1, (name, request["measured"])
            assert 1e-5 < request["predicted"]["p50_s"]["value"] < 10, (name, request["predicted"])

        assert "is not in the plan" in run(script + [workload, "-o", folder, "--only", "nothing"], expected=1)
        assert "has no plan.toml" in run(script + [temporary, "-o", folder], expected=1)
    print("captures: taken, calibrated, validated")


main()
