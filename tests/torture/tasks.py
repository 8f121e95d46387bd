"""Recurring tasks through chaos: 200 of them, and a clock that jumps on in so many rounds."""

import collections
import os
import random
import sys
import time

import processes
from task_chaos import Chaos, TaskStore
from task_check import check_tasks
from task_clock import Clock, draw_begin
from task_driver import Driver
from task_world import World, draw_all

TASKS = 200


def run(seed, rounds):
    """Findings, figures and the store."""
    rng, begun = random.Random(f"{seed} tasks"), time.monotonic()
    store = TaskStore("tasks")
    store.clock = Clock(store.folder, draw_begin(rng))
    world = World(store.clock, draw_all(rng, TASKS, store.clock.begin))
    chaos = Chaos(store, seed)
    driver = Driver(store, world, chaos, rng)
    found = []
    try:
        driver.add_all()
        chaos.begin()
        while store.clock.steps < rounds and not chaos.stop.is_set():
            driver.round()
            if os.environ.get("TORTURE_KEEP") and store.clock.steps % 20 == 0:
                print(f"# round {store.clock.steps}, {driver.unfinished()} jobs to do,"
                      f" {time.monotonic() - begun:.0f} s", flush=True)
    finally:
        chaos.end()
    found += chaos.errors + driver.settle()
    processes.end_all(store.home)
    more, figures = check_tasks(store, world)
    return store, found + more, {
        "simulated": f"{store.clock.forward / 86_400_000:.1f} days in {store.clock.steps} steps,"
                     f" {store.clock.backs} of them back",
        "kills": chaos.all_kills(), "fail points": collections.Counter(store.deaths()),
        "seen": +figures, "seconds": round(time.monotonic() - begun)}


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    seed = os.environ.get("TORTURE_SEED") or str(random.SystemRandom().randrange(10 ** 9))
    print(f"# TORTURE_SEED={seed}", flush=True)
    store, found, figures = run(seed, rounds)
    for name, figure in figures.items():
        if isinstance(figure, dict):
            figure = ", ".join(f"{what} {n}" for what, n in sorted(figure.items()))
        print(f"# {name}: {figure}")
    print(f"{'not ok' if found else 'ok'} 1 - {TASKS} tasks through chaos: {rounds} rounds")
    for line in found[:60]:
        print("#   " + str(line)[:1000].replace("\n", "\n#   "))
    print("1..1")
    if found or os.environ.get("TORTURE_KEEP"):
        print(f"# the store is kept: {store.folder}")
    else:
        store.remove()
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
