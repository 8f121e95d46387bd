"""When tasks are due, by Python's own zones: what the product is judged by. Times are ms."""

import bisect
import datetime
import functools
import zoneinfo

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
SHORT = {"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@weekly": "0 0 * * 0"}
UTC = datetime.timezone.utc


def at(ms):
    return datetime.datetime.fromtimestamp(ms / 1000, UTC)


def ms_of(when):
    """Whole seconds."""
    return int(when.timestamp()) * 1000


def numbers(text, low, high):
    """What a field of numbers, ranges, steps and lists stands for."""
    found = set()
    for part in text.split(","):
        part, _, step = part.partition("/")
        first, _, last = part.partition("-")
        if part == "*":
            first, last = low, high
        found |= set(range(int(first), int(last or first) + 1, int(step or 1)))
    return found


class Cron:
    """One schedule; a day is restricted by the month's or by the week's, never by both."""

    def __init__(self, text, zone):
        words = SHORT.get(text, text).split()
        self.fixed = not words[0].startswith("*") and not words[1].startswith("*")
        self.minutes, self.hours, self.days, self.months, week = (
            numbers(word, *limits) for word, limits in zip(words, RANGES))
        self.week = {day % 7 for day in week}
        self.zone = zone

    def on(self, date):
        return date.day in self.days and date.month in self.months and \
            date.isoweekday() % 7 in self.week

    def moments(self, begin, end):
        """All in (begin, end], in order."""
        if self.fixed:
            found = self._of_days(begin, end)
        else:
            found = (m for m, date, hour, minute in minutes(self.zone, begin, end)
                     if minute in self.minutes and hour in self.hours and self.on(date))
        return sorted({m for m in found if begin < m <= end})

    def _of_days(self, begin, end):
        zone = zoneinfo.ZoneInfo(self.zone)
        date = at(begin - 2 * DAY).date()
        while date <= at(end + 2 * DAY).date():
            for hour in self.hours if self.on(date) else ():
                for minute in self.minutes:
                    yield first_instant(datetime.datetime(date.year, date.month, date.day, hour,
                                                          minute, tzinfo=zone))
            date += datetime.timedelta(days=1)


@functools.lru_cache(maxsize=64)
def minutes(zone, begin, end):
    """(ms, local date, hour, minute) of each whole minute of real time."""
    zone, found = zoneinfo.ZoneInfo(zone), []
    for m in range(begin - begin % MINUTE, end + 1, MINUTE):
        local = at(m).astimezone(zone)
        if local.second == 0:
            found.append((m, local.date(), local.hour, local.minute))
    return found


def first_instant(local):
    """Of a local time that may be there twice (the first), or not at all (what follows the gap)."""
    early = local.replace(fold=0)
    if early.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) == \
            local.replace(tzinfo=None):
        return ms_of(early)
    # in a gap: with the offset after the gap (fold 1) the result is before it
    low, high = ms_of(local.replace(fold=1)), ms_of(early)
    before = at(low).astimezone(local.tzinfo).utcoffset()
    while high - low > 1000:
        middle = (low + high) // 2000 * 1000
        if at(middle).astimezone(local.tzinfo).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


class Moments:
    """Of one task, (begin, end]: a sorted list, asked for parts of it."""

    def __init__(self, task, anchor, begin, end):
        if task.kind == "cron":
            self.all = Cron(task.schedule, task.zone).moments(begin, end)
        elif task.kind == "every":
            first = anchor + ((begin - anchor) // task.period + 1) * task.period
            self.all = range(max(first, anchor + task.period), end + 1, task.period)
        else:
            self.all = [task.at] if begin < task.at <= end else []

    def __contains__(self, moment):
        found = bisect.bisect_left(self.all, moment)
        return found < len(self.all) and self.all[found] == moment

    def between(self, begin, end):
        """In (begin, end]."""
        return self.all[bisect.bisect_right(self.all, begin):bisect.bisect_right(self.all, end)]

    def count(self, begin, end):
        return bisect.bisect_right(self.all, end) - bisect.bisect_right(self.all, begin)
