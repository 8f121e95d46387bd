"""What tests tell the fake Telegram to do, and ask it: over /control/ on the same port.

A request is POST /control/COMMAND with a JSON object, or GET with the same as a query. The answer
is JSON: {"ok": true, "result": ...}, or status 400 and {"ok": false, "error": "..."}.
From a shell:  tests/fakes/telegram --at PORT COMMAND [KEY=VALUE ...]
From Python:   Control(PORT).call(COMMAND, KEY=VALUE ...)

The commands, with their keys ([optional]); user, chat, message, thread are numbers:

  say user text [chat thread type title first_name last_name username is_bot language_code
      sender_chat reply_to edit=MESSAGE]     what a person writes (text=- : stdin, in the shell);
      a chat that is not there yet is made: private, or a group if its id is negative, or a
      supergroup from -1000000000001 down. Prints update_id and message_id. edit: an
      edited_message. sender_chat=CHAT: an anonymous administrator, or a channel.
  press chat [message user button data]      a button is pressed: the message's (else the chat's
      newest with buttons), by number from 0 or text in button, or by its callback data.
      data that no button has may be sent too. Prints update_id and callback_query_id.
  update kind value                          any other update: value is the object, as JSON
  chat chat [type title username thread forum]     declares a chat (and a topic) without a message
  block|unblock|deactivate|kick|left|delete chat   what happened to it; my_chat_member is queued
  migrate chat to                            a group became the supergroup `to`
  fault kind [method chat p times seconds ms retry_after reset]   adds a rule. Rules are tried in
      order, the first that hits counts. method: names or patterns, comma-separated (send*); p:
      probability; times: at most so often; kinds: 429 (retry_after), 500, 502, hang (seconds,
      then closed), cut_before, garbage: nothing is taken; cut_after, hang_after, garbage_after:
      it is, but the answer is lost; delay (ms), drip (ms for each byte of the answer). reset=1:
      a cut is a TCP reset. After a 429 anything for that chat before retry_after is over is a
      violation, and doubles it.
  faults [rules clear seed]                  replaces, clears or lists (with hits) the rules
  flood [mode private_rate private_burst group_per_minute all_per_second]     mode off, observe
      (exceeding is recorded) or enforce (429 too). Taken messages and edits are counted: 1 a
      second in a private chat after 3 at once, 20 a minute in a group, 30 a second in all.
  away seconds                               refuses connections, cuts those there are
  age seconds                                makes updates and callback queries that much older
  callbacks [timeout]                        seconds in which a query may be answered (60); lists
  record [method chat taken since]           everything received, one object a line: n, time, mono
      (CLOCK_MONOTONIC), method, chat, params, files, taken, message_id, code, description,
      retry_after, fault, cut (connection closed instead of an answer), violation, unknown
      (parameters that the method does not have). since: n greater than this.
  violations                                 those of the record that have one
  messages [chat by deleted]                 messages as they stand, by=bot or by=user, one object
      a line: the Message of the Bot API and by_bot, silent, edits, deleted, mono
  texts [chat by]                            only their texts (captions), one a line, as JSON
  file message chat                          the bytes of a document
  wait [what method chat taken by text count seconds since]   until there are count (1) entries
      of the record (what=record; code may be given too), messages (what=messages; text: a
      regular expression) or, what=pending, at most count (0) unconfirmed updates; seconds (10).
      Prints them; status 1 if the time is over.
  pending | commands | polling | stats       unconfirmed updates; menus that were set; whether a
      getUpdates is waiting; figures
  clear [what]                               record (and violations), updates, faults or all
GET /control/chat?chat=ID [&title=] is a page that shows the chat, as its user sees it.
"""

import contextlib
import http.client
import json
import re
import sys
import threading
import time

import telegram_page
from telegram_http import Answer
from telegram_state import Message, Rule

NUMBERS = {"user", "chat", "thread", "message", "edit", "to", "sender_chat", "reply_to", "times",
           "retry_after", "count", "since", "seed", "code"}
FRACTIONS = {"seconds", "ms", "p", "timeout"}
SWITCHES = {"is_bot", "taken", "reset", "forum", "deleted", "clear"}
LINES = {"record", "violations", "messages", "texts", "wait", "pending"}


