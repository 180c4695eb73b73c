#!/usr/bin/env python3
"""Takes captures of a PostgreSQL of its own: starts it, loads a data set, runs pgbench, and writes logs and manifests.

    data/captures/take.py data/captures/workloads/shop -o my-captures          # as the folder's plan.toml says
    data/captures/take.py my-workload -o my-captures --only light --only wide  # some of them
    data/captures/take.py my-workload -o my-captures --quick                   # a second each, to try a plan

A workload is a folder: plan.toml, the setup's SQL, and a pgbench script for each class of requests, CLASS.sql. See those
beside this script: `shop` needs nothing but PostgreSQL, `notes` needs pgvector. Then:

    capplan calibrate my-captures/*.toml -o calibrated.toml
    capplan validate --calibration calibrated.toml my-captures/held/*.toml

Captures that the plan calls `held` go to the folder `held`, for the second command. Needs Python 3.11 and PostgreSQL's server
programs and pgbench (--bin says where); captures with `pool` need pgbouncer. The server's data lie in a temporary folder
and are gone at the end. Run it on a machine that does nothing else: the server is pinned to the first cores, as many as
the capture says, all else to the last one. A single client sends the same reads for some seconds before and after each
capture; if these two probes differ by over 8 %, the host's speed changed meanwhile and the capture is taken again; so it is
if the host stood still for over 50 ms, as virtual machines may; four times at most.
"""

import argparse
import datetime
import gzip
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import tomllib

TIMES = 4          # that a capture is taken at most
AGREEMENT = 0.08   # of the probes before and after
STANDSTILL = 0.05  # seconds
DATABASE = "bench"
PORT, POOLER_PORT = 54329, 64329


def fail(what):
    sys.exit(f"error: {what}")


