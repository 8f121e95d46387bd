"""What has to hold when the chaos is over: the fake's record and the store against each other."""

import collections
import html
import os
import re
import shutil
import sqlite3

import check
from chat_bot import LINES_OF_LONG
from chat_people import OVERTAKE

MARK = "(may be a duplicate)"
LOST = ("cut_after", "hang_after", "garbage_after")
SENDS = ("sendMessage", "sendDocument")
LEFT_OUT = 3        # tries after which a message is handled after the user's others
DEATH = 10          # seconds within which a killed sender would have recorded an answer


class Truth:
    """The store (a copy of it) and the record."""

    def __init__(self, bot, people, away):
        self.bot, self.people, self.away = bot, people, away
        self.record = sorted(bot.news(), key=lambda entry: entry["n"])
        self.sends = [e for e in self.record if e["method"] in SENDS]
        self.taken = [e for e in self.sends if e["taken"]]
        copy = os.path.join(bot.folder, "truth.db")
        for suffix in ("", "-wal"):
            if os.path.exists(f"{bot.home}/bgjob.db{suffix}"):
                shutil.copyfile(f"{bot.home}/bgjob.db{suffix}", copy + suffix)
        self.db = sqlite3.connect(copy)
        self.db.row_factory = sqlite3.Row
        self.rows = self.query("SELECT * FROM delivery")
        self.inbox = self.query("SELECT * FROM inbox")
        self.jobs = {row["id"]: row for row in self.query(
            "SELECT id, status, job_type, input_text, user_id FROM background_jobs")}
        self.deaths = bot.ends("notifier")

    def query(self, sql):
        return [dict(row) for row in self.db.execute(sql)]

    def died_behind(self, entry, following=None):
        """A sender that may have sent this was killed before it can have recorded the answer."""
        end = following["mono"] if following else entry["mono"] + DEATH
        return any(begun <= entry["mono"] <= ended <= min(end, entry["mono"] + DEATH)
                   for begun, ended in self.deaths)

    def was_lost(self, entry, following=None):
        """Its answer did not arrive, or whoever waited for it was killed."""
        return entry["fault"] in LOST or self.was_away(entry) or \
            self.died_behind(entry, following)

    def was_away(self, entry):
        """The fake went while it answered."""
        return any(at - 2 <= entry["mono"] <= at + 1 for at in self.away)


def text_of(entry):
    return entry["params"].get("text") or entry["params"].get("caption") or ""


def same(entry):
    """What is the same for all requests that carry one message."""
    text = html.unescape(re.sub(r"</?\w[^>]*>", "", text_of(entry))).replace(MARK, "")
    return entry["chat"], entry["method"], re.sub(r"\s+", " ", text).strip()


def chat_of(row):
    return int(row["receiver"].removeprefix("telegram:"))


def check_updates(found, truth):
    """Every update is in the inbox once and handled; no other is there."""
    told = {a.update for a in truth.people.said}
    stored = collections.Counter(row["source_id"] for row in truth.inbox)
    found.expect(not told - set(stored), f"updates lost: {sorted(told - set(stored))[:5]}")
    found.expect(not set(stored) - told, f"updates of nobody: {sorted(set(stored) - told)[:5]}")
    for row in truth.inbox:
        found.expect(stored[row["source_id"]] == 1, f"update {row['source_id']} is stored twice")
        found.expect(row["status"] == "handled",
                     f"update {row['source_id']} {row['status']} after {row['tries']} tries: "
                     f"{row['error']}")


def check_jobs(found, truth):
    """One job for each message that asks for one, and for each press of Retry."""
    jobs = collections.defaultdict(list)
    for job in truth.jobs.values():
        jobs[(job["input_text"] or "").strip()].append(job["id"])
        found.expect(job["status"] in ("done", "failed", "cancelled"),
                     f"job {job['id']} is {job['status']}")
    for action in truth.people.said:
        if not action.token:
            continue
        its = jobs.pop(action.token, [])
        want = 1 + sum(truth.people.retried.get(job, 0) for job in its)
        found.expect(len(its) == want, f"{action.words}: {len(its)} jobs instead of {want}: {its}")
        for job in its:
            check_result(found, truth, action, truth.jobs[job])
    found.expect(not jobs, f"jobs that nobody asked for: {dict(jobs)}")


def check_result(found, truth, action, job):
    want = "failed" if action.kind == "fails" else "done"
    good = job["status"] == want or \
        (job["status"] == "cancelled" and job["id"] in truth.people.cancelled)
    found.expect(good, f"job {job['id']} {action.words}: {job['status']}")
    found.expect(job["user_id"] == str(action.user), f"job {job['id']}: user {job['user_id']}")


