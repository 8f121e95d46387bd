"""What has to hold of tasks, runs and jobs when everything has come to its end."""

import bisect
import collections
import os
import re
import shutil
import sqlite3

import check
from task_moments import DAY, Moments

MOST_MISSED = 100
ENDED = ("done", "failed", "cancelled")


class Truth:
    """The store (a copy of it), the ledger, and figures of what was checked."""

    def __init__(self, store, world):
        self.store, self.world, self.clock = store, world, store.clock
        self.looks = world.looks
        copy = os.path.join(store.folder, "truth.db")
        for suffix in ("", "-wal"):
            if os.path.exists(f"{store.home}/bgjob.db{suffix}"):
                shutil.copyfile(f"{store.home}/bgjob.db{suffix}", copy + suffix)
        self.db = sqlite3.connect(copy)
        self.db.row_factory = sqlite3.Row
        self.rows = {row["name"]: row for row in self.query("SELECT * FROM task")}
        self.runs = {row["id"]: row for row in self.query(
            "SELECT task_run.*, task.name AS task FROM task_run JOIN task ON task.id = task_id"
            " ORDER BY id")}
        self.jobs = {row["id"]: row for row in self.query(
            "SELECT id, run_id, user_id, status, attempt FROM job ORDER BY id")}
        self.jobs_of, self.runs_of = collections.defaultdict(list), collections.defaultdict(list)
        for job in self.jobs.values():
            self.jobs_of[job["run_id"]].append(job)
        for run in self.runs.values():
            self.runs_of[run["task"]].append(run)
        self.moments = {name: Moments(task, self.rows[name]["anchor"], self.clock.begin - DAY,
                                      self.clock.high())
                        for name, task in world.tasks.items() if task.kind != "idle"}
        self._read_ledger()
        self.figures = collections.Counter(runs=len(self.runs), jobs=len(self.jobs))

    def query(self, sql):
        return [dict(row) for row in self.db.execute(sql)]

    def _read_ledger(self):
        self.started, self.ended, self.lines, self.said = {}, {}, [], []
        with open(self.store.ledger_file, encoding="ascii") as file:
            for at, line in enumerate(file):
                word, job, attempt, *rest = line.split()
                if word == "run":
                    self.said.append((int(job), *rest))
                    continue
                self.lines.append((word, int(job), int(attempt)))
                (self.started if word == "start" else self.ended)[int(job)] = at

    def users(self, run):
        """Whom the run is for; None: nobody in particular."""
        task = self.world.tasks[run["task"]]
        if run["reason"]:
            return []
        if run["kind"] == "idle":
            return [run["user_id"]]
        if run["kind"] == "manual":
            # one whose program was killed before it printed the id, for some users
            of_jobs = [job["user_id"] for job in self.jobs_of[run["id"]]]
            _, users = self.world.manual.get(run["id"], (None, of_jobs))
            if users and set(users) <= set(task.users):
                return users
        return list(task.users) or [None]


# -- moments


def check_moments(found, truth):
    """What was fired was due, not too early and not too late, and once."""
    claimed = collections.Counter()
    for run in truth.runs.values():
        task, due = truth.world.tasks[run["task"]], run["due_at"]
        name = f"run {run['id']} of {task.name}, due at {due}"
        if run["kind"] == "manual":
            found.expect(due is None, f"{name}: manual")
            continue
        claimed[task.name, due, run["user_id"]] += 1
        found.expect(run["kind"] == task.kind, f"{name}: {run['kind']}")
        found.expect(task.kind == "idle" or due in truth.moments[task.name], f"{name}: no moment")
        found.expect(run["created_at"] >= due, f"{name}: made at {run['created_at']}")
        found.expect(due > min(task.added, truth.clock.least), f"{name}: before it was added")
        late = task.late()
        found.expect(late is None or run["created_at"] - due <= late,
                     f"{name}: made at {run['created_at']}")
    for (name, due, user), count in claimed.items():
        found.expect(count == 1, f"{name}: {count} runs of the moment {due} {user}")


