"""What has to hold when everything has settled."""

import collections
import os
import re
import shutil
import sqlite3
import tempfile

import processes
from jobs import Order

UNSEEN = ("interrupted by restart", "runner killed")
REASONS = re.compile(r"(interrupted by restart|runner killed|killed by SIGKILL|exit \d+"
                     r"|cancelled by .+|timed out after .+|dependency \d+ (failed|was cancelled))$")


class Findings(list):
    def expect(self, truth, text):
        if not truth:
            self.append(text)


class Ledger:
    def __init__(self, lines):
        self.starts, self.ends = collections.defaultdict(list), collections.defaultdict(list)
        self.orphans = {}
        for at, (word, job, attempt, *rest) in enumerate(lines):
            if word == "orphan":
                self.orphans[rest[0]] = (job, attempt)
            else:
                (self.starts if word == "start" else self.ends)[job, attempt].append(at)


def check_ledger(found, jobs, ledger):
    for (job, attempt), at in ledger.starts.items():
        found.expect(len(at) == 1, f"job {job} attempt {attempt} was started {len(at)} times")
        found.expect(job in jobs and any(a["attempt"] == attempt for a in jobs[job]["attempts"]),
                     f"job {job} attempt {attempt} was started but is not in the store")
    for job in jobs.values():
        for attempt in job["attempts"]:
            key, outcome = (job["id"], attempt["attempt"]), attempt["outcome"]
            found.expect(attempt["ended_at"], f"job {key[0]} attempt {key[1]} has no end")
            if outcome == "never started":
                found.expect(key not in ledger.starts, f"job {key}: {outcome}, but it did")
            if outcome is None or re.match(r"exit \d+$", outcome):
                found.expect(key in ledger.ends, f"job {key}: {outcome or 'done'} without its end")


def check_end(found, job, cancelled):
    """The status of a job against its command and options."""
    order, name = Order.of(job["command"]), f"job {job['id']} {job['status']} ({job['reason']})"
    ran = [a for a in job["attempts"] if a["outcome"] != "never started"]

    found.expect(job["status"] in ("done", "failed", "cancelled"), f"{name}: not settled")
    found.expect(len(ran) <= job["retries"] + 1, f"{name}: {len(ran)} attempts ran")
    if job["status"] == "done":
        found.expect(job["reason"] is None, f"{name}: a reason")
        found.expect(order.code == 0 and job["attempt"] >= order.fail_before, f"{name}: not done")
    elif job["status"] == "cancelled":
        found.expect(job["id"] in cancelled, f"{name}: nobody asked")
    elif job["status"] == "failed":
        reason = job["reason"] or ""
        found.expect(REASONS.match(reason), f"{name}: unknown reason")
        if reason.startswith("exit"):
            code = order.code if job["attempt"] >= order.fail_before else 1
            found.expect(reason == f"exit {code}", f"{name}: should be exit {code}")
        if reason.startswith("timed out"):
            found.expect(job["timeout_ms"], f"{name}: it has no limit")


def outputs(store, job):
    """Exit status and bytes of stdout, of stderr; one program reads both."""
    with tempfile.TemporaryFile(dir=store.folder) as file:
        both = store.start("bgjob-output", "--both", job, stderr=file)
        status, out = both.finish(seconds=60)
        file.seek(0)
        return (status, out), (status, file.read())


def check_output(found, store, job):
    """Byte for byte if the command was seen to end, else a beginning of it."""
    if not job["attempts"]:
        return
    order, whole = Order.of(job["command"]), job["status"] == "done"
    for which, (status, got) in enumerate(outputs(store, job["id"])):
        want = order.stream(job["id"], which)
        name = f"job {job['id']} {job['status']} ({job['reason']}) stream {which + 1}"
        found.expect(status == 0, f"{name}: bgjob-output: exit {status}")
        found.expect(want.startswith(got), f"{name}: {len(got)} bytes, not what was written")
        if whole:
            found.expect(got == want, f"{name}: {len(got)} bytes instead of {len(want)}")


