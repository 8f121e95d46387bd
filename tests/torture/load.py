"""The load of a round: pools, submitters, cancellers, waiters, readers and recoverers at once,
and somebody who kills them."""

import collections
import os
import random
import signal
import threading

import jobs
import processes

COMMIT = ("before-commit", "after-commit")
SETTLE = ("settle-examined", "end", "spool-removal", "result-linked")
SHIM = ("shim-before-pid", "shim-after-pid", "shim-before-mark", "shim-after-mark",
        "command-before-exec", "shim-after-exec", "shim-reaped", "shim-before-record",
        "shim-after-record")
POINTS = {
    "pool": COMMIT + SETTLE + SHIM + ("state-created", "state-written", "before-shim",
                                      "after-shim", "pool-left"),
    "submitter": COMMIT + ("before-runner", "after-runner", "input-staged"),
    "canceller": COMMIT + ("cancel-committed", "cancel-marked"),
    "recoverer": COMMIT + SETTLE,
}
BACKLOG = 60      # unfinished jobs: submitters pause
MOST_JOBS = 400   # of a round


def draw_points(rng, kind):
    """A BGJOB_FAILPOINTS: some places to die, some to pause, often none."""
    names = POINTS.get(kind, ())
    if not names or rng.random() < (0.7 if kind == "submitter" else 0.3):
        return None
    wanted = rng.sample(names, rng.randrange(1, min(6, len(names) + 1)))
    often = (2, 4, 10, 25) if kind != "submitter" else (2, 6, 20)
    return ",".join(f"{name}:{rng.choice(often)}" + rng.choice(("", "", f":{rng.randrange(1, 25)}"))
                    for name in wanted)


