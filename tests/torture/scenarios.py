"""What broke prototypes, each by its name. A scenario gets a fresh store and returns findings."""

import ctypes
import os
import shutil
import signal
import struct
import subprocess
import tempfile

import check
import processes
from load import SHIM, settle
from store import Store, wait_until

ALL = {}
AT_COMMAND, AT_VERSION, AT_RECORD = 576, 8, 2560   # in a state file (lib/shim/state.h)
PIDFD_GETFD = 438
SOON = 20                         # seconds; the thing itself takes milliseconds


class Skip(Exception):
    """Why a scenario cannot be run here."""


def scenario(function):
    ALL[function.__name__.replace("_", "-")] = function
    return function


def end_processes(store):
    processes.end_all(store.home)


def add(store, *options, out=1, ms=0, code=0, flags=(), **more):
    return store.submit(*options, "--", store.job, store.ledger_file, str(out), "0", str(ms),
                        str(code), *flags, **more)


def verdict(store, found, cancelled=()):
    """The general rules at the end of each."""
    return list(found) + settle(store) + check.check_all(store, cancelled=cancelled)[0]


def started(store, job, attempt=None):
    return wait_until(lambda: store.in_ledger("start", job, attempt), SOON)


def has_ended(store, job):
    return wait_until(lambda: store.status(job) not in ("queued", "running"), SOON)


def outcomes(store, job):
    return [attempt["outcome"] for attempt in store.details([job])[job]["attempts"]]


def died(found, store, name):
    found.expect(name in store.deaths(), f"nobody died at {name}")


def state_file(store, job, attempt=1):
    return os.path.join(store.home, "spool", f"{job}-{attempt}.state")


@scenario
def kill_between_claim_and_start(store):
    """Just before its commit, and after it with no shim yet: back to queued, and run once."""
    found, job = check.Findings(), add(store)
    for point, status in (("state-written", "queued"), ("before-shim", "running")):
        store.run("bgjob-run", "--once", points=f"{point}:1")
        died(found, store, point)
        found.expect(store.status(job) == status, f"{point}: {store.status(job)}")
    found.expect(not store.in_ledger("start", job), "it was started")
    found += settle(store)
    found.expect(store.status(job) == "done", f"it ended as {store.status(job)}")
    found.expect("never started" in outcomes(store, job), f"outcomes: {outcomes(store, job)}")
    return verdict(store, found)


@scenario
def two_recoverers_and_three_pools(store):
    """All settle and start the same jobs at once: requeued, running, ended, interrupted ones."""
    found = check.Findings()
    ids = [add(store, ms=40 * (n % 4), out=(1, 70000)[n % 2]) for n in range(24)]
    for points in ("before-shim:3", "shim-before-mark:2,shim-after-mark:3", "settle-examined:4",
                   "shim-before-pid:2:300"):
        pool = store.pool(6, points=points + ",before-shim:1:20")
        wait_until(lambda: processes.shims(store.home) or pool.process.poll() is not None, SOON)
        pool.end(signal.SIGKILL)
    found.expect(any(store.status(job) == "running" for job in ids), "nothing was left running")
    together = [store.start("bgjob-recover", points="settle-examined:1:20") for _ in range(2)]
    together += [store.pool(4, "--drain", points="settle-examined:2:10") for _ in range(3)]
    codes = [one.finish(seconds=60)[0] for one in together]
    found.expect(codes == [0] * 5, f"exit codes {codes}")
    return verdict(store, found)


@scenario
def requeued_attempt_late_removal(store):
    """Attempt 2 runs while the files of attempt 1, which never started, are still being removed."""
    found = check.Findings()
    job = add(store, out=4095, ms=200)
    store.run("bgjob-run", "--once", points="before-shim:1")
    died(found, store, "before-shim")
    late = store.start("bgjob-recover", points="spool-removal:1:1000")
    found.expect(wait_until(lambda: store.status(job) == "queued", SOON), "not requeued")
    pool = store.pool(2)
    found.expect(started(store, job, 2), "attempt 2 was not started")
    found.expect(os.path.exists(state_file(store, job)), "the old files went early: no overlap")
    found.expect(has_ended(store, job), "attempt 2 did not end")
    found.expect(late.finish(seconds=SOON)[0] == 0, "bgjob-recover failed")
    found.expect(pool.end() == 0, "the pool failed")
    found.expect(store.status(job) == "done", f"it ended as {store.status(job)}")
    return verdict(store, found)


