# cron-peers: compare our answers for random expressions with a peer's; for tests/cron-peers.t
#
#	cron-peers.py croniter|systemd OURS
#
# OURS is the unit driver `cron`. Prints what differs, and as its last line how many moments were
# compared. The seed is fixed: what fails once fails again.
import datetime
import random
import re
import subprocess
import sys
import zoneinfo

# With and without changes of the clock, whole hours and not, on both sides of the world.
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu",
         "Australia/Sydney", "America/Bogota", "Pacific/Chatham"]
RANGES = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)]
WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def number(rng, field):
    low, high = RANGES[field]
    return rng.randint(low, high)


def word(rng, field, n):
    """A number, or sometimes its name."""
    if field == 3 and rng.random() < 0.3:
        return MONTHS[n - 1]
    if field == 4 and rng.random() < 0.3:
        return rng.choice([str.upper, str.lower, str])(WEEKDAYS[n])
    return str(n)


def element(rng, field):
    """One element of a list: its text and the numbers that it means."""
    low, high = RANGES[field]
    a, b = sorted((number(rng, field), number(rng, field)))
    kind = rng.random()
    if kind < 0.5 or a == b:
        return word(rng, field, a), {a}
    if kind < 0.75:
        return word(rng, field, a) + "-" + word(rng, field, b), set(range(a, b + 1))
    step = rng.randint(1, 9 if field < 2 else 5)
    return f"{a}-{b}/{step}", set(range(a, b + 1, step))


def one_field(rng, field, star):
    """The text of a field and its numbers; star: how likely it is one that begins with "*"."""
    low, high = RANGES[field]
    if rng.random() < star:
        if rng.random() < 0.7:
            return "*", set(range(low, high + 1))
        step = rng.randint(2, (high - low) // 2)
        return f"*/{step}", set(range(low, high + 1, step))
    parts = [element(rng, field) for _ in range(rng.choice([1, 1, 1, 2, 3]))]
    return ",".join(p[0] for p in parts), set().union(*(p[1] for p in parts))


def question(rng):
    fields = [one_field(rng, f, star) for f, star in enumerate([0.2, 0.4, 0.5, 0.7, 0.5])]
    zone = rng.choice(ZONES)
    at = rng.randint(1577836800, 2051222400)  # 2020 to 2034
    return fields, zone, at


def text_of(fields):
    return " ".join(f[0] for f in fields)


def ours(driver, questions, count):
    """The moments of each question; what has none is refused by ours and not asked for here."""
    lines = "".join(f"{q[0]}\t{q[1]}\t{q[2]}\t{count}\n" for q in questions)
    run = subprocess.run([driver, "next"], input=lines, capture_output=True, text=True, check=True)
    answers = [[int(n) for n in line.split()] for line in run.stdout.splitlines()]
    assert len(answers) == len(questions), run.stdout[-200:]
    return answers


def undisturbed(zone, at, moments):
    """The moments before the zone's offset is another one than at first."""
    tz = zoneinfo.ZoneInfo(zone)
    offset = datetime.datetime.fromtimestamp(at, tz).utcoffset()
    kept = []
    for moment in moments:
        # day by day, as a whole summer may lie between two moments
        times = [*range(at, moment, 86400), moment]
        if any(datetime.datetime.fromtimestamp(t, tz).utcoffset() != offset for t in times):
            break
        kept.append(moment)
    return kept


def compare(name, question, got, wanted):
    if got == wanted:
        return len(got)
    print(f"{question[0]} in {question[1]} after {question[2]}: got {got}, {name} has {wanted}")
    return 0


def exists(fields):
    """Whether the month has the days at all; leap days are left to the unit test."""
    lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return any(min(fields[2][1]) <= lengths[m - 1] for m in fields[3][1])


def with_croniter(driver):
    """
    croniter has another day rule: "*/2" is restricted for it, so that either field may match,
    and "0-6" is not, as it means all days; POSIX and Vixie cron look whether the field begins
    with "*". It loses track where the clocks change. Beyond that the rules agree.
    """
    from croniter import croniter
    rng = random.Random(4)
    questions, total, count = [], 0, 4
    while len(questions) < 2000:
        fields, zone, at = question(rng)
        day, weekday = fields[2][0], fields[4][0]
        both = day != "*" and weekday != "*"
        if both and (day[0] == "*" or weekday[0] == "*" or len(fields[4][1]) == 7):
            continue
        if exists(fields) and not (both and len(fields[2][1]) == 31):
            questions.append((text_of(fields), zone, at))
    # its L and its numbered weekdays mean the same as ours
    for text in ["0 5 L * *", "30 6 * 2,4 5#2", "0 0 * * 1#1,3#4", "15 12 * * 0#5"]:
        for zone in ZONES:
            questions.append((text, zone, rng.randint(1577836800, 2051222400)))
    for q, got in zip(questions, ours(driver, questions, count)):
        got = undisturbed(q[1], q[2], got)
        start = datetime.datetime.fromtimestamp(q[2], zoneinfo.ZoneInfo(q[1]))
        peer = croniter(q[0], start)
        total += compare("croniter", q, got, [int(peer.get_next(float)) for _ in got])
    return total


def numbers(values):
    return ",".join(f"{n:02d}" for n in sorted(values))


def calendar(fields, zone):
    """The expression in systemd's words; it knows "both day fields" only."""
    minutes, hours, days, months, weekdays = (f[1] for f in fields)
    week = ",".join(WEEKDAYS[n] for n in sorted(weekdays)) + " " if len(weekdays) < 7 else ""
    date = f"*-{numbers(months)}-{numbers(days)}"
    return f"{week}{date} {numbers(hours)}:{numbers(minutes)}:00 {zone}"


def elapses(expression, at, count):
    run = subprocess.run(["systemd-analyze", "calendar", f"--iterations={count}",
                          f"--base-time=@{at}", expression],
                         capture_output=True, text=True, check=True)
    found = re.findall(r"(?:Next elapse|Iter\. #\d+): \w+ (\S+ \S+) UTC", run.stdout)
    utc = datetime.timezone.utc
    return [int(datetime.datetime.strptime(t, "%Y-%m-%d %H:%M:%S").replace(tzinfo=utc).timestamp())
            for t in found]


def with_systemd(driver):
    """
    systemd wants both day fields to match, whatever they look like, and has no wildcard
    schedules that follow real time: while an hour is repeated it differs.
    """
    rng = random.Random(5)
    questions, words, total, count = [], [], 0, 8
    while len(questions) < 300:
        fields, zone, at = question(rng)
        if (fields[2][0][0] == "*" or fields[4][0][0] == "*") and exists(fields):
            questions.append((text_of(fields), zone, at))
            words.append(calendar(fields, zone))
    for text, calendar_text in [("0 5 L * *", "*-*~01 05:00:00"),
                                ("0 5 L-3 * *", "*-*~04 05:00:00"),
                                ("0 5 * * friL", "Fri *-*~07/1 05:00:00")]:
        for zone in ZONES:
            questions.append((text, zone, rng.randint(1577836800, 2051222400)))
            words.append(f"{calendar_text} {zone}")
    for q, w, got in zip(questions, words, ours(driver, questions, count)):
        got = undisturbed(q[1], q[2], got)
        total += compare("systemd", q, got, elapses(w, q[2], count)[:len(got)])
    return total


print({"croniter": with_croniter, "systemd": with_systemd}[sys.argv[1]](sys.argv[2]))