class Load:
    def __init__(self, store, seed, kills):
        self.store, self.seed, self.goal = store, seed, kills
        self.rng = random.Random(f"{seed} load")
        self.stop = threading.Event()
        self.lock = threading.Lock()
        self.victims = collections.defaultdict(set)
        self.kills = collections.Counter()
        self.printed, self.after = {}, {}
        self.asked = set()      # to be cancelled
        self.errors = []
        self.anchor = None      # a pool that is not killed

    # -- who does what

    def points(self, rng, kind):
        return draw_points(rng, kind)

    def run(self, kind, rng, *argv, data=None, may=(0, 1), **more):
        """Run a program that may be killed; its stdout, also if it was."""
        stdin = {} if data is None else {"stdin": -1}
        victim = self.store.start(*argv, points=self.points(rng, kind), **stdin, **more)
        with self.lock:
            self.victims[kind].add(victim)
        try:
            status, out = victim.finish(data)
        finally:
            with self.lock:
                self.victims[kind].discard(victim)
        if status not in (*may, -signal.SIGKILL):
            self.errors.append(f"{' '.join(map(str, argv[:8]))}: exit {status}")
        return out or b""

    def known(self):
        with self.lock:
            return list(self.printed)

    def submit(self, rng):
        options, command, data = jobs.draw(rng, self.known()[-60:], self.store.job,
                                           self.store.ledger_file)
        # it would print another job's id
        unique = options.get("unique")
        out = self.run("submitter", rng, "bgjob-submit", *jobs.as_arguments(options, command, data),
                       data=data)
        if out.endswith(b"\n") and not unique:
            self.remember([int(out)], [(options, command)])

    def submit_batch(self, rng):
        drawn = []
        while len(drawn) < rng.randrange(2, 12):
            options, command, data = jobs.draw(rng, self.known()[-60:], self.store.job,
                                               self.store.ledger_file)
            if data is None and "unique" not in options:
                drawn.append((options, command))
        out = self.run("submitter", rng, "bgjob-submit", "--batch",
                       data=b"".join(jobs.as_line(*one) for one in drawn))
        ids = [int(line) for line in out.splitlines(keepends=True) if line.endswith(b"\n")]
        self.remember(ids, drawn)

    def remember(self, ids, drawn):
        with self.lock:
            for job, (options, command) in zip(ids, drawn):
                self.printed[job] = command
                if "after" in options:
                    self.after[job] = [int(other) for other in options["after"].split(",")]

    def submitter(self, rng):
        backlog = len(self.known()) - sum(line[0] == "end" for line in self.store.ledger())
        if backlog < BACKLOG and len(self.known()) < MOST_JOBS:
            (self.submit_batch if rng.random() < 0.15 else self.submit)(rng)
        self.stop.wait(rng.uniform(0, 0.04))

    def pool(self, rng):
        mode = rng.choice(((), (), ("--drain",), ("--linger", "1s"), ("--once",), ("-q", "one")))
        self.run("pool", rng, "bgjob-run", "-j", rng.randrange(1, 7), *mode, may=(0, 1))

    def some(self, rng, most):
        known = self.known()
        return rng.sample(known[-40:], min(rng.randrange(1, most + 1), len(known[-40:])))

    def canceller(self, rng):
        ids = self.some(rng, 2)
        self.stop.wait(rng.uniform(0.05, 0.3))
        if ids:
            with self.lock:
                self.asked |= set(ids)
            self.run("canceller", rng, "bgjob-cancel", *ids)

    def waiter(self, rng):
        ids = self.some(rng, 5)
        any_ = ("--any",) if rng.random() < 0.3 else ()
        self.stop.wait(0 if ids else 0.05)
        if ids:
            self.run("waiter", rng, "bgjob-wait", *any_, "--within", "1s", *ids, may=range(256))

    def reader(self, rng):
        ids = self.some(rng, 1)
        what = [("bgjob-status", "-n", 50), ("bgjob-status", "--line"), ("bgjob-queue",)]
        if ids:
            what += [("bgjob-output", *ids), ("bgjob-output", "-e", *ids),
                     ("bgjob-status", "--json", *ids)]
        self.run("reader", rng, *rng.choice(what))
        self.stop.wait(rng.uniform(0, 0.1))

    def recoverer(self, rng):
        self.stop.wait(rng.uniform(0.1, 0.5))
        self.run("recoverer", rng, "bgjob-recover")

    # -- who is killed

    def kill_victim(self, rng, kind):
        with self.lock:
            chosen = sorted(self.victims[kind], key=lambda victim: victim.process.pid)
        return bool(chosen) and rng.choice(chosen).send(signal.SIGKILL)

    def kill_shim(self, rng):
        shims = processes.shims(self.store.home)
        return bool(shims) and processes.signal_shim(self.store.home, rng.choice(shims)[1],
                                                     signal.SIGKILL)

    def kill_command(self, rng):
        found = processes.commands(self.store.home)
        if not found:
            return False
        pid, job, _ = rng.choice(found)
        return processes.send(pid, signal.SIGKILL,
                              lambda p: processes.variables(p).get("BGJOB_ID") == str(job))

    def killer(self, rng):
        kind = rng.choice(("pool", "pool", "shim", "shim", "shim", "command", "submitter",
                           "canceller", "recoverer", "waiter"))
        method = {"shim": self.kill_shim, "command": self.kill_command}.get(kind)
        hit = method(rng) if method else self.kill_victim(rng, kind)
        self.kills[kind] += hit
        if self.kills.total() + len(self.store.deaths()) >= self.goal:
            self.stop.set()
        self.stop.wait(rng.uniform(0.005, 0.15) if hit else 0.005)

    # -- together

    def loop(self, number, actor):
        rng = random.Random(f"{self.seed} {actor.__name__} {number}")
        try:
            while not self.stop.is_set():
                actor(rng)
        except Exception as error:  # told by the round, which ends with it
            self.errors.append(f"{actor.__name__}: {type(error).__name__}: {error}")
            self.stop.set()

    def go(self, seconds):
        """Until there were enough kills, or so many seconds are over."""
        self.store.run("bgjob-queue", "--limit", 1, "one")
        if self.rng.random() < 0.5:
            self.anchor = self.store.pool(self.rng.randrange(1, 4))
        actors = [self.submitter] * 3 + [self.pool] * self.rng.randrange(2, 5)
        actors += [self.canceller, self.waiter, self.reader, self.killer]
        if os.access(os.path.join(self.store.programs, "bgjob-recover"), os.X_OK):
            actors.append(self.recoverer)
        threads = [threading.Thread(target=self.loop, args=pair) for pair in enumerate(actors)]
        for thread in threads:
            thread.start()
        self.stop.wait(seconds)
        self.stop.set()
        while any(thread.is_alive() for thread in threads):
            with self.lock:
                pools = list(self.victims["pool"])
            for pool in pools:
                pool.send(signal.SIGTERM)
            threads[0].join(0.05)
            for thread in threads:
                thread.join(0.05)

    def all_kills(self):
        counted = collections.Counter(self.kills)
        counted["fail point"] += len(self.store.deaths())
        return +counted


def settle(store, anchor=None, slots=6, seconds=30):
    """
    Let everything end under a clean pool (the one that lived through the round, if there is one:
    nobody tells it that something is left to do). Whether it did, and what did not.
    """
    ids = store.unfinished()
    status = ended = 0
    pool = anchor or (store.pool(slots) if ids else None)
    if ids:
        status, _ = store.run("bgjob-wait", "--within", f"{seconds}s", *ids, seconds=seconds + 30)
    left = store.details(store.unfinished()) if status == 124 else {}
    if pool:
        ended = pool.end()
    drained, _ = store.run("bgjob-run", "--drain", seconds=seconds) if not left else (0, b"")
    problems = [f"pool: exit {code}" for code in (ended, drained) if code]
    return problems + [f"job {job['id']} does not end: {job}" for job in left.values()]