def check_outbox(found, truth):
    """Nothing is left; of every job one final in all its parts, each known to the fake."""
    finals = collections.Counter()
    known = {(e["chat"], e["message_id"]): e for e in truth.taken}
    seen = set()
    for row in truth.rows:
        name = f"delivery {row['id']} {row['kind']} of job {row['job_id']} to {row['receiver']}"
        droppable = row["kind"] in ("milestone", "callback", "ack")
        found.expect(row["status"] == "sent" or (droppable and row["status"] == "dropped"),
                     f"{name}: {row['status']}, {row['tries']} tries: {row['error']}")
        if row["kind"] == "final" and not row["parent_id"]:
            finals[row["job_id"]] += 1
        if row["status"] != "sent" or row["kind"] == "callback":
            continue
        at = chat_of(row), row["remote_id"]
        found.expect(at in known, f"{name}: the fake never took {at}")
        found.expect(at not in seen, f"{name}: {at} is another's")
        seen.add(at)
    for job in truth.jobs:
        found.expect(finals[job] == 1, f"job {job}: {finals[job]} finals")
    return seen


def check_acks(found, truth):
    """An ack is only left out if the result came before it was due."""
    for row in truth.rows:
        if row["kind"] == "ack" and row["status"] == "dropped":
            job = truth.jobs[row["job_id"]]
            found.expect(job["job_type"] == "inline", f"the ack of job {job['id']} was dropped")


def groups(truth):
    by_text = collections.defaultdict(list)
    for entry in truth.taken:
        by_text[same(entry)].append(entry)
    return by_text


def check_duplicates(found, truth, seen):
    """
    What the fake took beyond what the store knows as sent: each of these was lost after it was
    taken, and what came later for it is marked. Returns how many there were.
    """
    extras = 0
    for key, entries in groups(truth).items():
        rows = sum((e["chat"], e["message_id"]) in seen for e in entries)
        unmarked = [e for e in entries if MARK not in text_of(e)]
        name = f"{key[0]}: {key[2][:60]!r}"
        extras += len(entries) - rows
        losses = sum(truth.was_lost(e, entries[i + 1] if i + 1 < len(entries) else None)
                     for i, e in enumerate(entries))
        found.expect(len(entries) - rows <= losses,
                     f"{name}: taken {len(entries)} times for {rows}, lost {losses}: "
                     f"{brief(entries)}")
        # equal answers to several questions have a row each, also those that were dropped later
        asked = max(rows, sum(not truth.was_lost(e) for e in entries), 1)
        found.expect(len(unmarked) <= asked,
                     f"{name}: {len(unmarked)} of {len(entries)} are not marked: {brief(entries)}")
    return extras


def brief(entries):
    return [(e["n"], round(e["mono"], 3), e["fault"], MARK in text_of(e)) for e in entries]


def check_doubts(found, truth):
    """Nobody is told of a possible duplicate without a reason: a request without an answer."""
    asked = collections.Counter()
    for entry in truth.sends:
        lost = entry["fault"] in ("hang", "cut_before", "garbage") or truth.was_lost(entry)
        asked[same(entry)] += lost
    for entry in truth.taken:
        if MARK in text_of(entry):
            found.expect(asked[same(entry)] or truth.away or truth.deaths,
                         f"{same(entry)[2][:60]!r} is marked without a reason")


def check_limits(found, truth):
    """No limit was exceeded; a sender that was killed may not have known of a 429."""
    told = {}
    for entry in truth.sends:
        if entry["violation"]:
            before = told.get(entry["chat"])
            excused = "retry_after" in entry["violation"] and before and \
                (truth.was_away(before) or truth.died_behind(before, entry))
            found.expect(excused, f"{entry['chat']} at {entry['mono']:.3f}: {entry['violation']}")
        if entry["code"] == 429:
            told[entry["chat"]] = entry


def first_taken(truth):
    """The first request that was taken for each message that the store knows, by its row's id."""
    by_place = {(e["chat"], e["message_id"]): e for e in truth.taken}
    by_text = groups(truth)
    first = {}
    for row in truth.rows:
        entry = by_place.get((chat_of(row), row["remote_id"])) if row["remote_id"] else None
        if entry:
            # equal texts of several rows: a message that arrived before this row was queued belongs
            # to another row
            its = [e for e in by_text[same(entry)] if e["time"] * 1000 >= row["created_at"]]
            first[row["id"]] = its[0] if its and row["job_id"] and row["doubtful"] else entry
    return first


def check_order(found, truth):
    """Nothing of a job comes behind its final, a queued final comes before milestones, and parts
    come in their order."""
    first = first_taken(truth)
    finals, parts = {}, collections.defaultdict(list)
    for row in truth.rows:
        if row["kind"] == "final" and row["id"] in first:
            if not row["parent_id"]:
                finals[row["job_id"]] = (first[row["id"]], row)
            parts[row["job_id"]].append((row["part"], first[row["id"]]["n"]))
    for job, its in parts.items():
        numbers = [n for _, n in sorted(its)]
        found.expect(numbers == sorted(numbers), f"the parts of job {job} came as {sorted(its)}")
    steps = [e for e in truth.taken if "STEP tok" in text_of(e)]
    job_of = {job["input_text"].strip(): job["id"] for job in truth.jobs.values()
              if job["input_text"] and truth.people.retried.get(job["id"], 0) == 0}
    for entry in steps:
        token = re.search(r"STEP (tok\d+)", text_of(entry))[1]
        its = [int(word) for word in re.findall(r"#(\d+)", text_of(entry))] or [job_of.get(token)]
        final = finals.get(its[0])
        found.expect(not final or entry["n"] < final[0]["n"],
                     f"a milestone of job {its[0]} at {entry['mono']:.3f} came behind its final")
        for job, (end, row) in finals.items():
            if end["chat"] == entry["chat"] and end["n"] > entry["n"]:
                waited = entry["time"] - row["created_at"] / 1000
                found.expect(waited < OVERTAKE,
                             f"the final of job {job} waited {waited:.1f} s when a milestone went")


