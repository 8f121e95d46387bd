"""Tickers, pools that tick, and whoever kills them, all at once, while the clock is moved."""

import os
import signal
import threading

from load import POINTS, Load
from store import Store

COMMIT = ("before-commit", "after-commit")
TICK = ("run-added", "tick-looked", "tick-fired", "tick-settled", "idle-fired", "tick-set-back",
        "tick-committed")
PLACES = {
    "ticker": COMMIT + TICK + ("tick-closed", "before-runner"),
    "pool": POINTS["pool"] + TICK,
    "seen": COMMIT,
    "operator": COMMIT,
}
OFTEN = {"ticker": (2, 10, 50, 200), "pool": (10, 50, 200, 500), "seen": (2, 5), "operator": (2, 5)}


def draw_points(rng, kind):
    """A BGJOB_FAILPOINTS: some places to die, some to pause, often none."""
    if kind not in PLACES or rng.random() < {"operator": 0.8, "seen": 0.8}.get(kind, 0.35):
        return None
    wanted = rng.sample(PLACES[kind], rng.randrange(1, min(5, len(PLACES[kind]))))
    pause = f":{rng.randrange(1, 40)}"
    return ",".join(f"{name}:{rng.choice(OFTEN[kind])}" + rng.choice(("", "", pause))
                    for name in wanted)


class TaskStore(Store):
    """Programs see the round's clock, each that of its machine."""

    def __init__(self, name, programs=None):
        super().__init__(name, programs)
        self.clock = None
        self.jobs_folder = os.path.join(self.folder, "jobs")
        os.mkdir(self.jobs_folder)

    def environment(self, points, **more):
        return super().environment(points, **{"BGJOB_CLOCK": self.clock.files[0]} | more)


class Chaos(Load):
    def __init__(self, store, seed):
        super().__init__(store, seed, None)
        self.calm = threading.Event()   # no program is killed or dies
        self.threads = []

    def points(self, rng, kind):
        return None if self.calm.is_set() else draw_points(rng, kind)

    def ticker(self, rng):
        # most of them by this machine's clock
        shift = rng.choice([0] * 4 + list(self.store.clock.files))
        self.run("ticker", rng, "bgjob-tick", may=(0,), BGJOB_CLOCK=self.store.clock.files[shift])
        self.stop.wait(rng.uniform(0, 0.1))

    def pool(self, rng):
        shift = rng.choice([0] * 4 + list(self.store.clock.files))
        mode = rng.choice(((), (), (), ("--drain",), ("--linger", "1s")))
        self.run("pool", rng, "bgjob-run", "--tick", "-j", rng.randrange(3, 9), *mode, may=(0,),
                 BGJOB_CLOCK=self.store.clock.files[shift])

    def killer(self, rng):
        if self.calm.is_set():
            self.stop.wait(0.1)
            return
        kind = rng.choice(("pool", "pool", "ticker", "ticker", "shim", "command", "seen",
                           "operator"))
        method = {"shim": self.kill_shim, "command": self.kill_command}.get(kind)
        hit = method(rng) if method else self.kill_victim(rng, kind)
        self.kills[kind] += hit
        self.stop.wait(rng.uniform(0.02, 0.4) if hit else 0.02)

    def expect(self, truth, text):
        if not truth:
            self.errors.append(text)

    def attempt(self, rng, kind, *argv, may=(0,)):
        """Run a program that may be killed; its status and stdout."""
        victim = self.store.start(*argv, points=self.points(rng, kind))
        with self.lock:
            self.victims[kind].add(victim)
        try:
            status, out = victim.finish(seconds=60)
        finally:
            with self.lock:
                self.victims[kind].discard(victim)
        self.expect(status in (*may, -signal.SIGKILL),
                    f"{' '.join(map(str, argv[:8]))}: exit {status}")
        return status, out

    def insist(self, rng, *argv, may=(0,)):
        """The same until it was not killed; what those before have done is not known."""
        status = -signal.SIGKILL
        while status == -signal.SIGKILL:
            status, out = self.attempt(rng, "operator", *argv, may=may)
        return status, out

    def begin(self):
        actors = [self.ticker] * 3 + [self.pool] * 2 + [self.killer]
        self.threads = [threading.Thread(target=self.loop, args=pair) for pair in enumerate(actors)]
        for thread in self.threads:
            thread.start()

    def end(self):
        """Everybody leaves in peace."""
        self.calm.set()
        self.stop.set()
        while any(thread.is_alive() for thread in self.threads):
            with self.lock:
                pools = list(self.victims["pool"])
            for pool in pools:
                pool.send(signal.SIGTERM)
            for thread in self.threads:
                thread.join(0.05)
