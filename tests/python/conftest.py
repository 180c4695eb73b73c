"""What the tests share: scenarios of a single station, small and quick, and the program beside the package."""

import os
import re

import matplotlib
import pytest
from hypothesis import settings

import capplan

matplotlib.use("Agg")
settings.register_profile("capplan", database=None, derandomize=True)
settings.load_profile("capplan")


def station(size=1, rate="50/s", cpu={"exponential": {"mean": "10ms"}}, duration="60s", **more):
    """One pool in front of a server with cores to spare: M/M/c at the pool."""
    content = {
        "scenario": {"name": "station", "duration": duration, "warmup": "0s"},
        "server": {"primary": {"kind": "postgres", "cores": 64}},
        "pool": {"app": {"kind": "fixed", "to": "server.primary", "size": size}},
        "query": {"lookup": {"pool": "app", "cpu": cpu}},
        "request": {"search": {"steps": [{"query": "lookup"}]}},
        "workload": {"api": {"kind": "open", "rate": rate, "mix": {"search": 1}}},
    }
    content.update(more)
    return capplan.Scenario.from_dict(content)


@pytest.fixture
def quickstart():
    return "data/scenarios/quickstart.toml"


@pytest.fixture(scope="session")
def result():
    return capplan.run(station(slo={"search": ["p95 < 1s"]}), replications=3)


@pytest.fixture(scope="session")
def grid():
    return capplan.sweep(station(), {"pool.app.size": [1, 2], "workload.api.rate": ["20/s", "40/s"]}, replications=2)


@pytest.fixture
def program():
    return os.environ["CAPPLAN_PROGRAM"]


def bytes_of(file):
    """A file's bytes; of a page without what says who wrote it, by which command."""
    made = rb'<p class="made note">.*?</p>\n|\n<script type="application/json" id="capplan-page">.*?</script>'
    return re.sub(made, b"", file.read_bytes(), flags=re.S)