class Refused(Exception):
    pass


def converted(given):
    """Numbers and switches from a query or a shell as such."""
    out = {}
    for name, value in given.items():
        if isinstance(value, str):
            if name in NUMBERS:
                value = int(value)
            elif name in FRACTIONS:
                value = float(value)
            elif name in SWITCHES:
                value = value.lower() in ("1", "true", "yes")
            elif name in ("value", "rules"):
                value = json.loads(value)
        out[name] = value
    return out


class ControlServer:
    """Answers requests to /control/."""

    def __init__(self, world, server):
        self.world, self.server = world, server

    def answer(self, request):
        command = request.path.removeprefix("/control/")
        run = getattr(self, "do_" + command, None)
        try:
            if not run:
                raise Refused("no such command: " + command)
            given = converted(request.parameters()[0])
            # One that waits takes the lock itself, from time to time.
            with self.world.changed if command != "wait" else contextlib.nullcontext():
                result = run(given, request.connection)
        except KeyError as what:
            return Answer(400, {"ok": False, "error": f"{command}: {what} is missing"})
        except (Refused, ValueError, TypeError) as why:
            return Answer(400, {"ok": False, "error": f"{command}: {why}"})
        return result if isinstance(result, Answer) else Answer(200, {"ok": True, "result": result})

    def _chat(self, given):
        chat = self.world.chats.get(given["chat"])
        if not chat:
            raise Refused("no such chat")
        return chat

    # What people do.

    def do_say(self, given, _connection):
        world = self.world
        user = world.user(given["user"], given)
        chat = world.declare(given.get("chat", given["user"]), given)
        if "edit" in given:
            old = chat.messages.get(given["edit"])
            if not old or old.by_bot:
                raise Refused("no such message of a user")
            data = {**old.data, "text": given["text"], "edit_date": int(time.time())}
            old.data, kind = data, "edited_message"
        else:
            data = {"message_id": world.next_message_id(chat), "from": dict(user),
                    "chat": chat.object(), "date": int(time.time()), "text": given["text"]}
            self._origin(given, data)
            if given.get("thread"):
                data.update(message_thread_id=given["thread"], is_topic_message=True)
            if given.get("reply_to") in chat.messages:
                data["reply_to_message"] = chat.messages[given["reply_to"]].data
            chat.messages[data["message_id"]] = Message(data, False)
            kind = "message" if chat.kind != "channel" else "channel_post"
        command = re.match(r"/[A-Za-z0-9_]{1,64}(@\w+)?", given["text"])
        if command:
            data["entities"] = [{"type": "bot_command", "offset": 0, "length": len(command[0])}]
        return {"update_id": world.push(kind, data), "message_id": data["message_id"]}

    def _origin(self, given, data):
        if given.get("sender_chat"):
            sender = self.world.declare(given["sender_chat"], {})
            data["sender_chat"] = sender.object()
            same = sender.id == data["chat"]["id"]
            data["from"] = {"id": 1087968824 if same else 136817688, "is_bot": True,
                            "first_name": "Group" if same else "Channel",
                            "username": "GroupAnonymousBot" if same else "Channel_Bot"}

    def do_press(self, given, _connection):
        world, chat = self.world, self._chat(given)
        message = chat.messages.get(given.get("message"))
        if "message" not in given:
            message = next((m for m in reversed(chat.messages.values())
                            if "reply_markup" in m.data and not m.deleted), None)
        if not message or message.deleted:
            raise Refused("no such message")
        rows = message.data.get("reply_markup", {}).get("inline_keyboard", [])
        buttons = [b for row in rows for b in row]
        data = given.get("data")
        if data is None:
            wanted = str(given.get("button", "0"))
            found = [b for i, b in enumerate(buttons) if wanted in (str(i), b["text"])]
            if not found or "callback_data" not in found[0]:
                raise Refused("no such button")
            data = found[0]["callback_data"]
        user = world.user(given.get("user", chat.id))
        ident = str(world.rng.randrange(10 ** 17, 10 ** 18))
        world.callbacks[ident] = {"id": ident, "time": time.time(), "data": data, "answer": None}
        update = world.push("callback_query", {
            "id": ident, "from": dict(user), "message": dict(message.data),
            "chat_instance": str(abs(chat.id) * 7919), "data": data})
        return {"update_id": update, "callback_query_id": ident}

    def do_update(self, given, _connection):
        return {"update_id": self.world.push(given["kind"], given["value"])}

    def do_chat(self, given, _connection):
        if set(given) <= {"chat", "title"}:
            chat = self.world.chats.get(given["chat"])
            if chat:
                page = telegram_page.page(chat, self.world.bot, given.get("title"))
                return Answer(200, page.encode(), "text/html; charset=utf-8")
        chat = self.world.declare(given["chat"], given)
        chat.forum = given.get("forum", chat.forum)
        if given.get("username"):
            chat.names["username"] = given["username"]
        return chat.object()

    def _set(self, given, state, status):
        chat = self._chat(given)
        chat.state = state
        old, new = ("member", status) if status != "member" else ("kicked", "member")
        user = self.world.user(chat.id) if chat.kind == "private" else {
            "id": 777000, "is_bot": False, "first_name": "Telegram"}
        if status:
            self.world.push("my_chat_member", {
                "chat": chat.object(), "from": user, "date": int(time.time()),
                "old_chat_member": self._member(old), "new_chat_member": self._member(new)})
        return chat.object()

    def _member(self, status):
        member = {"user": self.world.bot, "status": status}
        return {**member, "until_date": 0} if status == "kicked" else member

    def do_block(self, given, _connection):
        return self._set(given, "blocked", "kicked")

    def do_unblock(self, given, _connection):
        return self._set(given, "ok", "member")

    def do_deactivate(self, given, _connection):
        return self._set(given, "deactivated", None)

    def do_kick(self, given, _connection):
        return self._set(given, "kicked", "kicked")

    def do_left(self, given, _connection):
        return self._set(given, "left", "left")

    def do_delete(self, given, _connection):
        return self._set(given, "deleted", None)

    def do_migrate(self, given, _connection):
        world, chat = self.world, self._chat(given)
        new = world.declare(given["to"], {"type": "supergroup", "title": chat.names.get("title")})
        said = {"from": {"id": 777000, "is_bot": False, "first_name": "Telegram"},
                "date": int(time.time())}
        for where, what in ((chat, {"migrate_to_chat_id": new.id}),
                            (new, {"migrate_from_chat_id": chat.id})):
            data = {"message_id": world.next_message_id(where), "chat": where.object(),
                    **said, **what}
            where.messages[data["message_id"]] = Message(data, False)
            world.push("message", data)
        chat.migrated = new.id
        return new.object()

    # What goes wrong.

    def do_fault(self, given, _connection):
        self.world.rules.append(Rule(given))
        return self.world.rules[-1].object()

    def do_faults(self, given, _connection):
        if given.get("seed") is not None:
            self.world.rng.seed(given["seed"])
        if given.get("clear"):
            self.world.rules = []
        if "rules" in given:
            self.world.rules = [Rule(converted(rule)) for rule in given["rules"]]
        return [rule.object() for rule in self.world.rules]

    def do_flood(self, given, _connection):
        self.world.flood.set(given)
        return self.world.flood.object()

    def do_away(self, given, _connection):
        timer = threading.Timer(0.02, self.server.away, (given["seconds"],))
        timer.daemon = True
        timer.start()  # A little later, so that this answer is not cut.
        return True

    def do_age(self, given, _connection):
        world = self.world
        world.updates = [(u[0] - given["seconds"], *u[1:]) for u in world.updates]
        for query in world.callbacks.values():
            query["time"] -= given["seconds"]
        return True

    # What happened.

    def do_callbacks(self, given, _connection):
        self.world.callback_timeout = given.get("timeout", self.world.callback_timeout)
        return list(self.world.callbacks.values())

    def do_record(self, given, _connection):
        wanted = {k: v for k, v in given.items() if k in ("method", "chat", "taken", "code")}
        return [e for e in self.world.record
                if all(e[k] == v for k, v in wanted.items()) and e["n"] > given.get("since", 0)]

    def do_violations(self, _given, _connection):
        return [e for e in self.world.record if e["violation"]]

    def do_messages(self, given, _connection):
        chats = [self._chat(given)] if "chat" in given else self.world.chats.values()
        by = {"bot": (True,), "user": (False,)}.get(given.get("by"), (True, False))
        found = [m for c in chats for m in list(c.messages.values())
                 if m.by_bot in by and given.get("deleted", False) in (m.deleted, True)]
        pattern = re.compile(given.get("text", ""), re.S)
        return [{**m.data, "by_bot": m.by_bot, "silent": m.silent, "edits": m.edits,
                 "deleted": m.deleted, "mono": m.mono}
                for m in sorted(found, key=lambda m: m.mono)
                if pattern.search(m.data.get("text", m.data.get("caption", "")))]

    def do_texts(self, given, _connection):
        return [m.get("text", m.get("caption", "")) for m in self.do_messages(given, None)]

    def do_file(self, given, _connection):
        message = self._chat(given).messages.get(given["message"])
        if not message or "document" not in message.data:
            raise Refused("no such document")
        upload = self.world.files[message.data["document"]["file_id"]]
        return Answer(200, upload.content, "application/octet-stream")

    def do_wait(self, given, connection):
        end = time.monotonic() + given.get("seconds", 10)
        what = given.get("what", "record")
        if what not in ("record", "messages", "pending"):
            raise Refused("what: record, messages or pending")
        while True:
            with self.world.changed:
                found = getattr(self, "do_" + what)(given, None)
            if what == "pending":
                met = len(found) <= given.get("count", 0)
            else:
                met = len(found) >= given.get("count", 1)
            if met:
                return found
            if time.monotonic() >= end or connection.gone():
                raise Refused(f"not within {given.get('seconds', 10):g} s: {len(found)} {what}")
            time.sleep(0.02)

    def do_pending(self, _given, _connection):
        return [u[2] for u in self.world.updates]

    def do_commands(self, _given, _connection):
        return self.world.commands

    def do_polling(self, _given, _connection):
        return self.world.polling > 0

    def do_stats(self, _given, _connection):
        world = self.world
        return {"received": world.received, "violations": world.violations,
                "pending": len(world.updates), "chats": len(world.chats),
                "taken": sum(e["taken"] and e["method"].startswith("send") for e in world.record),
                "cut_after": sum(e["taken"] and e["cut"] for e in world.record)}

    def do_clear(self, given, _connection):
        world, what = self.world, given.get("what", "all")
        if what in ("record", "all"):
            world.record, world.violations = [], 0
        if what in ("updates", "all"):
            world.updates = []
        if what in ("faults", "all"):
            world.rules = []
        return True


