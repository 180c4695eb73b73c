#!/usr/bin/env python3
"""Measures what vector indexes cost on a PostgreSQL with pgvector, as samples for `capplan calibrate --index-samples`.

    data/index_samples/measure.py --quick -o samples.csv                      # made-up vectors, under ten minutes
    data/index_samples/measure.py --table docs --column embedding -o samples.csv    # your own, copied

Needs Python 3.8, psql, and a database in which it may create tables; libpq's variables (PGHOST, PGDATABASE, …) or --dsn
say which. Only tables in its own schema are written, and the schema is dropped at the end. One row is written for each
(table, index, search parameter):

rows, dimensions, index, m, ef_construction, lists, search_param (hnsw.ef_search or ivfflat.probes), build_s, index_bytes,
limit, latency_us_p50/mean/p95 (seen by psql, one client, literal vector, warm), execution_us_p50 (EXPLAIN ANALYZE),
pages_mean (shared buffers touched), recall_at_10 (against exact search), queries (that each of these is of).

Searches run without parallel workers, and builds, too. The server's other settings are as they are: save them beside the
samples with psql --csv -c 'SELECT name, setting, unit FROM pg_settings' > pg_settings.csv.

Run it on a machine that does nothing else, from a host as near as the application's.
"""

import argparse
import csv
import json
import math
import random
import re
import statistics
import subprocess
import sys

SCHEMA = "capplan_index_samples"
COLUMNS = ["rows", "dimensions", "index", "m", "ef_construction", "lists", "search_param", "build_s", "index_bytes",
           "limit", "latency_us_p50", "latency_us_mean", "latency_us_p95", "execution_us_p50", "pages_mean",
           "recall_at_10", "queries"]
# What is measured where no flag says otherwise: in some tens of minutes, or with --quick in less than ten.
GRID = {"rows": [10_000, 20_000, 40_000], "m": [8, 16, 32], "ef_search": [10, 20, 40, 80, 160, 320],
        "probes": [1, 2, 4, 8, 16, 32], "queries": 300}
QUICK = {"rows": [5_000, 15_000, 40_000], "m": [8, 16, 32], "ef_search": [10, 40, 160], "probes": [1, 4, 16], "queries": 100}
SERIAL = "SET max_parallel_workers_per_gather = 0;\nSET max_parallel_maintenance_workers = 0;\n"
LIMIT = 10


class Psql:
    """One psql process a script: what goes in is SQL and psql's own commands, what comes out is text."""

    def __init__(self, dsn, settings):
        """`settings` is SQL that stands before every script."""
        self.command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"] + (["-d", dsn] if dsn else [])
        self.settings = f"SET client_min_messages = warning;\nSET search_path = {SCHEMA}, public;\n{settings}"

    def run(self, script):
        script = self.settings + script
        done = subprocess.run(self.command, input=script, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"error: psql: {done.stderr.strip()}")
        return done.stdout

    def timed(self, script):
        """Milliseconds of each statement in the script, by psql's own \\timing."""
        return [float(ms) for ms in re.findall(r"^Time: ([\d.]+) ms", self.run("\\timing on\n" + script), re.M)]


def text_of(vector):
    return "[" + ",".join(f"{x:.5f}" for x in vector) + "]"


def unit(vector):
    length = math.sqrt(sum(x * x for x in vector)) or 1.0
    return [x / length for x in vector]


def made_up_vectors(rows, dimensions, clusters, spread, seed):
    """Unit vectors around cluster centres: normal noise, whose length is `spread` times that of the centre."""
    rng = random.Random(seed)
    centres = [unit([rng.gauss(0, 1) for _ in range(dimensions)]) for _ in range(clusters)]
    noise = spread / math.sqrt(dimensions)
    for _ in range(rows):
        yield unit([c + rng.gauss(0, noise) for c in rng.choice(centres)])