@scenario
def rm_rf_spool(store):
    """Under running jobs, with their pool alive and with a new one: lost, not done, not stuck."""
    found = check.Findings()
    first, second = add(store, out=4095, ms=1500), add(store, out=4095, ms=1500)
    pool = store.pool(1)
    found.expect(started(store, first), "not started")
    shutil.rmtree(os.path.join(store.home, "spool"))
    found.expect(has_ended(store, first), "the pool did not settle it")
    found.expect(store.reason(first) == "runner killed", f"first: {store.reason(first)}")
    found.expect(started(store, second), "the pool started nothing more")
    pool.end(signal.SIGKILL)
    shutil.rmtree(os.path.join(store.home, "spool"))
    found += settle(store)
    found.expect(store.reason(second) == "interrupted by restart", f"second: {store.reason(second)}")
    third = add(store, out=4095)
    found += settle(store)
    found.expect(store.status(third) == "done", "the next job was not run")
    found.expect(wait_until(lambda: not processes.shims(store.home), SOON), "a shim is left")
    return verdict(store, found)


@scenario
def backup_over_newer_spool(store):
    """The store goes back to an older state; the spool has living and dead files of a later one."""
    found, copy = check.Findings(), os.path.join(store.folder, "backup.db")
    if not os.access(os.path.join(store.programs, "bgjob-backup"), os.X_OK):
        raise Skip("no bgjob-backup")
    ids = [add(store, out=4095, ms=ms) for ms in (0, 1200, 0)]
    status, _ = store.run("bgjob-backup", copy)
    found.expect(status == 0, f"bgjob-backup: exit {status}")
    store.run("bgjob-run", "--once")
    pool = store.pool(1, points="settle-examined:1")
    found.expect(started(store, ids[1]), "not started")
    pool.end(signal.SIGKILL)
    living = [name for _, name in processes.shims(store.home)]
    found.expect(living == [f"{ids[1]}-1"], f"living shims: {living}")
    for suffix in ("-wal", "-shm"):
        os.unlink(f"{store.home}/bgjob.db{suffix}")
    shutil.copyfile(copy, f"{store.home}/bgjob.db")
    # the ledger covers both runs: only the new one is checked
    os.rename(store.ledger_file, store.ledger_file + ".before")
    later = add(store, out=70000)
    found += settle(store)
    for job in (*ids, later):
        found.expect(store.status(job) == "done", f"job {job}: {store.status(job)}")
    attempt = store.details([ids[1]])[ids[1]]["attempt"]
    found.expect(attempt == 2, f"the number of the living shim's attempt was used: {attempt}")
    found.expect(wait_until(lambda: not processes.shims(store.home), SOON), "a shim is left")
    store.run("bgjob-run", "--drain")
    with open(store.ledger_file, encoding="ascii") as file:
        lines = [line for line in file if line != f"end {ids[1]} 1\n"]
    with open(store.ledger_file, "w", encoding="ascii") as file:
        file.writelines(lines)
    return verdict(store, found)


@scenario
def commit_noticed_without_second_event(store):
    """Whoever commits dies before it can wake the others: they notice all the same."""
    found = check.Findings()
    store.run("bgjob-queue", "--limit", 1, "held")
    store.run("bgjob-queue", "--pause", "held")
    job = add(store, "-q", "held")
    pool = store.pool(1)
    waiting = store.start("bgjob-wait", job)
    try:
        waiting.finish(seconds=0.3)
        found.append("bgjob-wait did not wait")
    except subprocess.TimeoutExpired:
        pass
    store.run("bgjob-cancel", job, points="after-commit:1")
    died(found, store, "after-commit")
    found.expect(store.status(job) == "cancelled", "the commit is not there")
    try:
        waiting.finish(seconds=3)
    except subprocess.TimeoutExpired:
        found.append("bgjob-wait did not notice a cancellation")
        waiting.end(signal.SIGKILL)
    add(store, points="after-commit:1")
    if not wait_until(lambda: store.in_ledger("end", job + 1), 3):
        found.append("an idle pool did not notice a submission")
    pool.end()
    return verdict(store, found, cancelled={job})


