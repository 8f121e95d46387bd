"""Processes of a store, found in /proc and signalled without ever hitting another one."""

import os
import signal


def read(pid, name):
    try:
        with open(f"/proc/{pid}/{name}", "rb") as file:
            return file.read()
    except OSError:
        return b""


def pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def is_shim_of(pid, home):
    """The name ID-ATTEMPT of a shim whose state file is, or was, in this store's spool."""
    words = read(pid, "cmdline").split(b"\0")
    if len(words) < 2 or words[0] != b"bgjob-shim":
        return None
    try:
        state = os.readlink(f"/proc/{pid}/fd/3")
    except OSError:
        return None
    return words[1].decode() if state.startswith(f"{home}/spool/") else None


def shims(home):
    """(pid, "ID-ATTEMPT") of each living shim."""
    found = ((pid, is_shim_of(pid, home)) for pid in pids())
    return [(pid, name) for pid, name in found if name]


def variables(pid):
    pairs = (item.partition(b"=") for item in read(pid, "environ").split(b"\0"))
    return {name.decode(errors="replace"): value.decode(errors="replace")
            for name, _, value in pairs}


def of_store(home):
    """(pid, its variables) of everything that was started with this store."""
    found = ((pid, variables(pid)) for pid in pids() if pid != os.getpid())
    return [(pid, its) for pid, its in found if its.get("BGJOB_HOME") == home]


def commands(home):
    """(pid, ID, ATTEMPT) of what jobs have started."""
    return [(pid, int(its["BGJOB_ID"]), int(its["BGJOB_ATTEMPT"]))
            for pid, its in of_store(home) if "BGJOB_ID" in its]


def send(pid, number, still):
    """Signal a process that still() is the one meant; whether that was so."""
    try:
        pidfd = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        if not still(pid):
            return False
        signal.pidfd_send_signal(pidfd, number)
        return True
    except OSError:
        return False
    finally:
        os.close(pidfd)


def signal_shim(home, name, number):
    """Signal the shim of an attempt; whether there was one."""
    return any(send(pid, number, lambda p: is_shim_of(p, home) == name)
               for pid, its in shims(home) if its == name)


def end_all(home):
    """SIGKILL whatever still belongs to the store; how many there were."""
    def ours(pid):
        return is_shim_of(pid, home) or variables(pid).get("BGJOB_HOME") == home
    found = {pid for pid, _ in shims(home)} | {pid for pid, _ in of_store(home)}
    return sum(send(pid, signal.SIGKILL, ours) for pid in found)