def check_long(found, truth):
    """A long result is complete: each line once and in order."""
    by_place = {(e["chat"], e["message_id"]): e for e in truth.taken}
    for job in truth.jobs.values():
        if job["job_type"] != "long" or job["status"] != "done":
            continue
        rows = sorted((r for r in truth.rows if r["kind"] == "final"
                       and r["job_id"] == job["id"]), key=lambda row: row["part"])
        texts = [text_of(by_place[chat_of(r), r["remote_id"]]) for r in rows
                 if (chat_of(r), r["remote_id"]) in by_place]
        word = job["input_text"].strip()
        lines = [int(n) for text in texts for n in re.findall(rf"PART {word} (\d{{4}})", text)]
        found.expect(lines == list(range(1, LINES_OF_LONG + 1)),
                     f"job {job['id']}: {len(lines)} of its {LINES_OF_LONG} lines came")


def check_answers(found, truth):
    """Each question has one answer, those of a user in the order they were asked."""
    job_of_token = collections.defaultdict(list)
    for job in truth.jobs.values():
        job_of_token[(job["input_text"] or "").strip()].append(job["id"])
    rows = {}
    for row in truth.rows:
        if row["kind"] == "ack":
            rows[row["job_id"]] = row
    first, tries = first_taken(truth), {r["source_id"]: r["tries"] for r in truth.inbox}
    order = collections.defaultdict(list)
    for action in truth.people.said:
        entry = None
        if action.kind == "unknown":
            want = f"No job {action.words.split()[1]}."
            its = [r for r in truth.rows if r["kind"] == "reply" and want in (r["text"] or "")]
            found.expect(len(its) == 1, f"{action.words}: {len(its)} answers")
            entry = first.get(its[0]["id"]) if its else None
        elif action.token and action.kind != "inline":
            jobs = sorted(job_of_token[action.token])
            row = rows.get(jobs[0]) if jobs else None
            found.expect(row, f"{action.words}: no acknowledgement")
            entry = first.get(row["id"]) if row else None
        if entry and tries[action.update] < LEFT_OUT:
            order[action.user, action.chat].append((action.update, entry["n"]))
    for (user, chat), its in order.items():
        numbers = [n for _, n in sorted(its)]
        found.expect(numbers == sorted(numbers),
                     f"answers to user {user} in chat {chat} came in another order: {sorted(its)}")
    check_counts(found, truth)


def check_counts(found, truth):
    """As many answers as there were questions, by kind."""
    words = collections.Counter(a.words for a in truth.people.said if a.kind == "ask")
    asked = words.total()
    unknown = sum(a.kind == "unknown" for a in truth.people.said)
    pressed = [a for a in truth.people.said if a.kind == "press"]
    starts = sum(a.words.startswith("/retry") for a in pressed)
    replies = sum(r["kind"] == "reply" and not r["parent_id"] for r in truth.rows)
    want = asked + unknown + len(pressed) - starts
    found.expect(replies == want, f"{replies} replies to {want} questions")
    callbacks = sum(r["kind"] == "callback" for r in truth.rows)
    found.expect(callbacks == len(pressed), f"{callbacks} of {len(pressed)} buttons answered")


def check_secret(found, truth):
    for name in sorted(set(truth.bot.in_sight)):
        found.append(f"the token stands in {name}")
    for path in truth.bot.files_with_secret():
        found.append(f"the token stands in {os.path.relpath(path, truth.bot.folder)}")


def check_chat(bot, people, away):
    """Findings and figures."""
    found, truth = check.Findings(), Truth(bot, people, away)
    check_updates(found, truth)
    check_jobs(found, truth)
    seen = check_outbox(found, truth)
    check_acks(found, truth)
    extras = check_duplicates(found, truth, seen)
    check_doubts(found, truth)
    check_limits(found, truth)
    check_order(found, truth)
    check_long(found, truth)
    check_answers(found, truth)
    check_secret(found, truth)
    found.expect(bot.spool() == [], f"left in spool/: {' '.join(bot.spool())}")
    check.check_files(found, bot)
    check.check_database(found, bot)
    faults = collections.Counter(e["fault"] for e in truth.record if e["fault"])
    statuses = collections.Counter(job["status"] for job in truth.jobs.values())
    return found, {
        "jobs": dict(statuses), "updates": len(truth.inbox), "messages": len(truth.taken),
        "requests": len(truth.sends), "duplicates": extras,
        "cut after taking": sum(e["fault"] in LOST for e in truth.taken),
        "faults": dict(faults), "away": len(away),
        "429": sum(e["code"] == 429 for e in truth.record)}
