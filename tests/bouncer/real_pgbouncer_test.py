#!/usr/bin/env python3
"""Holds capplan's PgBouncer beside a real one: the rules of its queue and of its timer, and a small load through both.

Usage: real_pgbouncer_test.py <capplan>

A server and bouncers of its own, in a folder of its own, on loopback. Ends with 77 (skipped) where PostgreSQL or PgBouncer
are not installed; neither runs as root, so root needs a user `postgres`. Speaks the protocol itself: version 3, simple
queries, no password. Sources: PostgreSQL doc/src/sgml/protocol.sgml; pgbouncer src/janitor.c, src/objects.c.

A machine that is busy makes everything later, never earlier: what may not happen before a time is checked strictly, what
must happen by a time is tried again before it counts as a failure.
"""
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

SKIPPED = 77
TICK = 1 / 3          # PgBouncer's timer: full_maint_period
LATE = 0.15           # what a machine may add to a time
ATTEMPTS = 4


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def installation():
    candidates = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("initdb"):
        candidates.append(pathlib.Path(found).resolve().parent)
    candidates = [c for c in candidates if (c / "initdb").exists() and (c / "postgres").exists()]
    if not candidates:
        skip("PostgreSQL's server is not installed (Debian: postgresql-15)")
    bouncer = shutil.which("pgbouncer", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not bouncer:
        skip("PgBouncer is not installed (Debian: pgbouncer)")
    return candidates[0], bouncer


def server_user():
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name, []
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        skip("root cannot run a server, and there is no user postgres")
    return "postgres", ["runuser", "-u", "postgres", "--"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class ServerError(Exception):
    def __init__(self, fields):
        super().__init__(fields.get("M", ""))
        self.code = fields.get("C", "")
        self.severity = fields.get("S", "")


class Client:
    """One connection. A query's answer is the first column of its rows, or an error."""

    def __init__(self, port, database="postgres", user="app"):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        body = struct.pack("!i", 196608) + b"".join(
            k.encode() + b"\0" + v.encode() + b"\0" for k, v in [("user", user), ("database", database)]) + b"\0"
        self.socket.sendall(struct.pack("!i", len(body) + 4) + body)
        self.answer()

    def read(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise ConnectionError("closed")
            data += part
        return data

    def message(self):
        kind, length = struct.unpack("!ci", self.read(5))
        return kind, self.read(length - 4)

    def answer(self):
        rows, error = [], None
        while True:
            try:
                kind, body = self.message()
            except ConnectionError:
                if error:
                    error.closed = True
                    raise error
                raise
            if kind == b"D":
                size = struct.unpack("!i", body[2:6])[0]
                rows.append(body[6:6 + size].decode() if size >= 0 else None)
            elif kind == b"E":
                error = ServerError({f[:1].decode(): f[1:].decode() for f in body.split(b"\0") if f})
                error.closed = False
            elif kind == b"Z":
                if error:
                    raise error
                return rows

    def send(self, sql):
        body = sql.encode() + b"\0"
        self.socket.sendall(b"Q" + struct.pack("!i", len(body) + 4) + body)

    def query(self, sql):
        self.send(sql)
        return self.answer()

    def close(self):
        try:
            self.socket.sendall(b"X" + struct.pack("!i", 4))
        except OSError:
            pass
        self.socket.close()


class Later(threading.Thread):
    """A query in the background: when it was sent, answered, and how."""

    def __init__(self, client, sql):
        super().__init__(daemon=True)
        self.client, self.sql, self.error, self.rows = client, sql, None, None
        self.sent = time.monotonic()
        client.send(sql)
        self.start()

    def run(self):
        try:
            self.rows = self.client.answer()
        except (ServerError, OSError) as error:
            self.error = error
        self.ended = time.monotonic()

    def wait(self):
        self.join(60)
        assert not self.is_alive(), f"no answer to {self.sql}"
        return self

    @property
    def took(self):
        return self.ended - self.sent


class Place:
    """A PostgreSQL of this test's own; bouncers in front of it are started one at a time."""

    def __init__(self, folder, binaries, pgbouncer):
        self.folder, self.binaries, self.pgbouncer = folder, binaries, pgbouncer
        self.user, self.prefix = server_user()
        self.port = free_port()
        folder.chmod(0o755)
        self.own = folder / "own"
        self.own.mkdir()
        if self.prefix:
            shutil.chown(self.own, self.user)

    def run(self, *command):
        done = subprocess.run([*self.prefix, *map(str, command)], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}"

    def __enter__(self):
        self.run(self.binaries / "initdb", "-D", self.own / "db", "-U", "app", "-A", "trust", "--no-sync")
        settings = (f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={self.own} -c fsync=off "
                    "-c autovacuum=off -c max_connections=100")
        self.run(self.binaries / "pg_ctl", "-D", self.own / "db", "-w", "-l", self.own / "log", "-o", settings, "start")
        return self

    def __exit__(self, *_):
        self.run(self.binaries / "pg_ctl", "-D", self.own / "db", "-m", "immediate", "-w", "stop")

    def bouncer(self, **settings):
        return Bouncer(self, settings)


class Bouncer:
    def __init__(self, place, settings):
        self.place, self.port = place, free_port()
        ini = place.folder / f"pgbouncer-{self.port}.ini"
        keys = {"listen_addr": "127.0.0.1", "listen_port": self.port, "unix_socket_dir": "", "auth_type": "any",
                "pool_mode": "transaction", "max_client_conn": 100, "admin_users": "app", **settings}
        ini.write_text(f"[databases]\npostgres = host=127.0.0.1 port={place.port} dbname=postgres user=app\n[pgbouncer]\n" +
                       "".join(f"{k} = {v}\n" for k, v in keys.items()))
        ini.chmod(0o644)
        self.ini = ini

    def __enter__(self):
        self.started = time.time()
        self.process = subprocess.Popen([*self.place.prefix, self.place.pgbouncer, str(self.ini)], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True)
        for _ in range(200):
            try:
                Client(self.port).close()
                return self
            except OSError:
                assert self.process.poll() is None, self.process.stderr.read()
                time.sleep(0.05)
        raise AssertionError("PgBouncer does not answer")

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process.stderr.close()

    def client(self):
        return Client(self.port)

    def servers(self):
        """When its server connections were opened, asked of the server; others' statements may still run on theirs."""
        direct = Client(self.place.port)
        try:
            return [float(x) for x in direct.query(
                "SELECT extract(epoch FROM backend_start) FROM pg_stat_activity WHERE backend_type = 'client backend' AND "
                f"pid <> pg_backend_pid() AND backend_start > to_timestamp({self.started}) ORDER BY 1")]
        finally:
            direct.close()


def attempts(check):
    """Runs a check again where only lateness can be to blame."""
    def run(*arguments, **keywords):
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return check(*arguments, **keywords)
            except TooLate as late:
                if attempt == ATTEMPTS:
                    raise
                print(f"  {check.__name__}: {late}; once more")
    return run


class TooLate(AssertionError):
    pass


def by(limit, took, what):
    if took > limit:
        raise TooLate(f"{what}: {took:.3f} s where {limit:.3f} s were allowed")


@attempts
def queue_order(place):
    """Waiting clients are served first in, first out."""
    with place.bouncer(default_pool_size=1) as bouncer:
        first = Later(bouncer.client(), "SELECT pg_sleep(0.5)")
        time.sleep(0.05)
        waiting = []
        for client in [bouncer.client() for _ in range(6)]:
            waiting.append(Later(client, "SELECT pg_sleep(0.02), clock_timestamp()"))
            time.sleep(0.02)
        by(0.5, time.monotonic() - first.sent, "queueing six clients")
        ended = [later.wait().ended for later in waiting]
        assert ended == sorted(ended), ended
        assert ended[0] > first.wait().ended
    print("  first in, first out")


def reuse_order(place):
    """The server used last is used next; with server_round_robin the one unused for longest."""
    for round_robin in (0, 1):
        with place.bouncer(default_pool_size=3, server_round_robin=round_robin) as bouncer:
            # Three at once, so that three servers are opened; they are released a, b, c.
            crowd = [Later(bouncer.client(), f"SELECT pg_backend_pid() FROM pg_sleep({0.6 + 0.2 * i})") for i in range(3)]
            a, b, c = [later.rows[0] for later in sorted((later.wait() for later in crowd), key=lambda later: later.ended)]
            assert len({a, b, c}) == 3, (a, b, c)
            one = bouncer.client()
            seen = [one.query("SELECT pg_backend_pid()")[0] for _ in range(6)]
            assert seen == ([a, b, c, a, b, c] if round_robin else [c] * 6), (round_robin, (a, b, c), seen)
    print("  last used first; in turn with server_round_robin")


@attempts
def wait_timeout(place):
    """query_wait_timeout fires at the first tick after it, closes the client, and has its words."""
    took, ends = [], []
    with place.bouncer(default_pool_size=1, query_wait_timeout=1) as bouncer:
        Later(bouncer.client(), "SELECT pg_sleep(6)")
        time.sleep(0.1)
        late = []
        for client in [bouncer.client() for _ in range(8)]:
            late.append(Later(client, "SELECT 1"))
            time.sleep(0.09)
        for later in late:
            error = later.wait().error
            assert isinstance(error, ServerError), error
            assert str(error) == "query_wait_timeout" and error.code == "08P01" and error.severity == "FATAL", error
            assert error.closed
            assert later.took >= 1, later.took
            took.append(later.took)
            ends.append(later.ended)
    for one in took:
        by(1 + TICK + LATE, one, "query_wait_timeout")
    # The grid: all that end do so at one of few instants, a third of a second apart.
    instants = [end for i, end in enumerate(ends) if i == 0 or end - ends[i - 1] > 0.1]
    assert 2 <= len(instants) <= 4, instants
    for earlier, later in zip(instants, instants[1:]):
        if abs(later - earlier - TICK) > LATE:
            raise TooLate(f"ticks {later - earlier:.3f} s apart")
    print(f"  query_wait_timeout after {min(took):.2f} to {max(took):.2f} s, on a grid of {len(instants)} ticks")


@attempts
def reserve_pool(place):
    """The reserve opens when the first waiter has waited reserve_pool_timeout, and not before."""
    with place.bouncer(default_pool_size=1, reserve_pool_size=1, reserve_pool_timeout=1) as bouncer:
        Later(bouncer.client(), "SELECT pg_sleep(4)")
        time.sleep(0.1)
        clients = [bouncer.client() for _ in range(2)]
        second = Later(clients[0], "SELECT pg_sleep(2)")
        time.sleep(0.05)
        third = Later(clients[1], "SELECT 1")
        time.sleep(0.6)
        assert len(bouncer.servers()) == 1
        second.wait()
        assert second.took >= 3, second.took
        by(3 + TICK + LATE, second.took, "a wait for the reserve")
        third.wait()  # the reserve was one: its turn comes when the second is done
        assert third.ended >= second.ended - LATE  # of two threads the later may look at the clock first
        assert len(bouncer.servers()) == 2  # and stays
    print(f"  the reserve opened after {second.took - 2:.2f} s")


@attempts
def min_pool_size(place):
    """min_pool_size opens one server at each tick."""
    with place.bouncer(default_pool_size=5, min_pool_size=4) as bouncer:
        client = bouncer.client()
        client.query("SELECT 1")
        time.sleep(1.8)
        started = bouncer.servers()
        assert len(started) == 4, started
    gaps = [later - earlier for earlier, later in zip(started[1:], started[2:])]
    assert all(gap > TICK - LATE for gap in gaps), gaps
    by(TICK + LATE, max(gaps), "ticks")
    print("  one server each third of a second")


def seconds_of_load(port, users, statement, seconds):
    """Closed users without think time: answers and query_wait_timeouts in the last nine tenths, per second."""
    start = time.monotonic()
    begin, end = start + seconds / 10, start + seconds
    counts = {"done": 0, "timeouts": 0}
    lock = threading.Lock()

    def user():
        client = Client(port)
        while time.monotonic() < end:
            try:
                client.query(statement)
                key = "done"
            except ServerError as error:
                assert str(error) == "query_wait_timeout", error
                client.socket.close()
                client = Client(port)
                key = "timeouts"
            if begin <= time.monotonic() < end:
                with lock:
                    counts[key] += 1
        client.close()

    threads = [threading.Thread(target=user, daemon=True) for _ in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return {key: count / (end - begin) for key, count in counts.items()}


def predicted(capplan, folder, users, cpu, settings):
    """The same load through capplan."""
    keys = "".join(f"{key} = {value}\n" for key, value in settings.items())
    scenario = folder / "scenario.toml"
    scenario.write_text(f"""
[scenario]
duration = "60s"
warmup = "6s"
[server.s]
kind = "postgres"
cores = 64                       # pg_sleep needs none
[bouncer.b]
kind = "pgbouncer"
server = "s"
pool_mode = "transaction"
{keys}
[pool.p]
kind = "fixed"
to = "bouncer.b"
size = {users}
[query.q]
pool = "p"
cpu = "{cpu * 1e6:.0f}us"
[request.r]
steps = [{{ query = "q" }}]
[workload.w]
kind = "closed"
users = {users}
mix = {{ r = 1 }}
""")
    out = subprocess.run([capplan, "run", str(scenario), "--replications", "4", "--format", "json", "-q"],
                         capture_output=True, text=True)
    assert out.returncode == 0, out.stderr
    result = json.loads(out.stdout)
    return {"done": result["requests"]["r"]["completed_per_s"]["value"],
            "timeouts": result["bouncers"]["b"]["query_wait_timeouts_per_s"]["value"]}


@attempts
def compare(place, capplan, what, users, sleep, within, **settings):
    """A small load through a real PgBouncer and through capplan."""
    direct = Client(place.port)
    spans = []
    for _ in range(3 if sleep > 0.1 else 40):
        start = time.monotonic()
        direct.query(f"SELECT pg_sleep({sleep})")
        spans.append(time.monotonic() - start)
    direct.close()
    statement = sorted(spans)[len(spans) // 4]  # what it takes without a bouncer, and without what else goes on here
    with place.bouncer(**settings) as bouncer:
        real = seconds_of_load(bouncer.port, users, f"SELECT pg_sleep({sleep})", 6)
    durations = ("query_wait_timeout", "reserve_pool_timeout")
    said = {key: f'"{value}s"' if key in durations else value for key, value in settings.items()}
    simulated = predicted(capplan, place.folder, users, statement, said)
    print(f"  {what}: " + ", ".join(f"{key} {real[key]:.2f}/s, predicted {simulated[key]:.2f}/s" for key in real))
    for key in real:
        if abs(real[key] - simulated[key]) > max(within * simulated[key], 0.3):
            raise TooLate(f"{what}: {key} {real[key]:.2f}/s, predicted {simulated[key]:.2f}/s")


def main():
    capplan = str(pathlib.Path(sys.argv[1]).resolve())
    binaries, pgbouncer = installation()
    with tempfile.TemporaryDirectory(prefix="capplan-bouncer-") as name, Place(pathlib.Path(name), binaries, pgbouncer) as place:
        print(subprocess.run([pgbouncer, "--version"], capture_output=True, text=True).stdout.splitlines()[0])
        queue_order(place)
        reuse_order(place)
        wait_timeout(place)
        reserve_pool(place)
        min_pool_size(place)
        compare(place, capplan, "a pool of 4, 12 users", 12, 0.02, 0.1, default_pool_size=4)
        compare(place, capplan, "with a reserve of 2", 10, 0.2, 0.1, default_pool_size=2, reserve_pool_size=2,
                reserve_pool_timeout=0.3)
        compare(place, capplan, "with query_wait_timeout", 4, 0.6, 0.3, default_pool_size=1, query_wait_timeout=1)


if __name__ == "__main__":
    main()
