"""What the fake Telegram knows: chats, updates not yet confirmed, limits, faults and the record."""

import fnmatch
import hashlib
import json
import math
import random
import threading
import time
from collections import deque

POLL_MAX = 50
KEPT = {"callback_query": 150}
KEPT_ELSE = 24 * 3600
# All kinds except those that Telegram leaves out unless they are asked for.
ON_REQUEST = {"chat_member", "message_reaction", "message_reaction_count"}


class ApiError(Exception):
    def __init__(self, code, description, **parameters):
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


class Gone(Exception):
    """Whoever asked is no longer there."""


def bad(description):
    return ApiError(400, "Bad Request: " + description)


class Message:
    """data is the Message object of the Bot API; the rest is what only the fake knows."""

    def __init__(self, data, by_bot, silent=False):
        self.data, self.by_bot, self.silent = data, by_bot, silent
        self.edits, self.deleted, self.mono = 0, False, time.monotonic()


class Chat:
    def __init__(self, ident, kind, names):
        self.id, self.kind = ident, kind
        self.names = names
        self.state = "ok"  # or blocked, deactivated, kicked, left, deleted
        self.migrated = None
        self.forum = False
        self.topics = set()
        self.messages = {}
        self.last_own_id = 0
        # Flood control: what was requested, and what was accepted.
        self.wait_until = self.wait_since = 0.0
        self.last_wait = 0
        self.taken = deque(maxlen=1000)
        self.tokens, self.tokens_at = None, 0.0

    def object(self):
        data = {"id": self.id, "type": self.kind, **self.names}
        if self.forum:
            data["is_forum"] = True
        return data


class Rule:
    """One rule of the faults to be had; see telegram_control.py."""

    BEFORE = {"429", "500", "502", "hang", "cut_before", "garbage", "delay"}
    AFTER = {"cut_after", "hang_after", "garbage_after", "drip"}

    def __init__(self, given):
        self.kind = str(given["kind"])
        if self.kind not in self.BEFORE | self.AFTER:
            raise ValueError("no such kind of fault: " + self.kind)
        self.method = str(given.get("method", "*")).lower()
        self.chat = given.get("chat")
        self.p = float(given.get("p", 1))
        self.times = int(given["times"]) if given.get("times") is not None else None
        self.seconds = float(given.get("seconds", 30))
        self.ms = float(given.get("ms", 100))
        self.retry_after = int(given.get("retry_after", 1))
        self.reset = bool(given.get("reset", False))
        self.hits = 0

    def object(self):
        return dict(vars(self))

    def hit(self, method, chat, rng):
        if self.times is not None and self.hits >= self.times:
            return False
        if not any(fnmatch.fnmatchcase(method.lower(), one) for one in self.method.split(",")):
            return False
        if self.chat is not None and str(self.chat) != str(chat):
            return False
        if self.p < 1 and rng.random() >= self.p:
            return False
        self.hits += 1
        return True


class Flood:
    """The limits on messages to one chat, to a group and over all: off, observe or enforce."""

    def __init__(self):
        self.mode = "off"
        self.private_rate, self.private_burst = 1.0, 3
        self.group_per_minute, self.all_per_second = 20, 30
        self.all = deque(maxlen=1000)

    def set(self, given):
        for name, value in given.items():
            if name == "mode":
                if value not in ("off", "observe", "enforce"):
                    raise ValueError("flood mode: off, observe or enforce")
                if self.mode == "off":
                    self.all.clear()
                self.mode = value
            elif name in ("private_rate", "private_burst", "group_per_minute", "all_per_second"):
                setattr(self, name, float(value))
            else:
                raise ValueError("no such limit: " + name)

    def object(self):
        return {k: v for k, v in vars(self).items() if k != "all"}

    def _tokens(self, chat, now):
        if chat.tokens is None:
            return self.private_burst
        grown = chat.tokens + (now - chat.tokens_at) * self.private_rate
        return min(self.private_burst, grown)

    def over(self, chat, now):
        """(which limit, seconds until it is met again), or None. A little is forgiven: the way
        here takes longer for one message than for the next."""
        if self.mode == "off":
            return None
        if chat.kind == "private":
            tokens = self._tokens(chat, now)
            if tokens < 0.9:
                return "messages to one private chat", (1 - tokens) / self.private_rate
        elif len(chat.taken) >= self.group_per_minute:
            oldest = chat.taken[-int(self.group_per_minute)]
            if now - oldest < 59.5:
                return "messages to one group", 60 - (now - oldest)
        if len(self.all) >= self.all_per_second:
            oldest = self.all[-int(self.all_per_second)]
            if now - oldest < 0.95:
                return "messages to all chats", 1 - (now - oldest)
        return None

    def count(self, chat, now):
        if self.mode == "off":
            return
        chat.tokens, chat.tokens_at = self._tokens(chat, now) - 1, now
        chat.taken.append(now)
        self.all.append(now)


