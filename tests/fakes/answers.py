"""Answers that a test has written down for a fake: the Nth line of a file is for the Nth request.

The file is read again for each request, so lines may be added at any time; when there is no line
for a request, it is taken. Beside it, the record: one JSON object a line.
"""

import json
import threading
import time


class Answers:
    def __init__(self, script, record):
        self.script, self.lock, self.count = script, threading.Lock(), 0
        # pylint: disable=consider-using-with
        self.record_file = open(record, "a", encoding="utf-8") if record else None

    def next(self):
        """The words of the next line; [] if there is none."""
        with self.lock:
            self.count += 1
            if not self.script:
                return []
            try:
                with open(self.script, encoding="utf-8") as lines:
                    every = lines.read().splitlines()
            except FileNotFoundError:
                return []
            return every[self.count - 1].split() if len(every) >= self.count else []

    def record(self, **entry):
        if self.record_file:
            entry = {"time": time.time(), "mono": time.monotonic(), **entry}
            with self.lock:
                self.record_file.write(json.dumps(entry) + "\n")
                self.record_file.flush()
