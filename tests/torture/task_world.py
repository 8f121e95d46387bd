"""The tasks of the round, drawn at random, and what happened to each of them."""

import dataclasses

from task_clock import HOUR
from task_moments import DAY, MINUTE, at

SECOND = 1000
ZONES = ("UTC", "Europe/Berlin", "Europe/Berlin", "Europe/Dublin", "America/New_York",
         "Australia/Lord_Howe", "Pacific/Chatham", "America/Santiago", "Atlantic/Azores",
         "Asia/Beirut", "Africa/Cairo", "Asia/Kolkata")
PERIODS = (SECOND, 2 * SECOND, 7 * SECOND, 10 * SECOND, MINUTE, MINUTE, 5 * MINUTE, 10 * MINUTE,
           15 * MINUTE, 20 * MINUTE, 30 * MINUTE, 37 * MINUTE, HOUR, HOUR)
USERS = [f"user{n}" for n in range(40)]


@dataclasses.dataclass
class Task:
    name: str
    kind: str
    schedule: str = ""
    zone: str = ""
    period: int = 0
    at: int = 0
    cooldown: int = 0
    missed: str = "once"
    overlap: str = "skip"
    grace: int = -1
    batch: int = 5
    users: tuple = ()
    ms: int = 0         # that its jobs take
    code: int = 0       # that they exit with
    added: int = 0      # not before
    # (look, ms): active since after so many looks, at the latest at that time; and the same ends
    begins: list = dataclasses.field(default_factory=list)
    ends: list = dataclasses.field(default_factory=list)
    # (after this run, up to that one, or None: for ever) it may have none
    silent: list = dataclasses.field(default_factory=list)
    deleted: bool = False

    def begin(self, clock, looks):
        self.begins.append((len(looks), clock.high()))

    def end(self, looks):
        self.ends.append(len(looks))

    @property
    def active(self):
        return len(self.begins) > len(self.ends)

    def spans(self, looks):
        """(first look, last look, ms): known to be active in all of them, since then."""
        ends = self.ends + [len(looks)] * (len(self.begins) - len(self.ends))
        return [(first, end, ms) for (first, ms), end in zip(self.begins, ends)]

    def late(self):
        """How late a moment may still be made up, None: without limit."""
        if self.grace < 0 and self.missed == "skip":
            return 2 * MINUTE
        return self.grace if self.grace >= 0 else None

    def arguments(self, job, ledger, folder):
        """Of bgjob-task."""
        given = ["add", self.name, "--missed", self.missed, "--overlap", self.overlap,
                 "--batch", self.batch, "-C", folder]
        if self.kind == "cron":
            given += ["--cron", self.schedule, "--tz", self.zone]
        elif self.kind == "every":
            given += ["--every", f"{self.period}ms"]
        elif self.kind == "idle":
            given += ["--idle", f"{self.period}ms", "--cooldown", f"{self.cooldown}ms"]
        else:
            given += ["--at", at(self.at).strftime("%Y-%m-%dT%H:%M:%SZ")]
        if self.grace >= 0:
            given += ["--grace", f"{self.grace}ms"]
        if self.code:
            given += ["--notify", "https://127.0.0.1:1/alerts", "--notify-on", "never"]
        for user in self.users:
            given += ["--user", user]
        return given + ["--", job, ledger, 0, 0, self.ms, self.code, "-r"]


def draw_schedule(rng):
    minute, hour = rng.randrange(60), rng.choice((0, 0, 1, 2, 2, 2, 3, 3, rng.randrange(24)))
    days = ",".join(map(str, sorted(rng.sample(range(7), 3))))
    return rng.choice((
        f"{minute} {hour} * * *", f"{minute} {hour} * * *", f"{rng.choice((0, 30))} {hour} * * *",
        f"{minute % 30},{minute % 30 + 30} {hour} * * *",
        f"{minute} {hour},{(hour + 1) % 24} * * *",
        f"0 {hour}-{min(hour + 2, 23)} * * *", f"{minute} 0-3 * * *", f"{minute} {hour} * * {days}",
        f"{minute} {hour} 25-31/2 * *", "@daily", "@hourly", f"{minute} * * * *",
        f"{minute} */2 * * *", "*/20 * * * *", "*/30 1,2,3 * * *", f"{minute} * * * {days}"))


def draw(rng, number, begin):
    """A task that is added at about `begin`."""
    kind = rng.choices(("cron", "every", "idle", "at"), (110, 40, 35, 15))[0]
    task = Task(f"t{number:03}-{kind}", kind, missed=rng.choice(("skip", "once", "once", "all")),
                overlap=rng.choice(("skip", "queue", "allow", "allow")))
    if kind == "cron":
        task.schedule, task.zone = draw_schedule(rng), rng.choice(ZONES)
    elif kind == "every":
        task.period = rng.choice(PERIODS)
        if task.period < 10 * MINUTE or rng.random() < 0.5:
            task.missed = rng.choice(("skip", "once"))
    elif kind == "idle":
        task.period = rng.choice((MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR))
        task.cooldown = rng.choice((0, MINUTE, HOUR, 6 * HOUR))
        task.missed = rng.choice(("skip", "once", "once", "once"))
    else:
        task.at = (begin + rng.randrange(MINUTE, 3 * DAY)) // 1000 * 1000
    if kind == "idle" or rng.random() < 0.35:
        task.users = tuple(rng.sample(USERS, rng.randrange(1, 12 if kind == "idle" else 9)))
        task.batch = rng.choice((1, 2, 5))
    if rng.random() < 0.1:
        task.grace = rng.choice((SECOND, MINUTE, HOUR))
    if rng.random() < 0.15:
        task.ms = rng.choice((50, 300, 1500))
    task.code = 3 if rng.random() < 0.05 else 0
    return task


def draw_all(rng, count, begin):
    """So many, two of which make up all of many moments."""
    tasks = [draw(rng, number, begin) for number in range(count)]
    for task, (period, overlap) in zip((t for t in tasks if t.kind == "every"),
                                       ((20 * SECOND, "allow"), (10 * MINUTE, "queue"))):
        task.period, task.missed, task.overlap, task.grace = period, "all", overlap, -1
        task.users, task.ms = (), 0
    return tasks


@dataclasses.dataclass
class Seen:
    """That a user was active: after so many looks, between two readings of the clock."""
    user: str
    look: int
    low: int
    high: int
    sure: bool  # that it was recorded


class World:
    """The tasks, the looks, and what was asked of the runs."""

    def __init__(self, clock, tasks):
        self.clock, self.tasks = clock, {task.name: task for task in tasks}
        self.looks = []
        self.seen = []
        self.manual = {}        # run: (task, users or None)
        self.cancelled = set()  # runs
