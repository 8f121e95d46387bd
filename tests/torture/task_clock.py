"""The clock that the programs of a test build read, a file of ms that they add, and its history."""

import dataclasses
import datetime
import math
import os
import time

from task_moments import DAY, MINUTE, UTC, ms_of

HOUR = 60 * MINUTE
AHEAD, BEHIND = 7_000, 11_000   # other machines' clocks


def real():
    return time.time_ns() // 1_000_000


def last_sunday(year, month):
    day = datetime.datetime(year, month, 31, tzinfo=UTC)
    return day - datetime.timedelta(days=day.isoweekday() % 7)


def draw_begin(rng):
    """A day or so before many zones change theirs; in the future: timers run by the real clock."""
    year = datetime.datetime.now(UTC).year + 1
    sunday = last_sunday(year, rng.choice((3, 10)))
    return ms_of(sunday) - rng.randrange(18, 30) * HOUR + rng.randrange(HOUR)


@dataclasses.dataclass
class Look:
    """A tick that is known to have been: no clock said less than `low` to it when it began; none
    said more than `high` to anybody before it ended; `run` was the latest run then."""
    low: int
    high: int
    run: int
    backs: int  # how often the clock had been set back


class Clock:
    def __init__(self, folder, begin):
        self.offset = begin - real()
        self.begin = begin
        self.most = 0
        self.steps, self.backs, self.forward = 0, 0, 0
        self.least = math.inf   # that any clock said after it was set back
        self.folder = os.path.join(folder, "clocks")
        self.files = {shift: os.path.join(self.folder, f"{shift:+}")
                      for shift in (0, AHEAD, -BEHIND)}
        self._write()

    def _write(self):
        """All at once: a link to their folder is renamed."""
        folder = f"{self.folder}.{self.steps}"
        os.mkdir(folder)
        for shift, name in self.files.items():
            with open(os.path.join(folder, os.path.basename(name)), "w", encoding="ascii") as file:
                file.write(str(self.offset + shift))
        os.symlink(folder, self.folder + ".new")
        os.rename(self.folder + ".new", self.folder)

    def now(self):
        return real() + self.offset

    def high(self):
        """No clock has said more so far."""
        self.most = max(self.most, self.now() + AHEAD + 1)
        return self.most

    def step(self, ms):
        self.high()
        self.offset += ms
        self.steps += 1
        self.backs += ms < 0
        self.forward += max(ms, 0)
        if ms < 0:
            self.least = min(self.least, self.now() - BEHIND)
        self._write()
        self.high()


def draw_step(rng):
    draw = rng.random()
    if draw < 0.05:
        return -rng.choice((rng.randrange(1, 60_000), rng.randrange(MINUTE, 3 * HOUR)))
    if draw < 0.07:
        return DAY + rng.randrange(-2 * HOUR, 2 * HOUR)
    if draw < 0.35:
        return rng.randrange(100, MINUTE)
    if draw < 0.75:
        return rng.randrange(MINUTE, 40 * MINUTE)
    return rng.randrange(HOUR, 5 * HOUR)
