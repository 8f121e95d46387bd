"""A bot of its own for the chaos: its folder, the fake Telegram, and services that are kept up."""

import ctypes
import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time

import processes
from store import Store, Victim

HERE = os.path.dirname(os.path.abspath(__file__))
FAKES = os.path.join(os.path.dirname(HERE), "fakes")
sys.path.append(FAKES)
from telegram_control import Control  # noqa: E402

TOKEN = "4711:never_to-BE_seen"
SECRET = TOKEN.encode()
PR_SET_CHILD_SUBREAPER = 36
LINES_OF_LONG = 220

# Text on stdin, result on stdout; each says the token that its message carried. The environment
# goes to stderr, which is kept: the bot's token must not be in it.
WORKFLOWS = {
    "quick": ("always", "read -r word; env >&2; echo \"RESULT $word\""),
    "fails": ("always", "read -r word; echo \"RESULT $word\" >&2; exit 3"),
    "slow": ("always", """read -r word
for n in 1 2 3 4 5; do
	sleep 0.8
	{bin}/bgjob-milestone "STEP $word $n" || :
done
echo "RESULT $word\""""),
    "hasty": ("always", "read -r word; {bin}/bgjob-milestone \"STEP $word 1\"; "
                        "echo \"RESULT $word\""),
    "patient": ("always", "read -r word; {bin}/bgjob-milestone \"STEP $word 1\"; sleep 5; "
                          "echo \"RESULT $word\""),
    "long": ("always", """read -r word
awk -v word="$word" 'BEGIN {{
	for (n = 1; n <= %d; n++)
		printf "PART %%s %%04d of something that is long\\n\\n", word, n
	print "RESULT " word
}}'""" % LINES_OF_LONG),
    "inline": ("auto", "read -r word; sleep 0.1; echo \"RESULT $word\""),
}