def missing(truth, task):
    """Moments that must have had a run, and had none; and how many must have had one."""
    moments, late = truth.moments[task.name], task.late()
    had = sorted(run["due_at"] for run in truth.runs_of[task.name] if run["due_at"] is not None)
    wanted = set()
    for first, end, since in task.spans(truth.looks):
        for look in truth.looks[first:end]:
            due = moments.between(since, look.low)[-MOST_MISSED:]
            for moment in due if task.missed == "all" else due[-1:]:
                if moment in wanted or (late is not None and look.high - moment > late):
                    continue
                # the latest, at some look of these clocks
                until = look.high
                if task.missed == "all":
                    until = moment
                    if moments.count(moment, look.high) >= MOST_MISSED:
                        continue
                wanted.add(moment)
                at = bisect.bisect_left(had, moment)
                if at == len(had) or had[at] > until:
                    yield f"{moment} to {until}, looked at {look.low}"
    truth.figures["moments that had to have a run"] += len(wanted)


def check_missing(found, truth):
    for task in truth.world.tasks.values():
        if task.kind != "idle":
            lost = list(missing(truth, task))
            found.expect(not lost, f"{task.name} {task}: {len(lost)} without a run: {lost[:3]}")


def check_silent(found, truth):
    """Nothing was started while a task was disabled, nor after it was deleted."""
    for task in truth.world.tasks.values():
        for after, until in task.silent:
            bad = [run["id"] for run in truth.runs_of[task.name]
                   if after < run["id"] and (until is None or run["id"] <= until)]
            found.expect(not bad, f"{task.name}: runs {bad[:5]}, disabled after run {after}")
            truth.figures["times without"] += 1


# -- silences


def check_idle(found, truth):
    seen = collections.defaultdict(list)
    for one in truth.world.seen:
        seen[one.user].append(one)
    bounds = [look.run for look in truth.looks]
    for task in truth.world.tasks.values():
        for user in task.users if task.kind == "idle" else ():
            runs = [run for run in truth.runs_of[task.name]
                    if run["kind"] == "idle" and run["user_id"] == user]
            check_silences(found, truth, task, seen[user], runs, bounds)


def check_silences(found, truth, task, seen, runs, bounds):
    """Each fired once, at its end or when the cooldown was over; none was forgotten."""
    last = -1
    for run in runs:
        look = bisect.bisect_left(bounds, run["id"])    # it was made before that one ended
        between = [one for one in seen if last <= one.look <= look]
        found.expect(between, f"{task.name}: run {run['id']} for {run['user_id']}: not seen again")
        last = look
    for at, one in enumerate(seen):
        need_run(found, truth, task, one, seen[at + 1:], runs)


def need_run(found, truth, task, one, later, runs):
    """Where a silence was surely long enough, and nothing happened meanwhile."""
    if not one.sure or task.late() is not None:
        return
    following = later[0].look if later else len(truth.looks)
    for first, end, since in task.spans(truth.looks):
        for number in range(max(first, one.look), min(end, following)):
            look = truth.looks[number]
            cooled = max([run["created_at"] for run in runs if run["id"] <= look.run],
                         default=0) + task.cooldown
            if one.look < first or one.low < since or \
                    look.backs != truth.looks[max(one.look - 1, 0)].backs or \
                    look.low < one.high + task.period:
                continue
            fired = [run for run in runs if one.low + task.period <= run["due_at"] <= look.high]
            found.expect(fired or look.low <= cooled,
                         f"{task.name}: {one} was silent at {look}, and no run")
            truth.figures["silences that had to have a run"] += 1
            return


# -- runs and jobs


def status_of(run, statuses):
    if any(s in ("queued", "running") for s in statuses):
        return "running" if any(s != "queued" for s in statuses) else "pending"
    kinds = set(statuses)
    if not kinds or kinds == {"cancelled"}:
        return "cancelled"
    if kinds == {"done"}:
        return "success"
    if run["cancelled_at"] is not None and "cancelled" in kinds:
        return "cancelled"
    return "partial" if "done" in kinds else "failed"


def check_runs(found, truth):
    """One job for each user; statuses are those of the jobs."""
    view = {row["id"]: row for row in truth.query(
        "SELECT id, status, jobs, done, failed, cancelled FROM background_runs")}
    found.expect(view.keys() == truth.runs.keys(), "background_runs has other runs")
    for run in truth.runs.values():
        jobs, name = truth.jobs_of[run["id"]], f"run {run['id']} of {run['task']}"
        counts = collections.Counter(job["status"] for job in jobs)
        found.expect(sorted(str(job["user_id"]) for job in jobs) ==
                     sorted(map(str, truth.users(run))),
                     f"{name} ({run['kind']}): jobs for {[job['user_id'] for job in jobs]}")
        found.expect(view[run["id"]]["status"] == status_of(run, [job["status"] for job in jobs]),
                     f"{name}: {view[run['id']]['status']}, its jobs: {dict(counts)}")
        found.expect(all(view[run["id"]][status] == counts[status] for status in ENDED),
                     f"{name}: {view[run['id']]}, its jobs: {dict(counts)}")
        truth.figures[f"runs {view[run['id']]['status']}"] += 1
        check_reason(found, truth, run, name)
    for run, (task, _) in truth.world.manual.items():
        found.expect(run in truth.runs and truth.runs[run]["task"] == task,
                     f"run {run} of {task} was printed, and is not there")
    for job in truth.jobs.values():
        found.expect(job["status"] in ENDED, f"job {job['id']} is {job['status']}")
        found.expect(job["run_id"] in truth.runs, f"job {job['id']} has no run")


