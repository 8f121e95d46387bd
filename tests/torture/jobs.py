"""Jobs that are drawn at random, and what each has to write."""

import dataclasses
import functools
import json

PERIOD = 8191
SIZES = (0, 0, 1, 1, 4095, 4095, 65536, 65536, 1048577, 3145728)
INPUTS = (0, 1, 70000, 1500000)


@functools.lru_cache(maxsize=64)
def block(seed, size):
    """The first bytes of a pattern; the same as in job.c."""
    x, data = seed, bytearray(size)
    for i in range(size):
        x = (x * 1103515245 + 12345) & 0xFFFFFFFF
        data[i] = x >> 16 & 0xFF
    return bytes(data)


def pattern(seed, size):
    if size <= PERIOD:
        return block(seed, size)
    return (block(seed, PERIOD) * (size // PERIOD + 1))[:size]


@dataclasses.dataclass
class Order:
    """A job's command, read back from what the store says."""
    sizes: tuple
    ms: int
    code: int
    fail_before: int
    orphan: bool

    @classmethod
    def of(cls, command):
        flags = command[6:]
        before = int(flags[flags.index("-f") + 1]) if "-f" in flags else 0
        return cls((int(command[2]), int(command[3])), int(command[4]), int(command[5]), before,
                   "-o" in flags)

    def stream(self, job, which):
        return pattern(job * 2 + which + 1, self.sizes[which])


def draw_size(rng):
    return rng.choice(SIZES) if rng.random() < 0.7 else rng.randrange(5000)


def draw_ms(rng):
    return rng.randrange(100, 2000) if rng.random() < 0.12 else rng.randrange(30)


def draw(rng, known, program, ledger):
    """Options (long names and texts), command and input of one job. known: ids to wait for."""
    options = {}
    command = [program, ledger, str(draw_size(rng)), str(draw_size(rng) if rng.random() < .5 else 0),
               str(draw_ms(rng)), str(3 if rng.random() < 0.08 else 0)]
    data = None
    if rng.random() < 0.12:
        options |= {"retries": str(rng.randrange(1, 4)), "backoff": "20ms"}
        command += ["-f", str(rng.randrange(1, 4))]
    if rng.random() < 0.08:
        options["timeout"] = rng.choice(("30ms", "200ms", "1m"))
        options["grace"] = "50ms"
        command += ["-t"] if rng.random() < 0.5 else []
    if rng.random() < 0.06:
        command += ["-o", str(rng.randrange(200, 3000))]
    if known and rng.random() < 0.15:
        ids = rng.sample(known, min(len(known), rng.randrange(1, 4)))
        options[rng.choice(("after", "after-any"))] = ",".join(map(str, ids))
    if rng.random() < 0.05:
        options["unique"] = f"key{rng.randrange(3)}"
    if rng.random() < 0.05:
        options["in"] = f"{rng.randrange(400)}ms"
    if rng.random() < 0.08:
        options["queue"] = "one"
    if rng.random() < 0.1:
        data = pattern(0, rng.choice(INPUTS))
        command += ["-i", str(len(data))]
    if rng.random() < 0.5:
        options["env"] = "NONE"
    return options, command, data


def as_arguments(options, command, data):
    given = [word for name, value in options.items() for word in (f"--{name}", value)]
    return given + (["--input", "-"] if data is not None else []) + ["--", *command]


def as_line(options, command):
    return json.dumps(options | {"command": command}).encode() + b"\n"
