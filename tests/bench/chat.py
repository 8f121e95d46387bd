"""How long a bot lets people wait: chat.py FOLDER SAMPLES.

Runs pool, notifier and telegram-poller of $BIN against the fake Telegram, and prints a line for
each row of the table, tab-separated: what, goal, ours, verdict. An acknowledgement's time is from the
moment the fake has the message to that of the request that answers it; a final's, from the end of
its command as the shim recorded it. Every measured message comes from a chat that was silent
before, at a rate at which no limit of Telegram's applies.
"""

import collections
import datetime
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
FAKES = os.path.join(os.path.dirname(HERE), "fakes")
sys.path.append(FAKES)
from telegram_control import Control  # noqa: E402

TOKEN = "4711:bench"
SLEEPERS, OTHERS, OTHERS_RATE = 20, 100, 6      # jobs, chats, messages a second of all of these
PAUSE = 0.2                                     # seconds from one measured message to the next
WORKFLOW = "#!/bin/sh\n# detach: always\nread -r word\necho \"RESULT $word\"\n"


class Bench:
    def __init__(self, folder, samples):
        self.folder, self.samples, self.programs = folder, samples, os.environ["BIN"]
        self.next_user, self.started = 100000, []
        self.fake = subprocess.Popen([os.path.join(FAKES, "telegram"), "--token", TOKEN],
                                     stdout=subprocess.PIPE, text=True)
        self.control = Control(int(self.fake.stdout.readline()))
        self.others = range(1, OTHERS + 1)
        self.configure()

    def configure(self):
        config = os.path.join(self.folder, "config", "bgjob")
        os.makedirs(os.path.join(config, "workflows"), 0o700)
        path = os.path.join(config, "workflows", "quick")
        with open(path, "w", encoding="ascii") as file:
            file.write(WORKFLOW)
        os.chmod(path, 0o700)
        users = [*self.others, *range(self.next_user, self.next_user + 4 * self.samples)]
        with open(os.path.join(config, "config"), "w", encoding="ascii") as file:
            os.chmod(file.name, 0o600)
            file.write(f"BGJOB_TELEGRAM_TOKEN={TOKEN}\nBGJOB_TELEGRAM_API=http://127.0.0.1:"
                       f"{self.control.port}\nBGJOB_TELEGRAM_ALLOW={','.join(map(str, users))}\n")
        os.environ |= {"XDG_CONFIG_HOME": os.path.join(self.folder, "config"),
                       "BGJOB_HOME": os.path.join(self.folder, "store"), "BGJOB_AUTORUN": "no"}

    def run(self, *argv, data=None):
        program = os.path.join(self.programs, argv[0])
        return subprocess.run([program, *map(str, argv[1:])], input=data, text=True, check=True,
                              stdout=subprocess.PIPE).stdout

    def start(self, *argv):
        with open(os.path.join(self.folder, "chat.err"), "ab") as log:
            self.started.append(subprocess.Popen(argv, stdin=subprocess.DEVNULL,
                                                 stdout=subprocess.DEVNULL, stderr=log))

    def services(self):
        libexec = os.path.join(os.path.dirname(self.programs.rstrip("/")), "libexec")
        self.start(os.path.join(self.programs, "bgjob-run"), "-j", "64")
        self.start(os.path.join(self.programs, "bgjob-notify"))
        self.start(os.path.join(libexec, "telegram-poller"))
        while not self.control.call("polling"):
            time.sleep(0.05)

    def end(self):
        for one in self.started:
            one.send_signal(signal.SIGTERM)
            one.wait()
        self.fake.kill()
        self.fake.wait()

    # -- what is measured

    def say(self):
        """One measured message; its chat."""
        self.next_user += 1
        self.control.call("say", user=self.next_user, text=f"/quick w{self.next_user}")
        return self.next_user

    def measure(self, count):
        """(acks, finals) in ms."""
        since = self.control.call("stats")["received"]
        chats = []
        for _ in range(count):
            chats.append(self.say())
            time.sleep(PAUSE)
        wanted = set(chats)
        deadline = time.monotonic() + 120
        while True:
            got = collections.defaultdict(list)
            for entry in self.control.call("record", method="sendMessage", taken=True, since=since):
                if entry["chat"] in wanted:
                    got[entry["chat"]].append(entry)
            missing = [chat for chat in chats if len(got[chat]) < 2]
            if not missing:
                return self.times(chats, got)
            if time.monotonic() > deadline:
                raise RuntimeError(f"{len(missing)} of {count} have no answer, as {missing[0]}")
            time.sleep(0.5)

    def times(self, chats, got):
        said = {m["chat"]["id"]: m["mono"] for m in self.control.call("messages", by="user")}
        acks, finals, ends = [], [], {}
        for chat in chats:
            ack, final = got[chat][:2]
            if "Started" not in ack["params"]["text"]:
                ack, final = final, ack
            acks.append((ack["mono"] - said[chat]) * 1000)
            ends[int(re.search(r"#(\d+)", ack["params"]["text"])[1])] = final
        ids = list(ends)
        for first in range(0, len(ids), 100):
            for line in self.run("bgjob-status", "--jsonl", *ids[first:first + 100]).splitlines():
                job = json.loads(line)
                # the clock cuts off fractions of a millisecond: on average half of one too many is
                # counted
                finals.append(ends[job["id"]]["time"] * 1000 - when(job))
        return sorted(acks), sorted(finals)

    def others_write(self, stop):
        """Questions that are answered at once, from one chat after the other."""
        while not stop.is_set():
            for user in self.others:
                self.control.call("say", user=user, text=f"/job {9000000 + user}")
                if stop.wait(random.expovariate(OTHERS_RATE)):
                    break

    def jobs(self, count, *command):
        for _ in range(count):
            self.run("bgjob-submit", "-l", "load", "--", *command)

    def without_jobs(self):
        self.run("bgjob-cancel", *(line.split("\t")[0] for line in
                                   self.run("bgjob-status", "-s", "running").splitlines()))