def check_reason(found, truth, run, name):
    if not run["reason"]:
        return
    going = re.fullmatch(r"run (\d+) was still going", run["reason"])
    other = truth.runs.get(int(going[1])) if going else None
    overlap = truth.world.tasks[run["task"]].overlap
    if going:
        found.expect(overlap == "skip" and other and other["id"] < run["id"] and
                     other["task"] == run["task"] and other["user_id"] == run["user_id"],
                     f"{name}: {run['reason']}")
    else:
        found.expect(overlap == "queue" and run["reason"] == "100 runs were waiting",
                     f"{name}: {run['reason']}")
    truth.figures["runs skipped"] += 1


def done(truth, run):
    """Jobs that were seen to end: nothing of theirs goes on."""
    return [job for job in truth.jobs_of[run["id"]] if job["status"] == "done"]


def check_overlap(found, truth):
    """Where it is not allowed: all of the earlier ones have ended before one starts."""
    for task in truth.world.tasks.values():
        if task.overlap == "allow":
            continue
        latest, whose = {}, {}
        for run in truth.runs_of[task.name]:
            user = run["user_id"]
            starts = [truth.started[job["id"]] for job in truth.jobs_of[run["id"]]
                      if job["id"] in truth.started]
            found.expect(not starts or min(starts) > latest.get(user, -1),
                         f"{task.name}, overlap {task.overlap}: run {run['id']} ({run['kind']}) was"
                         f" begun while {whose.get(user)} was still going")
            ends = [truth.ended[job["id"]] for job in done(truth, run)]
            if ends and max(ends) > latest.get(user, -1):
                latest[user], whose[user] = max(ends), run["id"]


def check_batches(found, truth):
    for run in truth.runs.values():
        points = [(at[job["id"]], by) for job in done(truth, run)
                  for at, by in ((truth.started, 1), (truth.ended, -1))]
        going = most = 0
        for _, by in sorted(points):
            going += by
            most = max(most, going)
        found.expect(most <= run["batch_size"],
                     f"run {run['id']}: {most} at once, batches of {run['batch_size']}")


def check_said(found, truth):
    """What jobs had around them."""
    for number, task, run, user in truth.said:
        job = truth.jobs.get(number)
        want = job and (truth.runs[job["run_id"]]["task"], str(job["run_id"]),
                        job["user_id"] or "-")
        found.expect(want == (task, run, user), f"job {number} of {want}: {task, run, user}")


def check_alerts(found, truth):
    """A task that always fails says so once."""
    told = collections.Counter(row["title"] for row in truth.query(
        "SELECT title FROM delivery WHERE title LIKE '%keeps failing'"))
    for task in truth.world.tasks.values():
        if task.code:
            failed = sum(any(job["status"] == "failed" for job in truth.jobs_of[run["id"]])
                         for run in truth.runs_of[task.name])
            count = sum(n for title, n in told.items() if task.name in title)
            found.expect(count <= 1, f"{task.name}: {count} alerts, {failed} failed runs")
            truth.figures["alerts"] += count


def check_tasks(store, world):
    found = check.Findings()
    truth = Truth(store, world)
    for run in truth.runs.values():
        truth.figures[f"runs {run['kind']}"] += 1
    for one in (check_moments, check_missing, check_silent, check_idle, check_runs, check_overlap,
                check_batches, check_said, check_alerts):
        one(found, truth)
    jobs, ledger = store.details(), check.Ledger(truth.lines)
    check.check_ledger(found, jobs, ledger)
    for job in jobs.values():
        check.check_end(found, job, [job["id"]])
    truth.figures["survivors"] = check.check_processes(found, store, jobs)
    check.check_files(found, store)
    truth.figures["orphaned files"] = check.check_database(found, store)
    return found, truth.figures
