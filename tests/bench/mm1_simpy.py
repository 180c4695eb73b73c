"""M/M/1 at a load of 0.9 in SimPy, as tests/bench/mm1.cpp has it: an arrival and a departure a job, mean response 10.

    mm1_simpy.py [JOBS] [RESULTS.json]

Prints events of the model per second, the best of three runs, and how many events SimPy itself handles for them. With
the JSON that capplan_bench wrote, prints the kernel's rates beside.
"""
import collections
import json
import random
import sys
import time

import simpy

LOAD = 0.9


class Counted(simpy.Environment):
    """Counts the events it handles."""

    handled = 0

    def step(self):
        self.handled += 1
        super().step()


def arrivals(env, line, wake, jobs, draw):
    for _ in range(jobs):
        yield env.timeout(draw(LOAD))
        line.append(env.now)
        if wake[0] is not None and not wake[0].triggered:
            wake[0].succeed()


def server(env, line, wake, jobs, draw, total):
    for _ in range(jobs):
        if not line:
            wake[0] = env.event()
            yield wake[0]
        yield env.timeout(draw(1.0))
        total[0] += env.now - line.popleft()


def run(environment, jobs):
    """Seconds of processor time (as capplan_bench counts), mean response and the environment of one run."""
    env, line, wake, total = environment(), collections.deque(), [None], [0.0]
    draw = random.Random(1).expovariate
    env.process(arrivals(env, line, wake, jobs, draw))
    end = env.process(server(env, line, wake, jobs, draw, total))
    begun = time.process_time()
    env.run(until=end)
    return time.process_time() - begun, total[0] / jobs, env


def main(arguments):
    jobs = int(arguments[0]) if arguments else 200_000
    seconds, response, _ = min((run(simpy.Environment, jobs) for _ in range(3)), key=lambda result: result[0])
    handled = run(Counted, jobs)[2].handled  # counting costs time: it has a run of its own
    rate = 2 * jobs / seconds
    print(f"{'M/M/1, load 0.9':<24}{'model events/s':>16}{'mean response':>16}{'times SimPy':>14}")
    print(f"{'SimPy ' + simpy.__version__:<24}{rate:>16,.0f}{response:>16.2f}{1:>14.0f}")
    if len(arguments) > 1:
        with open(arguments[1], encoding="utf-8") as file:
            text = file.read()  # empty where the filter let no benchmark through
        results = json.loads(text)["benchmarks"] if text else []
        for result in results:
            name = result["name"]
            if name.startswith("mm1/") and "events" in result and result.get("run_type") != "aggregate":
                print(f"{name:<24}{result['events']:>16,.0f}{result['mean_response']:>16.2f}"
                      f"{result['events'] / rate:>14.0f}")
    print(f"SimPy handles {handled / jobs:.1f} events of its own a job: {handled / seconds:,.0f} a second")


main(sys.argv[1:])