@scenario
def shim_killed_before_command(store):
    """At each step of a shim: before its mark the job is run again, behind it is interrupted."""
    found, points = check.Findings(), [name for name in SHIM if name != "command-before-exec"]
    for point in points:
        job = add(store, out=4095)
        pool = store.pool(1, points=f"{point}:1")
        found.expect(wait_until(lambda: point in store.deaths(), SOON), f"no shim died at {point}")
        pool.end(signal.SIGKILL)
        found += settle(store)
        again = point in ("shim-before-pid", "shim-after-pid", "shim-before-mark")
        seen = point == "shim-after-record"
        want = "done" if again or seen else "failed"
        got = store.details([job])[job]
        found.expect(got["status"] == want, f"{point}: {got['status']} ({got['reason']})")
        found.expect((got["attempt"] > 1) == again, f"{point}: {got['attempt']} attempts")
    return verdict(store, found)


@scenario
def exit_record_on_full_disk(store):
    """The exit record fits when nothing else does; the end is recorded when there is room."""
    if os.geteuid() != 0:
        raise Skip("not root: cannot mount a small file system")
    place = tempfile.mkdtemp(prefix="bgjob-torture-disk-")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", place],
                             stderr=subprocess.DEVNULL, check=False)
    if mounted.returncode:
        os.rmdir(place)
        raise Skip("cannot mount a tmpfs")
    small = Store("", folder=tempfile.mkdtemp(dir=place))
    small.ledger_file = store.ledger_file
    try:
        return fill_disk(small)
    finally:
        end_processes(small)
        small.log.close()
        subprocess.run(["umount", "-l", place], check=True)
        os.rmdir(place)


def fill_disk(store):
    found, ballast = check.Findings(), os.path.join(store.folder, "ballast")
    room = {"BGJOB_MIN_FREE": "0"}
    job = add(store, out=3145728, ms=1000)
    pool = store.pool(1, **room)
    found.expect(started(store, job), "not started")
    with open(ballast, "wb", buffering=0) as file:
        try:
            while file.write(b"\1" * 4096) == 4096:
                pass
        except OSError:
            pass
    found.expect(wait_until(lambda: not processes.shims(store.home), SOON), "the shim did not end")
    with open(state_file(store, job), "rb") as file:
        found.expect(struct.unpack_from("=qq", file.read(), AT_RECORD) == (job, 1), "no exit record")
    found.expect(store.status(job) == "running", "recorded on a full disk?")
    found.expect(pool.process.poll() is None, "the pool died of a full disk")
    os.unlink(ballast)
    found.expect(has_ended(store, job), "its end was not recorded when there was room")
    reason = store.reason(job)
    found.expect(reason == "exit 7; the disk was full", f"reason: {reason}")
    _, out = store.run("bgjob-output", job)
    want = check.Order.of(store.details([job])[job]["command"]).stream(job, 0)
    found.expect(0 < len(out) < len(want) and want.startswith(out), f"{len(out)} bytes of output")
    found.expect(pool.end() == 0, "the pool failed")
    found.expect(store.spool() == [], f"left in spool/: {store.spool()}")
    status, said = store.run("bgjob-recover", "--check")
    found.expect(status == 0, f"--check: {said}")
    return found


@scenario
def cancel_between_claim_and_pid(store):
    """The mark is set before the shim has a pid, and by one who dies before he can signal."""
    found = check.Findings()
    job = add(store, ms=20000)
    pool = store.pool(1, points="shim-before-pid:1:700")
    found.expect(wait_until(lambda: store.status(job) == "running", SOON), "not claimed")
    store.run("bgjob-cancel", job)
    found.expect(not store.in_ledger("start", job), "too late: it has started")
    found.expect(has_ended(store, job), "not cancelled")
    found.expect(not store.in_ledger("start", job), "it was started though cancelled before")
    pool.end()
    dead = add(store)
    store.run("bgjob-run", "--once", points="before-shim:1")
    store.run("bgjob-cancel", dead)
    found += settle(store)
    for one in (job, dead):
        found.expect(store.status(one) == "cancelled", f"job {one}: {store.status(one)}")
    return verdict(store, found, cancelled={job, dead})