class Failed(Exception):
    pass


class Control:
    """The same from Python: Control(port).call("say", user=1, text="hello")."""

    def __init__(self, port):
        self.port = int(port)

    def raw(self, command, **given):
        client = http.client.HTTPConnection("127.0.0.1", self.port,
                                            timeout=float(given.get("seconds", 10)) + 30)
        try:
            client.request("POST", "/control/" + command, json.dumps(given),
                           {"Content-Type": "application/json", "Connection": "close"})
            answer = client.getresponse()
            body = answer.read()
        finally:
            client.close()
        if answer.status != 200:
            raise Failed(json.loads(body)["error"])
        return body, answer.getheader("Content-Type")

    def call(self, command, **given):
        body, kind = self.raw(command, **given)
        return json.loads(body)["result"] if kind == "application/json" else body


def command_line(port, words):
    """tests/fakes/telegram --at PORT COMMAND [KEY=VALUE ...]; returns the exit status."""
    if not words:
        print(__doc__)
        return 2
    given = {}
    for word in words[1:]:
        name, equals, value = word.partition("=")
        if not equals:
            print(f"telegram: not KEY=VALUE: {word}", file=sys.stderr)
            return 2
        given[name] = sys.stdin.read() if value == "-" else value
    try:
        result = Control(port).call(words[0], **given)
    except (Failed, OSError, http.client.HTTPException) as why:
        print(f"telegram: {why}", file=sys.stderr)
        return 1
    if isinstance(result, bytes):
        sys.stdout.buffer.write(result)
    elif words[0] in LINES:
        for one in result:
            print(json.dumps(one, ensure_ascii=False))
    else:
        print(json.dumps(result, ensure_ascii=False))
    return 0
