"""Kills pools, shims and submitters until N are dead, and checks the store after every round."""

import collections
import os
import random
import sys
import time

import scenarios
from check import check_all
from load import Load, settle
from store import Store

KILLS_OF_A_ROUND = 45
SECONDS_OF_A_ROUND = 30


class Report:
    """TAP on stdout."""

    def __init__(self):
        self.count = self.failed = 0

    def line(self, good, name, details=()):
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}")
        for detail in details:
            print("#   " + str(detail)[:2000].replace("\n", "\n#   "))
        sys.stdout.flush()

    def finish(self):
        print(f"1..{self.count}")


def run_scenario(report, figures, name, scenario):
    store = Store(name)
    try:
        found = scenario(store) or []
    except scenarios.Skip as reason:
        report.line(True, f"{name} # SKIP {reason}")
        store.remove()
        return
    except Exception as error:
        found = [f"{type(error).__name__}: {error}"]
    figures["kills"].update({"fail point": len(store.deaths())})
    figures["points"].update(store.deaths())
    finish(report, store, name, found)


def run_round(report, figures, number, seed, kills):
    """Returns how many were killed."""
    store = Store(f"round{number}")
    load = Load(store, f"{seed} {number}", kills)
    load.go(SECONDS_OF_A_ROUND)
    found = load.errors + settle(store, load.anchor)
    more, _, counted = check_all(store, load.printed, load.after, load.asked)
    figures["kills"].update(load.all_kills())
    figures["points"].update(store.deaths())
    figures["seen"].update(counted)
    killed = load.all_kills().total()
    name = f"round {number}: {killed} kills, {counted['jobs']} jobs"
    name += ", a pool lived through it" if load.anchor else ""
    finish(report, store, name, found + more)
    return killed


def finish(report, store, name, found):
    scenarios.end_processes(store)
    if found:
        found = [*found, f"the store is kept: {store.folder}"]
    else:
        store.remove()
    report.line(not found, name, found)


def figures_line(figures, rounds, seconds):
    seen, kills = figures["seen"], figures["kills"]
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(kills.items()))
    words = ("jobs", "attempts", "requeued", "interrupted", "retries", "survivors",
             "orphaned files")
    counts = ", ".join(f"{seen[word]} {word}" for word in words)
    return f"# {kills.total()} kills ({kinds}), {rounds} rounds, {counts}, {seconds:.0f} seconds"


def main():
    goal = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    seed = os.environ.get("TORTURE_SEED") or str(random.SystemRandom().randrange(10 ** 9))
    only = os.environ.get("TORTURE_ONLY")
    report, begin, rounds = Report(), time.monotonic(), 0
    figures = collections.defaultdict(collections.Counter)

    print(f"# TORTURE_SEED={seed}")
    for name, scenario in scenarios.ALL.items():
        if only in (None, name):
            run_scenario(report, figures, name, scenario)
    while not only and figures["kills"].total() < goal:
        rounds += 1
        left = goal - figures["kills"].total()
        if not run_round(report, figures, rounds, seed, min(left, KILLS_OF_A_ROUND)):
            report.line(False, f"round {rounds} killed nothing: giving up")
            break
    report.finish()
    print("# fail points: " + ", ".join(f"{name} {count}" for name, count in
                                        sorted(figures["points"].items())))
    print(figures_line(figures, rounds, time.monotonic() - begin))
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