@scenario
def old_shim_under_new_pool(store):
    """Programs are replaced under running jobs; a state file of a later version is left alone."""
    found, old = check.Findings(), os.path.join(store.folder, "old")
    top = os.path.dirname(store.programs.rstrip("/"))
    for part in ("bin", "libexec"):
        shutil.copytree(os.path.join(top, part), os.path.join(old, part))
    job, later = (add(store, out=70000, ms=ms) for ms in (600, 1500))
    pool = subprocess.Popen([f"{old}/bin/bgjob-run", "-j", "2"], env=store.environment(None),
                            stderr=store.log)
    found.expect(started(store, job) and started(store, later), "not started")
    pool.kill()
    pool.wait()
    shutil.rmtree(old)
    with open(state_file(store, later), "r+b", buffering=0) as file:
        version, = struct.unpack("=I", os.pread(file.fileno(), 4, AT_VERSION))
        os.pwrite(file.fileno(), struct.pack("=I", version + 1), AT_VERSION)
        before = os.pread(file.fileno(), AT_COMMAND, 0)
        new = store.pool(2)
        found.expect(has_ended(store, job), "the old shim's job did not end")
        found.expect(store.status(later) == "running", f"later version: {store.status(later)}")
        found.expect(os.path.exists(state_file(store, later)), "its file was removed")
        found.expect(os.pread(file.fileno(), AT_COMMAND, 0) == before, "its file was written to")
        os.pwrite(file.fileno(), struct.pack("=I", version), AT_VERSION)
    found.expect(has_ended(store, later), "the second did not end")
    found.expect(new.end() == 0, "the pool failed")
    for one in (job, later):
        found.expect(store.status(one) == "done", f"job {one}: {store.status(one)}")
    return verdict(store, found)


def copy_lock(pool, name):
    """A descriptor of ours for the same open file, as a child has before its exec."""
    folder = f"/proc/{pool.process.pid}/fd"
    for fd in os.listdir(folder):
        if os.readlink(f"{folder}/{fd}").endswith(f"/{name}"):
            ours = ctypes.CDLL(None, use_errno=True).syscall(PIDFD_GETFD, pool.pidfd, int(fd), 0)
            if ours < 0:
                raise Skip(f"pidfd_getfd: {os.strerror(ctypes.get_errno())}")
            return ours
    raise RuntimeError(f"the pool does not hold {name}")


@scenario
def lock_outlives_its_pool(store):
    """A pool dies while a child of its is between fork and exec, which holds its lock so long."""
    found, job = check.Findings(), add(store, ms=500)
    pool = store.pool(1)
    found.expect(started(store, job), "not started")
    heir = store.pool(1)
    # the second pool has seen the first one as soon as it runs a job
    other = add(store)
    found.expect(has_ended(store, other), "the second pool runs nothing")
    lock = copy_lock(pool, "pool.lock")
    pool.end(signal.SIGKILL)
    found.expect(wait_until(lambda: store.in_ledger("end", job), SOON), "the job did not end")
    os.close(lock)
    found.expect(has_ended(store, job), "the other pool did not take the job over")
    found.expect(heir.end() == 0, "the pool failed")
    return verdict(store, found)


@scenario
def leftovers_of_a_dead_pool(store):
    """What outlived its shim blocks the retry; whoever settles it, a living pool sees it go."""
    found = check.Findings()
    for settler in ("pool", "recover"):
        job = add(store, "--retries", "1", "--backoff", "20ms", ms=2500, flags=("-o", "1500"))
        pool = store.pool(1)
        found.expect(wait_until(lambda: store.in_ledger("orphan", job, 1), SOON), "not started")
        if settler == "pool":
            heir = store.pool(1)
            # it knows the first pool as soon as it runs a job
            found.expect(has_ended(store, add(store)), "the second pool runs nothing")
        pool.send(signal.SIGSTOP)
        processes.signal_shim(store.home, f"{job}-1", signal.SIGKILL)
        pool.end(signal.SIGKILL)
        if settler == "recover":
            store.run("bgjob-recover")
            heir = store.pool(1)
        found.expect(wait_until(lambda: store.status(job) == "queued", SOON), "not settled")
        found.expect(not store.in_ledger("start", job, 2), "the retry did not wait")
        found.expect(started(store, job, 2), f"{settler}: the retry was never started")
        found.expect(has_ended(store, job), "the retry did not end")
        found.expect(heir.end() == 0, "the pool failed")
    return verdict(store, found)