def load_made_up(psql, rows, dimensions, queries, options):
    vectors = made_up_vectors(rows + queries, dimensions, options.clusters, options.spread, options.seed)
    lines = [f"DROP TABLE IF EXISTS items, queries;\nCREATE TABLE items (id int, v vector({dimensions}));\n"
             f"CREATE TABLE queries (id int, v vector({dimensions}));\nCOPY items FROM STDIN;\n"]
    lines += [f"{i}\t{text_of(next(vectors))}\n" for i in range(rows)]
    lines += ["\\.\nCOPY queries FROM STDIN;\n"]
    lines += [f"{i}\t{text_of(next(vectors))}\n" for i in range(queries)]
    psql.run("".join(lines) + "\\.\nVACUUM ANALYZE items;\n")


def load_table(psql, rows, queries, options):
    """Copies `rows` vectors of the user's table, and asks for `queries` others of it."""
    psql.run(f"DROP TABLE IF EXISTS items, queries;\n"
             f"CREATE TABLE items AS SELECT row_number() OVER ()::int AS id, {options.column} AS v FROM "
             f"(SELECT {options.column} FROM {options.table} WHERE {options.column} IS NOT NULL "
             f"ORDER BY random() LIMIT {rows + queries}) AS s;\n"
             f"CREATE TABLE queries AS SELECT id, v FROM items WHERE id > {rows};\n"
             f"DELETE FROM items WHERE id > {rows};\nVACUUM ANALYZE items;\n")


