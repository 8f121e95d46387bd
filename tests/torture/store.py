"""A fresh store outside of anybody's home, its ledger, and the programs run on it."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

KEPT = ("PATH", "LANG", "TMPDIR", "USER", "LOGNAME", "HOME")


def wait_until(condition, seconds):
    """Whether the condition came true within so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


class Victim:
    """A program that was started and may be killed."""

    def __init__(self, argv, environment, log, stdin, stdout):
        self.process = subprocess.Popen(argv, env=environment, stdin=stdin, stdout=stdout,
                                        stderr=log)
        self.pidfd = os.pidfd_open(self.process.pid)

    def send(self, number):
        """Whether the signal found it."""
        try:
            signal.pidfd_send_signal(self.pidfd, number)
        except (ProcessLookupError, OSError):
            return False
        return True

    def finish(self, data=None, seconds=None):
        """Exit status and stdout."""
        try:
            out, _ = self.process.communicate(data, seconds)
        finally:
            if self.process.returncode is not None and self.pidfd >= 0:
                os.close(self.pidfd)
                self.pidfd = -1
        return self.process.returncode, out

    def end(self, number=signal.SIGTERM):
        self.send(number)
        return self.finish(seconds=30)[0]


class Store:
    """A folder with the store, the ledger, the messages of the programs and of the fail points."""

    def __init__(self, name, programs=None, folder=None):
        self.programs = programs or os.environ["BIN"]
        self.folder = folder or tempfile.mkdtemp(prefix=f"bgjob-torture-{name}-")
        self.home = os.path.join(os.path.realpath(self.folder), "store")
        self.ledger_file = os.path.join(self.folder, "ledger")
        self.deaths_file = os.path.join(self.folder, "deaths")
        self.log = open(os.path.join(self.folder, "stderr"), "ab")
        self.job = os.path.join(os.path.dirname(self.programs.rstrip("/")), "torture", "job")

    def environment(self, points, **more):
        variables = {name: os.environ[name] for name in KEPT if name in os.environ}
        variables |= {"BGJOB_HOME": self.home, "BGJOB_AUTORUN": "no", "TZ": "UTC",
                      "XDG_CONFIG_HOME": self.folder, "BGJOB_FAILPOINT_LOG": self.deaths_file}
        if points:
            variables["BGJOB_FAILPOINTS"] = points
        return variables | more

    def start(self, *argv, points=None, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
              stderr=None, **more):
        """Start a program; points: its BGJOB_FAILPOINTS, more: other variables of its."""
        program = os.path.join(self.programs, argv[0])
        return Victim([program, *map(str, argv[1:])], self.environment(points, **more),
                      stderr or self.log, stdin, stdout)

    def run(self, *argv, points=None, data=None, seconds=60, **more):
        """Run a program; its exit status and stdout."""
        stdin = subprocess.DEVNULL if data is None else subprocess.PIPE
        return self.start(*argv, points=points, stdin=stdin, **more).finish(data, seconds)

    def pool(self, slots=2, *options, points=None, **more):
        return self.start("bgjob-run", "-j", slots, *options, points=points,
                          stdout=subprocess.DEVNULL, **more)

    def submit(self, *argv, points=None, data=None, **more):
        """The id of the new job, or None where the program was killed."""
        status, out = self.run("bgjob-submit", *argv, points=points, data=data, **more)
        if status not in (0, 1, -signal.SIGKILL):
            raise RuntimeError(f"bgjob-submit: exit {status}: {argv}")
        return int(out) if out.endswith(b"\n") else None

    def details(self, ids=()):
        """What bgjob-status says of these jobs (of all), by id."""
        if not ids:
            _, out = self.run("bgjob-status", "--jsonl")
            ids = [json.loads(line)["id"] for line in out.splitlines()]
        found = {}
        for first in range(0, len(ids), 200):
            _, out = self.run("bgjob-status", "--jsonl", *ids[first:first + 200])
            found |= {job["id"]: job for job in map(json.loads, out.splitlines())}
        return found

    def status(self, job):
        return self.details([job])[job]["status"]

    def reason(self, job):
        return self.details([job])[job]["reason"]

    def unfinished(self):
        _, out = self.run("bgjob-status", "-s", "queued,running")
        return [int(line.split(b"\t")[0]) for line in out.splitlines()]

    def ledger(self):
        """Words and numbers of each line, in the order they were written."""
        try:
            with open(self.ledger_file, encoding="ascii") as file:
                lines = [line.split() for line in file]
        except FileNotFoundError:
            return []
        return [(line[0], *map(int, line[1:])) for line in lines]

    def in_ledger(self, word, job, attempt=None):
        return any(line[0] == word and line[1] == job and attempt in (None, line[2])
                   for line in self.ledger())

    def deaths(self):
        """Names of the fail points at which programs died."""
        try:
            with open(self.deaths_file, encoding="ascii") as file:
                return file.read().split()
        except FileNotFoundError:
            return []

    def spool(self):
        try:
            return sorted(os.listdir(os.path.join(self.home, "spool")))
        except FileNotFoundError:
            return []

    def messages(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as file:
            return file.read()

    def remove(self):
        self.log.close()
        shutil.rmtree(self.folder)
