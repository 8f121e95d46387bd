"""Whoever moves the clock, and the operator of the tasks."""

import json
import time

from task_clock import Look, draw_step
from task_world import USERS, Seen

BACKLOG = 250       # unfinished jobs: the clock waits
PATIENCE = 2        # seconds to wait until there are fewer


class Driver:
    def __init__(self, store, world, chaos, rng):
        self.store, self.world, self.chaos, self.rng = store, world, chaos, rng
        self.clock = store.clock
        self.gone = set()   # tasks that were disabled, and when they are back

    def add_all(self):
        for task in self.world.tasks.values():
            task.added = self.clock.now()
            # a first try that was killed may have succeeded: then the name is taken
            status, _ = self.chaos.insist(self.rng, "bgjob-task", *task.arguments(
                self.store.job, self.store.ledger_file, self.store.jobs_folder), may=(0, 1, 2))
            known, _ = self.store.run("bgjob-task", "show", task.name)
            self.chaos.expect(known == 0, f"bgjob-task add {task.name}: exit {status}")
            task.begin(self.clock, self.world.looks)

    def latest_run(self):
        """Its id, of all tasks."""
        _, out = self.store.run("bgjob-task", "runs", "-n", 1)
        return int(out.split(b"\t")[0]) if out else 0

    def unfinished(self):
        return len(self.store.unfinished())

    # -- what happens in a round

    def look(self):
        """A tick that is not killed: everything up to now is settled after it."""
        low = self.clock.now()
        status, _ = self.store.run("bgjob-tick")
        self.chaos.expect(status == 0, f"bgjob-tick: exit {status}")
        run = self.latest_run()
        self.world.looks.append(Look(low, self.clock.high(), run, self.clock.backs))

    def be_seen(self, users):
        low = self.clock.now()
        status, _ = self.chaos.attempt(self.rng, "seen", "bgjob-seen", *users, "driver")
        for user in users:
            self.world.seen.append(Seen(user, len(self.world.looks), low, self.clock.now() + 1,
                                        status == 0))

    def wait_for_jobs(self, most):
        """Until there are no more than so many, or they get no fewer: some may be held back."""
        least, since = self.unfinished(), time.monotonic()
        while least > most and time.monotonic() - since < PATIENCE:
            time.sleep(0.05)
            count = self.unfinished()
            if count < least:
                least, since = count, time.monotonic()

    def round(self):
        self.clock.step(draw_step(self.rng))
        self.be_seen(self.rng.sample(USERS, self.rng.choice((0, 0, 1, 2, 8))))
        self.chaos.stop.wait(self.rng.uniform(0, 0.3))
        self.operate()
        self.look()
        self.wait_for_jobs(BACKLOG)

    # -- the operator

    def operate(self):
        draw = self.rng.random()
        for task in [t for t in self.gone if self.rng.random() < 0.25]:
            self.enable(task)
        if draw < 0.12:
            self.disable()
        elif draw < 0.16:
            self.delete()
        elif draw < 0.3:
            self.run_now()
        elif draw < 0.38:
            self.cancel()
        elif draw < 0.41:
            self.pause()

    def one(self):
        return self.rng.choice([t for t in self.world.tasks.values() if t.active])

    def task(self, *argv, may=(0,)):
        return self.chaos.insist(self.rng, "bgjob-task", *argv, may=may)

    def disable(self):
        task = self.one()
        task.end(self.world.looks)
        self.task("disable", task.name)
        task.silent.append([self.latest_run(), None])
        self.gone.add(task.name)

    def enable(self, name):
        task = self.world.tasks[name]
        task.silent[-1][1] = self.latest_run()
        self.task("enable", name)
        task.begin(self.clock, self.world.looks)
        self.gone.discard(name)

    def delete(self):
        task = self.one()
        task.end(self.world.looks)
        # a first try that was killed may have succeeded: then no task has that name
        self.task("delete", task.name, may=(0, 2))
        task.silent.append([self.latest_run(), None])
        task.deleted = True

    def run_now(self):
        task = self.one()
        users = self.rng.sample(task.users, self.rng.randrange(1, len(task.users) + 1)) \
            if task.users and self.rng.random() < 0.5 else None
        given = [word for user in users or () for word in ("--user", user)]
        # exit 1: an earlier one has not ended
        status, out = self.task("run", task.name, *given, may=(0, 1))
        if status == 0:
            self.world.manual[int(out)] = (task.name, users)

    def cancel(self):
        _, out = self.store.run("bgjob-task", "runs", "-n", 30, "--jsonl")
        known = [run["id"] for run in map(json.loads, out.splitlines())]
        if known:
            run = self.rng.choice(known)
            self.world.cancelled.add(run)
            self.task("run-cancel", run, may=(0, 1))

    def pause(self):
        """All of them, over a step of the clock."""
        for task in self.world.tasks.values():
            if task.active:
                task.end(self.world.looks)
        going = [t for t in self.world.tasks.values() if len(t.begins) == len(t.ends)
                 and t.name not in self.gone and not t.deleted]
        self.task("pause")
        before = self.latest_run()
        self.clock.step(draw_step(self.rng))
        self.be_seen(self.rng.sample(USERS, 3))
        self.chaos.stop.wait(0.2)
        self.look()
        self.chaos.expect(self.latest_run() == before, "a run was made during a pause")
        self.task("resume")
        for task in going:
            task.begin(self.clock, self.world.looks)

    # -- at the end

    def settle(self):
        """Calm; what is held back is let go; everything ends under one pool."""
        self.chaos.end()
        for name in sorted(self.gone):
            self.enable(name)
        self.clock.step(3_600_000)
        self.look()
        # without --tick: each second would bring new ones
        pool = self.store.pool(6)
        begun, found = time.monotonic(), []
        left = self.store.unfinished()
        while left and time.monotonic() - begun < 120:
            self.store.run("bgjob-wait", "--within", "10s", *left[:500], seconds=60)
            left = self.store.unfinished()
        if left:
            some = list(self.store.details(left[:3]).values())
            found.append(f"{len(left)} jobs do not end: {some}")
        status = pool.end()
        if status:
            found.append(f"pool: exit {status}")
        status, _ = self.store.run("bgjob-run", "--drain", seconds=60)
        return found + ([f"bgjob-run --drain: exit {status}"] if status else [])