class World:
    """Everything, under one lock; changed is notified whenever something happened."""

    def __init__(self, token, seed=None, record=None, file_limit=50 << 20):
        self.token, self.file_limit = token, file_limit
        self.changed = threading.Condition(threading.RLock())
        self.rng = random.Random(seed)
        self.bot = {"id": int(token.partition(":")[0]), "is_bot": True, "first_name": "bgjob",
                    "username": "bgjob_test_bot"}
        self.chats, self.users = {}, {}
        self.last_message_id = 100
        self.updates, self.last_update_id = [], 700000000 + self.rng.randrange(1000000)
        self.allowed = []
        self.webhook = {"url": ""}
        self.polls = self.polling = 0
        self.callbacks, self.callback_timeout = {}, 60.0
        self.files, self.commands = {}, {}
        self.rules, self.flood = [], Flood()
        self.record, self.violations, self.received = [], 0, 0
        # pylint: disable=consider-using-with
        self.record_file = open(record, "a", encoding="utf-8") if record else None

    # Chats and messages.

    def user(self, ident, given=None):
        known = self.users.setdefault(ident, {
            "id": ident, "is_bot": False, "first_name": f"User {ident}", "language_code": "en"})
        for name in ("first_name", "last_name", "username", "is_bot", "language_code"):
            if given and given.get(name) is not None:
                known[name] = given[name]
        return known

    def declare(self, ident, given):
        """The chat, made if it is not there yet."""
        chat = self.chats.get(ident)
        if chat is None:
            kind = given.get("type")
            if not kind:
                kind = "private" if ident > 0 else (
                    "supergroup" if ident < -1000000000000 else "group")
            if kind == "private":
                user = self.user(given.get("user") or ident, given)
                names = {k: user[k] for k in ("first_name", "last_name", "username") if k in user}
            else:
                names = {"title": given.get("title") or f"Group {ident}"}
            chat = self.chats[ident] = Chat(ident, kind, names)
        if given.get("thread") is not None:
            chat.forum = True
            chat.topics.add(given["thread"])
        return chat

    def next_message_id(self, chat):
        if chat.kind in ("supergroup", "channel"):
            chat.last_own_id += 1
            return chat.last_own_id
        self.last_message_id += 1
        return self.last_message_id

    def find(self, chat_id, to_write=True):
        """The chat a method names; ApiError if the bot may not use it."""
        text = str(chat_id).strip()
        if not text:
            raise bad("chat_id is empty")
        chat = None
        if text.startswith("@"):
            chat = next((c for c in self.chats.values()
                         if c.names.get("username", "").lower() == text[1:].lower()
                         and c.kind != "private"), None)
        elif text.lstrip("-").isdigit():
            chat = self.chats.get(int(text))
        if chat is None or chat.state == "deleted":
            raise bad("chat not found")
        if not to_write:
            return chat
        if chat.migrated:
            raise ApiError(400, "Bad Request: group chat was upgraded to a supergroup chat",
                           migrate_to_chat_id=chat.migrated)
        where = "channel" if chat.kind == "channel" else f"{chat.kind} chat"
        refusal = {"blocked": "bot was blocked by the user", "deactivated": "user is deactivated",
                   "kicked": f"bot was kicked from the {where}",
                   "left": f"bot is not a member of the {where}"}.get(chat.state)
        if refusal:
            raise ApiError(403, "Forbidden: " + refusal)
        return chat

    # Updates.

    def push(self, kind, value):
        """Queues an update; returns its id, or None if this kind was not asked for."""
        if kind not in self.allowed and (self.allowed or kind in ON_REQUEST):
            return None
        self.last_update_id += 1
        self.updates.append((time.time(), kind, {"update_id": self.last_update_id, kind: value}))
        self.changed.notify_all()
        return self.last_update_id

    def _expire(self):
        now = time.time()
        self.updates = [u for u in self.updates if now - u[0] < KEPT.get(u[1], KEPT_ELSE)]

    def poll(self, offset, limit, timeout, connection):
        """getUpdates: waits, without the lock, until there is something or the time is over."""
        if self.webhook["url"]:
            raise ApiError(409, "Conflict: can't use getUpdates method while webhook is active; "
                                "use deleteWebhook to delete the webhook first")
        self.polls += 1
        self.changed.notify_all()
        self._expire()
        if offset > 0:
            self.updates = [u for u in self.updates if u[2]["update_id"] >= offset]
        elif offset < 0:
            self.updates = self.updates[offset:]
        self.polling += 1
        try:
            self._wait_for_updates(time.monotonic() + max(0, min(timeout, POLL_MAX)), connection)
        finally:
            self.polling -= 1
        return [u[2] for u in self.updates[:limit]]

    def _wait_for_updates(self, end, connection):
        mine = self.polls
        while not self.updates:
            if connection.gone():
                raise Gone
            left = end - time.monotonic()
            if left <= 0:
                return
            self.changed.wait(min(left, 0.25))
            if mine != self.polls:
                raise ApiError(409, "Conflict: terminated by other getUpdates request; make sure "
                                    "that only one bot instance is running")
            if self.webhook["url"]:
                raise ApiError(409, "Conflict: terminated by setWebhook request")

    # Faults and limits.

    def draw(self, method, chat):
        return next((rule for rule in self.rules if rule.hit(method, chat, self.rng)), None)

    def ask_to_wait(self, chat, seconds):
        """429: from now on nothing may come for the chat until this is over."""
        seconds = max(1, math.ceil(seconds))
        if chat:
            chat.wait_since = time.monotonic()
            chat.wait_until, chat.last_wait = chat.wait_since + seconds, seconds
        return ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)

    def check_wait(self, chat, entry):
        """Nothing may be sent to a chat before its retry_after is over; who does waits longer."""
        now = time.monotonic()
        if now >= chat.wait_until:
            return
        if entry["mono"] >= chat.wait_since:
            self.violation(entry, f"{chat.wait_until - now:.3f} s before retry_after was over")
            raise self.ask_to_wait(chat, 2 * chat.last_wait)
        left = math.ceil(chat.wait_until - now)  # Sent before it could know.
        raise ApiError(429, f"Too Many Requests: retry after {left}", retry_after=left)

    def check_flood(self, chat, entry):
        found = self.flood.over(chat, time.monotonic())
        if found:
            self.violation(entry, "over the limit of " + found[0])
            if self.flood.mode == "enforce":
                raise self.ask_to_wait(chat, max(found[1], 2 * chat.last_wait))

    # The record.

    def violation(self, entry, what):
        entry["violation"] = what
        self.violations += 1

    def begin(self, method, arrived):
        self.received += 1
        return {"n": self.received, "time": time.time(), "mono": arrived, "method": method,
                "chat": None, "params": {}, "files": {}, "taken": False, "message_id": None,
                "code": None, "description": None, "retry_after": None, "fault": None,
                "cut": False, "violation": None, "unknown": []}

    def end(self, entry):
        """The entry is complete; it is on record before its answer is sent."""
        self.record.append(entry)
        if self.record_file:
            self.record_file.write(json.dumps(entry) + "\n")
            self.record_file.flush()
        self.changed.notify_all()

    def keep_file(self, upload):
        ident = "BQAC" + hashlib.sha256(upload.content).hexdigest()[:40]
        self.files[ident] = upload
        return ident