class Bot(Store):
    """Its processes are all below this one, also those that were left by their parents."""

    def __init__(self, name, seed, users, group):
        super().__init__(name, os.path.abspath(os.environ["BIN"]))
        self.users = users
        self.lock = threading.Lock()    # of starting and reaping
        self.port = threading.Lock()    # of talking to the fake: not while it is away
        self.started = {}
        self.in_sight = []              # where the token was seen and must not be
        self.kept = []
        self.record_file = os.path.join(self.folder, "record")
        self.record_read, self.record_lock, self.record = 0, threading.Lock(), []
        if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0:
            raise OSError(ctypes.get_errno(), "prctl")
        self.fake = subprocess.Popen(
            [os.path.join(FAKES, "telegram"), "--token", TOKEN, "--record", self.record_file,
             "--seed", str(seed)], stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.at = int(self.fake.stdout.readline())
        self.control = Control(self.at)
        self._configure(users, group)

    def _configure(self, users, group):
        folder = os.path.join(self.folder, "bgjob")
        os.makedirs(os.path.join(folder, "workflows"), 0o700)
        os.makedirs(os.path.join(self.folder, "tmp"))
        for name, (detach, text) in WORKFLOWS.items():
            path = os.path.join(folder, "workflows", name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"#!/bin/sh\n# title: {name}\n# detach: {detach}\n"
                           + text.format(bin=self.programs) + "\n")
            os.chmod(path, 0o700)
        self.settings = os.path.join(folder, "config")
        with open(self.settings, "w", encoding="ascii") as file:
            os.chmod(self.settings, 0o600)
            file.write(f"BGJOB_TELEGRAM_TOKEN={TOKEN}\n"
                       f"BGJOB_TELEGRAM_API=http://127.0.0.1:{self.at}\n"
                       f"BGJOB_TELEGRAM_ALLOW={','.join(map(str, users))}\n"
                       f"BGJOB_TELEGRAM_GROUPS={group}\n"
                       "BGJOB_SOFT_DEADLINE=1s\nBGJOB_MILESTONE_INTERVAL=100ms\n")

    # -- programs

    def environment(self, points, **more):
        more = {"TMPDIR": os.path.join(self.folder, "tmp"), "BGJOB_AUTORUN": "no"} | more
        return super().environment(points, **more)

    def start(self, *argv, **more):
        # our own children must not be taken for orphans and reaped
        with self.lock:
            victim = super().start(*argv, **more)
            self.started[victim.process.pid] = victim
        return victim

    def path(self, name):
        """Of a program, as Store.start() wants it."""
        libexec = os.path.join(os.path.dirname(self.programs.rstrip("/")), "libexec", name)
        return libexec if os.path.exists(libexec) else name

    def tree(self):
        """(pid, name) of the processes below us that belong to no job."""
        below, names = {}, {}
        for pid in processes.pids():
            head, _, tail = processes.read(pid, "stat").rpartition(b") ")
            if not tail:
                continue
            state, parent = tail.split()[:2]
            if state != b"Z":
                names[pid] = head.partition(b"(")[2].decode(errors="replace")
            below.setdefault(int(parent), []).append((pid, state == b"Z"))
        self._reap([pid for pid, dead in below.get(os.getpid(), ()) if dead])
        found, left = [], [os.getpid()]
        while left:
            for pid, _ in below.get(left.pop(), ()):
                if pid in names and names[pid] != "bgjob-shim" and pid != self.fake.pid:
                    found.append((pid, names[pid]))
                    left.append(pid)
        return found

    def _reap(self, dead):
        with self.lock:
            self.started = {pid: v for pid, v in self.started.items()
                            if v.process.returncode is None}
            for pid in dead:
                if pid not in self.started and pid != self.fake.pid:
                    try:
                        os.waitpid(pid, os.WNOHANG)
                    except ChildProcessError:
                        pass

    def look_for_secret(self, tree):
        """In arguments, and in what jobs have around them."""
        for pid, name in tree:
            if SECRET in processes.read(pid, "cmdline"):
                self.in_sight.append(f"the arguments of {name}")
        for pid, _ in processes.shims(self.home):
            if SECRET in processes.read(pid, "environ") + processes.read(pid, "cmdline"):
                self.in_sight.append("a shim's environment")

    def files_with_secret(self):
        """Files of the folder, also cores, in which the token stands."""
        for folder, _, names in os.walk(self.folder):
            for name in names:
                path = os.path.join(folder, name)
                if path == self.settings or not stat.S_ISREG(os.lstat(path).st_mode):
                    continue
                with open(path, "rb") as file:
                    if SECRET in file.read():
                        yield path

    def remove(self):
        self.fake.kill()
        self.fake.wait()
        self.fake.stdout.close()
        super().remove()

    # -- the fake

    def tell(self, command, **given):
        with self.port:
            return self.control.call(command, **given)

    def away(self, seconds):
        """It goes; returns the moment, when it is back."""
        with self.port:
            self.control.call("away", seconds=seconds)
            at = time.monotonic()
            time.sleep(seconds + 0.2)
            while True:
                try:
                    self.control.call("polling")
                    return at
                except OSError:
                    time.sleep(0.1)

    def news(self):
        """The record so far, read on from where it was left."""
        with self.record_lock:
            if os.path.exists(self.record_file):
                with open(self.record_file, "rb") as file:
                    file.seek(self.record_read)
                    whole = file.read().rpartition(b"\n")[0]
                self.record_read += len(whole) + bool(whole)
                self.record += map(json.loads, whole.splitlines())
            return list(self.record)

    # -- services

    def keep(self, name, argv, points):
        """Start a service again whenever it has ended. points(rng) draws its BGJOB_FAILPOINTS."""
        self.kept.append(Keeper(self, name, argv, points))
        return self.kept[-1]

    def ends(self, name):
        """(start, end) of each life of a service that was killed."""
        return [life for keeper in self.kept if keeper.name == name for life in keeper.lives]

    def counts(self):
        """What the store has still to do, read from a backup."""
        copy, jobs = os.path.join(self.folder, "counts.db"), self.unfinished()
        if os.path.exists(copy):
            os.unlink(copy)
        status, _ = self.run("bgjob-backup", copy)
        if status:
            return {"backup": status}
        with sqlite3.connect(copy) as db:
            inbox, = db.execute("SELECT count(*) FROM inbox WHERE status = 'new'").fetchone()
            outbox, = db.execute("SELECT count(*) FROM delivery WHERE status IN"
                                 " ('pending', 'sending', 'uncertain')").fetchone()
        db.close()
        return {"jobs": len(jobs), "inbox": inbox, "outbox": outbox}


class Keeper:
    """One service. What it ends with is collected."""

    def __init__(self, bot, name, argv, points):
        self.bot, self.name, self.argv, self.points = bot, name, argv, points
        self.victim, self.lives, self.statuses = None, [], []
        self.stop, self.thread = threading.Event(), None

    def begin(self, rng):
        self.thread = threading.Thread(target=self._run, args=(rng,))
        self.thread.start()

    def _run(self, rng):
        while not self.stop.is_set():
            begun = time.monotonic()
            more = {"BGJOB_TELEGRAM_TOKEN": TOKEN} if rng.random() < 0.3 else {}
            self.victim = self.bot.start(*self.argv, points=self.points(rng),
                                         stdout=subprocess.DEVNULL, **more)
            self.statuses.append(self.victim.finish()[0])
            self.lives.append((begun, time.monotonic()))
            self.stop.wait(rng.uniform(0.0, 0.2))

    def kill(self):
        return self.victim is not None and self.victim.send(signal.SIGKILL)

    def end(self):
        """The last life of the chaos ends as all others."""
        self.stop.set()
        while self.thread.is_alive():
            self.kill()
            self.thread.join(0.05)


def supervise(bot):
    """bgjob up, with its messages in the log and its cores in the folder."""
    with bot.lock:
        victim = Victim([os.path.join(bot.programs, "bgjob-up")], bot.environment(None), bot.log,
                        subprocess.DEVNULL, subprocess.DEVNULL)
        bot.started[victim.process.pid] = victim
    return victim