def when(job):
    """The end of a job, ms since 1970."""
    return datetime.datetime.fromisoformat(job["completed_at"]).timestamp() * 1000


def quantile(values, part):
    return values[min(len(values) - 1, int(len(values) * part))]


def row(what, goal, value, limit):
    print(f"{what}\t{goal}\t{value:.1f} ms\t{'met' if value <= limit else 'not met'}", flush=True)


def rows(name, acks, finals, limit):
    goal = f"<= {limit} ms" if limit < 1000 else f"<= {limit // 1000} s"
    row(f"ack, {name}, p50 of {len(acks)}", "-", quantile(acks, 0.5), limit)
    row(f"ack, {name}, p99", goal, quantile(acks, 0.99), limit)
    row(f"final after the job's end, {name}, p50", "<= 20 ms" if limit < 1000 else "-",
        quantile(finals, 0.5), 20 if limit < 1000 else limit)
    row(f"final after the job's end, {name}, p99", "-", quantile(finals, 0.99), limit)


def main():
    bench = Bench(sys.argv[1], int(sys.argv[2]))
    try:
        bench.services()
        bench.measure(5)
        rows("idle machine", *bench.measure(bench.samples), 50)
        bench.jobs(SLEEPERS, "sleep", "100000")
        stop = threading.Event()
        thread = threading.Thread(target=bench.others_write, args=(stop,))
        thread.start()
        measured = bench.measure(bench.samples)
        stop.set()
        thread.join()
        rows(f"{SLEEPERS} jobs sleep, {OTHERS} chats write {OTHERS_RATE}/s", *measured, 50)
        bench.without_jobs()
        bench.jobs(os.cpu_count(), "sh", "-c", "while :; do :; done")
        measured = bench.measure(bench.samples)
        bench.without_jobs()
        rows(f"{os.cpu_count()} jobs compute on {os.cpu_count()} processors", *measured, 1000)
    finally:
        bench.end()


if __name__ == "__main__":
    main()