class Server:
    """A PostgreSQL in a temporary folder, and a PgBouncer before it while one is asked for."""

    def __init__(self, options, settings):
        self.bin, self.user = options.bin, options.user
        self.folder = tempfile.mkdtemp(prefix="capplan-captures-")
        self.pooler = None
        if self.user:
            shutil.chown(self.folder, self.user)
        self.data = f"{self.folder}/data"
        self.as_user([f"{self.bin}/initdb", "-D", self.data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--no-locale"])
        lines = [f"{name} = '{value}'" for name, value in
                 {"listen_addresses": "127.0.0.1", "port": PORT, "unix_socket_directories": self.folder,
                  "max_connections": 200, **settings}.items()]
        with open(f"{self.data}/postgresql.auto.conf", "w") as file:
            file.write("\n".join(lines) + "\n")
        self.as_user([f"{self.bin}/pg_ctl", "-D", self.data, "-l", f"{self.folder}/log", "-w", "start"])
        with open(f"{self.data}/postmaster.pid") as file:
            self.postmaster = int(file.readline())

    def as_user(self, command):
        if self.user:
            command = ["runuser", "-u", self.user, "--"] + command
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/")
        if done.returncode != 0:
            fail(f"{' '.join(command)}: {done.stdout.strip()}")

    def psql(self, *arguments):
        done = subprocess.run([f"{self.bin}/psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(PORT),
                               "-U", "bench", *arguments], capture_output=True, text=True)
        if done.returncode != 0:
            fail(f"psql: {done.stderr.strip()}")
        return done.stdout

    def processes(self):
        """The postmaster and all that it started."""
        children = pathlib.Path(f"/proc/{self.postmaster}/task/{self.postmaster}/children").read_text().split()
        return [self.postmaster] + [int(child) for child in children]

    def pin(self, cores):
        for process in self.processes():
            os.sched_setaffinity(process, cores)

    def cpu_seconds(self):
        """Processor time of all its processes, those that have ended included."""
        ticks = 0
        for process in self.processes():
            fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(int(f) for f in fields[11:13])
            if process == self.postmaster:
                ticks += sum(int(f) for f in fields[13:15])
        return ticks / os.sysconf("SC_CLK_TCK")

    def start_pooler(self, pool):
        program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if program is None:
            fail("pgbouncer is not installed, and the plan has a capture with pool")
        users, config = f"{self.folder}/users.txt", f"{self.folder}/pgbouncer.ini"
        pathlib.Path(users).write_text('"bench" ""\n')
        pathlib.Path(config).write_text(
            f"[databases]\n* = host=127.0.0.1 port={PORT}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {POOLER_PORT}\n"
            f"unix_socket_dir =\nauth_type = trust\nauth_file = {users}\nadmin_users = bench\npool_mode = transaction\n"
            f"default_pool_size = {pool}\nmax_client_conn = 500\nlogfile = {self.folder}/pgbouncer.log\n"
            f"ignore_startup_parameters = extra_float_digits\n")
        command = [program, "-q", config]
        if self.user:
            command = ["runuser", "-u", self.user, "--"] + command
        self.pooler = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(1)
        if self.pooler.poll() is not None:
            fail(f"pgbouncer did not start: {pathlib.Path(self.folder + '/pgbouncer.log').read_text()[-500:]}")

    def stop_pooler(self):
        if self.pooler is not None:
            os.killpg(self.pooler.pid, signal.SIGTERM)
            self.pooler.wait()
            self.pooler = None

    def stop(self):
        self.stop_pooler()
        if pathlib.Path(f"{self.data}/postmaster.pid").exists():
            self.as_user([f"{self.bin}/pg_ctl", "-D", self.data, "-w", "-m", "fast", "stop"])
        shutil.rmtree(self.folder, ignore_errors=True)


class Watch:
    """How long the host stood still at most: by how much a sleep of 2 ms was late, on the core of the load generator."""

    def __enter__(self):
        self.longest, self.over = 0.0, threading.Event()
        self.thread = threading.Thread(target=self.look)
        self.thread.start()
        return self

    def look(self):
        last = time.monotonic()
        while not self.over.wait(0.002):
            now = time.monotonic()
            self.longest, last = max(self.longest, now - last - 0.002), now

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


class Taking:
    def __init__(self, options, plan, server):
        self.options, self.plan, self.server = options, plan, server
        self.cores = sorted(os.sched_getaffinity(0))
        self.capacity = None  # requests per second of one client alone

    def pgbench(self, mix, seconds, clients, rate=None, pooled=False, log=None):
        """One run; its mean latency in seconds."""
        classes = [name for name in self.plan["data"]["classes"] if mix.get(name, 0) > 0]
        command = [f"{self.options.bin}/pgbench", "-n", "-M", "extended", "-h", "127.0.0.1",
                   "-p", str(POOLER_PORT if pooled else PORT), "-U", "bench", "-c", str(clients), "-j", "1",
                   "-T", str(seconds), "--random-seed", "17"]
        if rate:
            command += ["-R", f"{rate:g}"]
        if log:
            command += ["--log", "--log-prefix", str(log)]
        for name in classes:
            command += ["-f", f"{self.options.workload / name}.sql@{mix[name]:g}"]
        done = subprocess.run(command + [DATABASE], capture_output=True, text=True)
        if done.returncode != 0:
            fail(f"pgbench: {done.stderr.strip()[-800:]}")
        average = [line for line in done.stdout.splitlines() if line.startswith("latency average")]
        return float(average[0].split("=")[1].split()[0]) / 1000

    def probe(self):
        """Mean latency of reads alone: a disk's speed is not the host's."""
        data = self.plan["data"]
        return self.pgbench({n: w for n, w in data["mix"].items() if n not in data.get("writes", [])},
                            self.options.probe, 1)

    def session(self, capture, change):
        """The capture's own settings: for its run, not for its probes, which are the same for all."""
        for setting, value in capture.get("session", {}).items():
            self.server.psql("-c", f"ALTER DATABASE {DATABASE} {change.format(setting, value)}", "postgres")

    def take(self, capture):
        """Runs one capture until its probes agree; writes its log and manifest."""
        name, mix = capture["name"], capture.get("mix", self.plan["data"]["mix"])
        seconds = 1 if self.options.quick else capture.get("seconds", self.options.seconds)
        cores, pool = capture.get("cores", 1), capture.get("pool")
        self.server.pin(set(self.cores[:cores]))
        os.sched_setaffinity(0, {self.cores[-1]})
        if self.capacity is None:
            self.capacity = 1 / self.probe()
        rate = round(capture["load"] * self.capacity, -1) or 10 if "load" in capture else None
        if pool:
            self.server.start_pooler(pool)
        for _ in range(TIMES):
            log = pathlib.Path(self.server.folder) / "transactions"
            for old in log.parent.glob("transactions.*"):
                old.unlink()
            before = self.probe()
            self.session(capture, "SET {} = '{}'")
            cpu = self.server.cpu_seconds()
            with Watch() as watch:
                self.pgbench(mix, seconds, capture["clients"], rate, pool is not None, log)
            time.sleep(0.3)
            busy = (self.server.cpu_seconds() - cpu) / seconds / cores
            self.session(capture, "RESET {}")
            after = self.probe()
            wrong = []
            if abs(after / before - 1) > AGREEMENT:
                wrong.append(f"the probes differ by {after / before - 1:+.0%}")
            if watch.longest > STANDSTILL:
                wrong.append(f"the host stood still for {watch.longest * 1000:.0f} ms")
            if not wrong or self.options.quick:
                break
            print(f"{name}: {' and '.join(wrong)}; again", flush=True)
        self.server.stop_pooler()
        folder = self.options.output / "held" if capture.get("held") else self.options.output
        folder.mkdir(parents=True, exist_ok=True)
        with open(next(log.parent.glob("transactions.*")), "rb") as raw, open(folder / f"{name}.log.gz", "wb") as packed:
            with gzip.GzipFile(filename="", fileobj=packed, mode="wb", mtime=0) as out:
                shutil.copyfileobj(raw, out)
        text = self.manifest(capture, mix, seconds, rate, min(busy, 1.0), before, after)
        (folder / f"{name}.toml").write_text(text)
        print(f"{name}: server {min(busy, 1.0):.0%} busy, probes {before * 1000:.3f} and {after * 1000:.3f} ms"
              f"{', but ' + ' and '.join(wrong) if wrong else ''}", flush=True)

    def manifest(self, capture, mix, seconds, rate, busy, before, after):
        data, pool = self.plan["data"], capture.get("pool")
        classes = [name for name in data["classes"] if mix.get(name, 0) > 0]  # in the order of pgbench's -f
        quoted = lambda names: "[" + ", ".join(f'"{n}"' for n in names) + "]"
        lines = ["[capture]", f'name = "{capture["name"]}"', 'format = "pgbench"', f'log = "{capture["name"]}.log.gz"',
                 f"classes = {quoted(classes)}   # by script number"]
        if any(name in classes for name in data.get("writes", [])):
            lines += [f"writes = {quoted(n for n in data['writes'] if n in classes)}   # classes that commit a change"]
        lines += [f'duration = "{seconds}s"', f"taken = {datetime.date.today()}", "", "[load]"]
        lines += ['kind = "open"', f'rate = "{rate:g}/s"'] if rate else ['kind = "closed"']
        lines += [f"clients = {capture['clients']}",
                  "mix = { " + ", ".join(f"{n} = {mix[n]:g}" for n in classes) + " }", "", "[system]",
                  f'path = "{"pgbouncer" if pool else "direct"}"', f"connections = {pool or capture['clients']}",
                  f"cores = {capture.get('cores', 1)}",
                  f'settings = "{"../" if capture.get("held") else ""}pg_settings.csv"', 'protocol = "extended"']
        if pool:
            lines += ["", "[system.pgbouncer]", 'pool_mode = "transaction"', f"default_pool_size = {pool}",
                      "max_client_conn = 500"]
        for name, index in self.plan.get("index", {}).items():
            searched = [n for n in index["classes"] if n in classes]
            if not searched:
                continue
            parameters = {key: value for key, value in index.items() if key != "classes"}
            for setting, value in capture.get("session", {}).items():
                if setting.partition(".")[2] in parameters:
                    parameters[setting.partition(".")[2]] = value
            lines += ["", f"[system.index.{name}]", f"classes = {quoted(searched)}"]
            lines += [f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}"
                      for key, value in parameters.items()]
        lines += ["", "[measured]", f"server_cpu = {busy:.4f}", f'probe_before = "{before * 1000:.3f}ms"',
                  f'probe_after = "{after * 1000:.3f}ms"', ""]
        return "\n".join(lines)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workload", type=pathlib.Path, help="folder with plan.toml, the setup and the classes' scripts")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True, help="folder to write to")
    parser.add_argument("--only", action="append", metavar="NAME", help="take this capture; may be given several times")
    parser.add_argument("--seconds", type=int, default=20, help="length of captures that do not say it (default: 20)")
    parser.add_argument("--probe", type=int, default=3, help="length of each probe (default: 3)")
    parser.add_argument("--quick", action="store_true", help="one second each, and take what comes: to try a plan")
    parser.add_argument("--bin", default="/usr/lib/postgresql/15/bin", help="where initdb and pgbench are")
    parser.add_argument("--user", default="postgres" if os.geteuid() == 0 else None,
                        help="run the server as this user (default for root: postgres)")
    options = parser.parse_args()
    if not (options.workload / "plan.toml").is_file():
        fail(f"{options.workload}: has no plan.toml")
    if not os.access(f"{options.bin}/initdb", os.X_OK):
        fail(f"{options.bin}: has no initdb; --bin says where PostgreSQL's server programs are")
    if options.quick:
        options.probe = 1
    options.workload = options.workload.resolve()
    return options


def main():
    options = arguments()
    plan = tomllib.loads((options.workload / "plan.toml").read_text())
    names = [capture["name"] for capture in plan["capture"]]
    for name in options.only or []:
        if name not in names:
            fail(f"--only: {name} is not in the plan, which has {', '.join(names)}")
    options.output.mkdir(parents=True, exist_ok=True)
    server = Server(options, plan.get("settings", {}))
    try:
        server.psql("-c", f"CREATE DATABASE {DATABASE}", "postgres")
        server.psql("-f", str(options.workload / plan["data"]["setup"]), DATABASE)
        server.psql("-c", "CHECKPOINT", DATABASE)
        (options.output / "pg_settings.csv").write_text(
            server.psql("--csv", "-c", "SELECT name, setting, unit FROM pg_settings ORDER BY name", DATABASE))
        taking = Taking(options, plan, server)
        taking.server.pin({taking.cores[0]})
        os.sched_setaffinity(0, {taking.cores[-1]})
        taking.pgbench(plan["data"]["mix"], 1 if options.quick else 5, 1)  # fills the caches
        for capture in plan["capture"]:
            if not options.only or capture["name"] in options.only:
                taking.take(capture)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
