#!/usr/bin/env python3
"""Stores in hard times: sweeps killed in the first moments of a store's life, started side by side on a new store, and on
a full disk. Nothing that was finished is lost, and nothing is refused.

Usage: drill.py <capplan> [--kills 200] [--pairs 100]
"""
import argparse
import pathlib
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time

SCENARIO = """[scenario]
name = "drill"
duration = "1s"
[server.primary]
kind = "postgres"
[pool.app]
kind = "fixed"
to = "primary"
size = 4
[query.lookup]
pool = "app"
cpu = { exponential = { mean = "2ms" } }
[request.search]
steps = [{ query = "lookup" }]
[workload.api]
kind = "open"
rate = "100/s"
mix = { search = 1 }
"""


class Drill:
    def __init__(self, capplan, folder):
        self.capplan, self.folder = capplan, pathlib.Path(folder)
        (self.folder / "s.toml").write_text(SCENARIO)
        self.complaints = []

    def sweep(self, store, sizes="1,2"):
        return [self.capplan, "sweep", "s.toml", "-j", "1", "--vary", f"pool.app.size={sizes}", "--replications", "2",
                "--store", store, "--format", "csv", "--progress", "never"]

    def start(self, store, **more):
        return subprocess.Popen(self.sweep(store), cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, **more)

    def expect(self, what, good, process):
        if not good:
            self.complaints.append(f"{what}: exit {process.returncode}\n{process.stderr}")

    def rerun(self, what, store, want=None):
        """The same command goes on: it ends well, and gives what a sweep without a store gives."""
        done = subprocess.run(self.sweep(store), cwd=self.folder, capture_output=True, text=True)
        self.expect(what, done.returncode == 0 and (want is None or done.stdout == want), done)
        return done

    def life(self):
        """Seconds from the start of a sweep to the birth of its store."""
        started = time.monotonic()
        process = self.start("birth.db")
        while not (self.folder / "birth.db").exists() and process.poll() is None:
            time.sleep(0.0002)
        before = time.monotonic() - started
        process.communicate()
        return before

    def kills(self, count, want):
        birth = min(self.life() for _ in range(3) if not (self.folder / "birth.db").unlink(missing_ok=True))
        for number in range(count):
            store = f"kill{number}.db"
            process = self.start(store)
            time.sleep(birth * 0.8 + random.random() * 0.02)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            self.rerun(f"kill {number}", store, want)

    def pairs(self, count, want):
        for number in range(count):
            store = f"pair{number}.db"
            processes = [self.start(store) for _ in range(2)]
            for process in processes:
                out, process.stderr = process.communicate()
                self.expect(f"pair {number}", process.returncode == 0 and out == want, process)
            again = self.rerun(f"pair {number} again", store, want)
            self.expect(f"pair {number}: all kept", "0 computed" in again.stderr, again)

    def full(self):
        """A limit on the size of files stands for a full disk."""
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

        process = self.start("full.db", preexec_fn=limit)
        _, process.stderr = process.communicate()
        self.expect("a full disk", process.returncode == 1 and "full.db: " in process.stderr and
                    "the same command goes on" in process.stderr, process)
        self.rerun("after a full disk", "full.db")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("capplan")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--pairs", type=int, default=100)
    options = parser.parse_args()
    random.seed(1)
    with tempfile.TemporaryDirectory() as folder:
        drill = Drill(str(pathlib.Path(options.capplan).resolve()), folder)
        want = drill.rerun("without a store", "none").stdout
        drill.kills(options.kills, want)
        drill.pairs(options.pairs, want)
        drill.full()
    for complaint in drill.complaints[:10]:
        print(complaint, file=sys.stderr)
    print(f"{options.kills} kills, {options.pairs} pairs, a full disk: {len(drill.complaints)} complaints")
    return 1 if drill.complaints else 0


if __name__ == "__main__":
    sys.exit(main())