def check_limit(found, jobs, ledger):
    """Done attempts of the queue with one place never overlap."""
    spans = []
    for job in jobs.values():
        key = job["id"], job["attempt"]
        if job["queue"] == "one" and job["status"] == "done" and key in ledger.ends:
            spans.append((ledger.starts[key][0], ledger.ends[key][0], job["id"]))
    spans.sort()
    for (_, end, first), (start, _, second) in zip(spans, spans[1:]):
        found.expect(end < start, f"jobs {first} and {second} ran at once in a queue of one")


def check_order(found, after, jobs, ledger):
    """A dependent starts after the end of what it waited for; after: {job: [ids]}, all done."""
    for job, others in after.items():
        starts = [at[0] for (id_, _), at in ledger.starts.items() if id_ == job]
        for other in others:
            if starts and other in jobs and jobs[other]["status"] == "done":
                end = ledger.ends[other, jobs[other]["attempt"]]
                found.expect(end and end[0] < min(starts), f"job {job} did not wait for {other}")


def check_processes(found, store, jobs):
    """Whatever is left may only be what a killed shim could not end. How many those are."""
    survivors = 0
    for pid, name in processes.shims(store.home):
        found.append(f"shim {name} (pid {pid}) is left")
    for pid, job, attempt in processes.commands(store.home):
        ends = [a["outcome"] for a in jobs.get(job, {}).get("attempts", ())
                if a["attempt"] == attempt]
        survivors += ends != [] and ends[0] in UNSEEN
        found.expect(ends and ends[0] in UNSEEN, f"pid {pid} of job {job}-{attempt} is left: {ends}")
    return survivors


def check_files(found, store):
    found.expect(store.spool() == [], f"left in spool/: {' '.join(store.spool())}")
    status, out = store.run("bgjob-recover", "--check")
    found.expect(status == 0, f"bgjob-recover --check: exit {status}: {out.decode()}")


def check_database(found, store):
    """By another library, on a copy: an affected one must not touch the store itself."""
    copy = os.path.join(store.folder, "copy.db")
    for suffix in ("", "-wal"):
        if os.path.exists(f"{store.home}/bgjob.db{suffix}"):
            shutil.copyfile(f"{store.home}/bgjob.db{suffix}", copy + suffix)
    with sqlite3.connect(copy) as db:
        rows = db.execute("PRAGMA integrity_check").fetchall()
        found.expect(rows == [("ok",)], f"integrity_check: {rows[:3]}")
        rows = db.execute("PRAGMA foreign_key_check").fetchall()
        found.expect(not rows, f"foreign_key_check: {rows[:3]}")
        known = {name for name, in db.execute("SELECT file FROM result WHERE file IS NOT NULL"
                                              " UNION SELECT file FROM input WHERE file IS NOT NULL")}
    db.close()
    there = set(os.listdir(f"{store.home}/results")) if os.path.exists(
        f"{store.home}/results") else set()
    found.expect(known <= there, f"missing in results/: {known - there}")
    return len(there - known)


def check_all(store, printed=None, after=None, cancelled=()):
    """Findings, the jobs as they are, and figures."""
    found, jobs, ledger = Findings(), store.details(), Ledger(store.ledger())
    for job, command in (printed or {}).items():
        found.expect(job in jobs, f"id {job} was printed, but there is no such job")
        found.expect(job not in jobs or jobs[job]["command"] == command, f"job {job} is another")
    check_ledger(found, jobs, ledger)
    for job in jobs.values():
        check_end(found, job, cancelled)
        check_output(found, store, job)
    check_limit(found, jobs, ledger)
    check_order(found, after or {}, jobs, ledger)
    figures = collections.Counter(jobs=len(jobs))
    figures["survivors"] = check_processes(found, store, jobs)
    check_files(found, store)
    figures["orphaned files"] = check_database(found, store)
    for attempt in (a for job in jobs.values() for a in job["attempts"]):
        figures["attempts"] += 1
        figures["requeued"] += attempt["outcome"] == "never started"
        figures["interrupted"] += attempt["outcome"] in UNSEEN
    figures["retries"] = sum(max(0, len([a for a in job["attempts"]
                                         if a["outcome"] != "never started"]) - 1)
                             for job in jobs.values())
    return found, jobs, figures
