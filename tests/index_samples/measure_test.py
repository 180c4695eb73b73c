#!/usr/bin/env python3
"""Runs data/index_samples/measure.py against a real PostgreSQL with pgvector, and capplan on what it writes.

Usage: measure_test.py <capplan> <top of the tree>

A server of its own, in a folder of its own, reached through a socket there only. Ends with 77 (skipped) where PostgreSQL or
pgvector are not installed; a server cannot run as root, so root needs a user `postgres`.
"""
import csv
import json
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def installation():
    """The folder of initdb and pg_ctl of a PostgreSQL that has pgvector."""
    candidates = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("initdb"):
        candidates.append(pathlib.Path(found).resolve().parent)
    candidates = [c for c in candidates if (c / "initdb").exists() and (c / "pg_config").exists()]
    if not candidates or not shutil.which("psql"):
        skip("PostgreSQL's server, pg_config and psql are not installed")
    for candidate in candidates:
        share = subprocess.run([candidate / "pg_config", "--sharedir"], capture_output=True, text=True).stdout.strip()
        if pathlib.Path(share, "extension", "vector.control").exists():
            return candidate
    skip("pgvector is not installed for " + ", ".join(sorted({c.parent.name for c in candidates})))


def server_user():
    """How to start what must not run as root."""
    if os.geteuid() != 0:
        return []
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        skip("root cannot run a server, and there is no user postgres")
    return ["runuser", "-u", "postgres", "--"]


def run(command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


def check(capplan, top, folder, env):
    samples = folder / "samples.csv"
    run([sys.executable, top / "data/index_samples/measure.py", "--quick", "--rows", "1500,3000", "--dimensions", "32", "--m",
         "8,12", "--ef-search", "10,40", "--lists", "20", "--probes", "1,5", "--queries", "20", "-o", samples], env=env)
    rows = list(csv.DictReader(samples.open()))
    assert len(rows) == 12, rows  # 2 tables x (2 m x 2 ef_search + 1 lists x 2 probes)
    assert all(row["queries"] == "20" and 0.2 < float(row["recall_at_10"]) <= 1 for row in rows), rows
    leftovers = run(["psql", "-X", "-At", "-c", "SELECT count(*) FROM pg_namespace WHERE nspname ~ 'capplan'"], env=env)
    assert leftovers.strip() == "0", leftovers

    costs = folder / "costs.toml"
    run([capplan, "calibrate", "--index-samples", samples, "-o", costs])
    answer = json.loads(run([capplan, "validate", "--calibration", costs, "--index-samples", samples, "--format", "json"]))
    index = answer["index_samples"]
    assert index["n"] == 12, index
    assert index["size_error_max"] < 0.1, index  # of indexes of some twenty pages
    assert index["pages_error_median"] < 0.3, index
    run([capplan, "validate", "--index-samples", samples, "--leave-one-out", "m"])

    # No ivfflat; and the plans of a real server.
    run([sys.executable, top / "data/index_samples/measure.py", "--quick", "--rows", "1000", "--dimensions", "16", "--m", "8",
         "--ef-search", "40", "--lists", "", "--queries", "5", "-o", samples], env=env)
    assert [row["index"] for row in csv.DictReader(samples.open())] == ["hnsw"]
    sql = ("CREATE TABLE t AS SELECT ARRAY[random(), random(), random()]::vector(3) AS v FROM generate_series(1, 3000);"
           "CREATE INDEX ON t USING hnsw (v vector_l2_ops); VACUUM ANALYZE t; SET enable_seqscan = off;")
    explain = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT ctid FROM t ORDER BY v <-> '[0.5, 0.5, 0.5]' LIMIT 10;"
    for form in ["-qAt", "-q"]:  # bare, and aligned with "+" at the ends of lines
        plans = folder / "plans.json"
        plans.write_text(run(["psql", "-X", form, "-v", "ON_ERROR_STOP=1"], input="DROP TABLE IF EXISTS t;" + sql + 3 * explain,
                             env={**env, "PGOPTIONS": "-c client_min_messages=error"}))
        out = run([capplan, "calibrate", "--index-plans", plans, "--index", "hnsw,rows=3000,dimensions=3,ef_search=40", "-o",
                   costs])
        assert "plans.json: 1" in out, out


def main():
    capplan, top = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    binaries, user = installation(), server_user()
    with tempfile.TemporaryDirectory(prefix="capplan-measure-") as name:
        folder = pathlib.Path(name)
        data = folder / "server"
        data.mkdir()
        if user:
            folder.chmod(0o755)
            shutil.chown(data, "postgres")
        run([*user, binaries / "initdb", "-D", data / "db", "-U", "postgres", "-A", "trust", "--no-sync"])
        settings = f"-c listen_addresses='' -c unix_socket_directories={data} -c fsync=off -c autovacuum=off"
        run([*user, binaries / "pg_ctl", "-D", data / "db", "-w", "-l", data / "log", "-o", settings, "start"],
            stdin=subprocess.DEVNULL)
        try:
            env = {**os.environ, "PGHOST": str(data), "PGUSER": "postgres", "PGDATABASE": "postgres"}
            check(capplan, top, folder, env)
        finally:
            run([*user, binaries / "pg_ctl", "-D", data / "db", "-m", "immediate", "-w", "stop"])


if __name__ == "__main__":
    main()