def measure_search(psql, setting, vectors, operator, exact):
    """Latencies, execution times, pages and recall of one index at one setting of its search parameter."""
    asked = [f"SELECT id FROM items ORDER BY v {operator} '{v}' LIMIT {LIMIT};" for v in vectors]
    latency = psql.timed(f"{setting}\n" + "\n".join(asked[:20] + asked))[-len(asked):]  # the first 20 warm up
    found = answers(psql, setting, asked)
    plans = psql.run(f"{setting}\n" + "\n".join(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {q}" for q in asked))
    execution, pages = [], []
    decoder, at = json.JSONDecoder(), 0
    while (at := plans.find("[", at)) >= 0:
        plan, at = decoder.raw_decode(plans, at)
        execution.append(plan[0]["Execution Time"] * 1000)
        pages.append(plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"])
    microseconds = sorted(1000 * ms for ms in latency)
    recall = statistics.mean(len(set(f) & set(e)) / LIMIT for f, e in zip(found, exact))
    return {"latency_us_p50": round(statistics.median(microseconds), 1),
            "latency_us_mean": round(statistics.mean(microseconds), 1),
            "latency_us_p95": round(microseconds[math.ceil(0.95 * len(microseconds)) - 1], 1),
            "execution_us_p50": round(statistics.median(execution), 1),
            "pages_mean": round(statistics.mean(pages), 1), "recall_at_10": round(recall, 4), "queries": len(vectors)}


def answers(psql, setting, asked):
    out = psql.run(f"{setting}\n" + "\n".join(f"{q}\n\\echo ;" for q in asked))
    return [part.split() for part in out.split(";")[:-1]]


def measure_index(psql, writer, row, definition, settings, vectors, operator, exact):
    psql.run("DROP INDEX IF EXISTS probe;")
    milliseconds = psql.timed(f"CREATE INDEX probe ON items USING {definition};")[-1]
    size = int(psql.run("SELECT pg_relation_size('probe');"))
    psql.run("VACUUM ANALYZE items;")
    for value, setting in settings:
        searched = measure_search(psql, setting, vectors, operator, exact)
        writer({**row, "search_param": value, "build_s": round(milliseconds / 1000, 2), "index_bytes": size,
                "limit": LIMIT, **searched})


def measure_table(psql, options, rows, dimensions, writer):
    """Every index of the grid on one table."""
    if options.table:
        load_table(psql, rows, options.queries, options)
    else:
        load_made_up(psql, rows, dimensions, options.queries, options)
    vectors = psql.run("SELECT v FROM queries ORDER BY id;").split()
    measured = {"rows": int(psql.run("SELECT count(*) FROM items;")), "dimensions": vectors[0].count(",") + 1}
    exact = answers(psql, "SET enable_indexscan = off;",
                    [f"SELECT id FROM items ORDER BY v {options.operator} '{v}' LIMIT {LIMIT};" for v in vectors])
    for i, m in enumerate(options.m):
        ef_construction = options.ef_construction[i] if options.ef_construction else max(64, 4 * m)
        row = {**measured, "index": "hnsw", "m": m, "ef_construction": ef_construction, "lists": ""}
        definition = f"hnsw (v {options.opclass}) WITH (m = {m}, ef_construction = {ef_construction})"
        settings = [(e, f"SET hnsw.ef_search = {e};") for e in options.ef_search]
        measure_index(psql, writer, row, definition, settings, vectors, options.operator, exact)
    usual = sorted({max(10, rows // 1000), round(math.sqrt(rows)), 2 * round(math.sqrt(rows))})
    for lists in usual if options.lists is None else options.lists:
        row = {**measured, "index": "ivfflat", "m": "", "ef_construction": "", "lists": lists}
        definition = f"ivfflat (v {options.opclass}) WITH (lists = {lists})"
        settings = [(p, f"SET ivfflat.probes = {p};") for p in options.probes if p < lists]
        measure_index(psql, writer, row, definition, settings, vectors, options.operator, exact)


def numbers(text):
    """The numbers between commas; none of an empty text."""
    return [int(part) for part in text.split(",") if part.strip()]


def parsed_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("-o", "--output", required=True, help="CSV file to write")
    add("--quick", action="store_true", help="a small grid, in under ten minutes; other flags still hold")
    add("--dsn", help="connection string; default: libpq's environment")
    add("--table", help="measure vectors of this table; default: made-up ones")
    add("--column", default="embedding", help="its vector column (%(default)s)")
    add("--rows", type=numbers, help=f"numbers of rows ({GRID['rows']})")
    add("--dimensions", type=numbers, default=[384], help="dimensions of made-up vectors (%(default)s)")
    add("--m", type=numbers, help=f"hnsw m, \"\" for no hnsw ({GRID['m']})")
    add("--ef-construction", type=numbers, help="hnsw ef_construction, one for each m (4 x m, 64 at least)")
    add("--ef-search", type=numbers, help=f"hnsw.ef_search ({GRID['ef_search']})")
    add("--lists", type=numbers, help="ivfflat lists, \"\" for no ivfflat (rows/1000, sqrt, 2 sqrt)")
    add("--probes", type=numbers, help=f"ivfflat.probes ({GRID['probes']})")
    add("--operator", default="<=>", help="distance operator (%(default)s)")
    add("--opclass", default="vector_cosine_ops", help="operator class (%(default)s)")
    add("--queries", type=int, help=f"queries a sample ({GRID['queries']})")
    add("--clusters", type=int, default=200, help="clusters of made-up vectors (%(default)s)")
    add("--spread", type=float, default=0.8, help="their noise, against the centre's length (%(default)s)")
    add("--seed", type=int, default=1, help="of made-up vectors (%(default)s)")
    add("--maintenance-work-mem", default="512MB", help="for the builds (%(default)s)")
    options = parser.parse_args()
    for name, value in (QUICK if options.quick else GRID).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if options.ef_construction and len(options.ef_construction) != len(options.m):
        parser.error("--ef-construction needs one value for each of --m")
    return options


def main():
    options = parsed_options()
    psql = Psql(options.dsn, SERIAL + f"SET maintenance_work_mem = '{options.maintenance_work_mem}';\n")
    psql.run("CREATE EXTENSION IF NOT EXISTS vector;\n"
             f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE;\nCREATE SCHEMA {SCHEMA};")
    with open(options.output, "w", newline="") as file:
        out = csv.DictWriter(file, COLUMNS)
        out.writeheader()

        def writer(row):
            out.writerow(row)
            file.flush()
            print(" ".join(f"{k}={v}" for k, v in row.items() if v != ""), file=sys.stderr)

        for dimensions in [None] if options.table else options.dimensions:
            for rows in options.rows:
                measure_table(psql, options, rows, dimensions, writer)
    psql.run(f"DROP SCHEMA {SCHEMA} CASCADE;")


if __name__ == "__main__":
    main()
