"""Tests of the fakes themselves, as TAP; run by tests/telegram.t."""

import hashlib
import hmac
import http.client
import json
import os
import re
import smtplib
import socket
import subprocess
import sys
import threading
import time
import traceback
import urllib.parse

import telegram_html
from telegram_control import Control

HERE = os.path.dirname(os.path.abspath(__file__))
TOKEN = "4242:check-SECRET"


class Tap:
    count = failed = 0

    def ok(self, good, name, got=None):
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}", flush=True)
        if not good:
            print("#   got: " + str(got)[:1500].replace("\n", "\n#   "), flush=True)


tap = Tap()
ok = tap.ok


class Fake:
    """A fake that runs; its port is the line that it prints."""

    def __init__(self, *words):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen([os.path.join(HERE, words[0]), *words[1:]], text=True,
                                        stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Client:
    """Calls methods over one connection that is kept."""

    def __init__(self, port, token=TOKEN):
        self.port, self.token = port, token
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def raw(self, method, body=b"", kind="application/json"):
        try:
            self.http.request("POST", f"/bot{self.token}/{method}", body, {"Content-Type": kind})
            answer = self.http.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self.http.close()
            raise

    def call(self, method, **params):
        """The result, or what went wrong: (code, description, parameters)."""
        status, body = self.raw(method, json.dumps(params).encode())
        got = json.loads(body)
        if got["ok"]:
            return got["result"]
        if status != got["error_code"]:
            return ("status", status, got)
        return got["error_code"], got["description"], got.get("parameters", {})


def refused(got, code, pattern):
    return isinstance(got, tuple) and got[0] == code and re.search(pattern, got[1])


def lost(client, method, **params):
    """The connection ends without an answer."""
    try:
        return client.call(method, **params) is None
    except (OSError, http.client.HTTPException):
        return True


def test_requests(fake):
    one, control = Client(fake.port), Control(fake.port)
    ok(one.call("getMe")["username"] == "bgjob_test_bot", "getMe")
    ok(refused(Client(fake.port, "4242:other").call("getMe"), 401, "^Unauthorized$"), "401")
    ok(refused(one.call("getNothing"), 404, "Not Found"), "404 for a method that is not there")
    ok(refused(one.call("sendMessage", chat_id=1, text="x"), 400, "^Bad Request: chat not found$"),
       "a chat is there once somebody wrote from it")
    ok(refused(one.call("sendMessage", text="x"), 400, "chat_id is empty"), "no chat")
    control.call("say", user=1, text="hello")
    ok(one.call("sendMessage", chat_id="1", text="a")["text"] == "a", "numbers may be strings")
    form = urllib.parse.urlencode({"chat_id": 1, "text": "ü&<"}).encode()
    status, body = one.raw("sendMessage", form, "application/x-www-form-urlencoded")
    ok(status == 200 and json.loads(body)["result"]["text"] == "ü&<", "a form", body)
    one.http.request("GET", f"/bot{TOKEN}/sendMessage?chat_id=1&text=q")
    ok(json.loads(one.http.getresponse().read())["result"]["text"] == "q", "a query")
    for body, name in ((b'{"text":', "broken JSON"), (b'{"text":"\xff"}', "invalid UTF-8"),
                       (b'{"chat_id":1,"text":"\\ud800"}', "half a surrogate pair")):
        ok(one.raw("sendMessage", body)[0] == 400, name)
    ok(TOKEN not in json.dumps(control.call("record")), "the token is not on record")


def test_text(fake):
    one, control = Client(fake.port), Control(fake.port)
    control.call("say", user=1, text="hello")

    def send(text, mode="HTML", **keys):
        return one.call("sendMessage", chat_id=1, text=text, parse_mode=mode, **keys)

    ok(refused(send(""), 400, "message text is empty"), "empty text")
    ok(refused(send(" \n\u200b "), 400, "text must be non-empty"), "white space alone")
    ok(refused(send("<b></b>"), 400, "must be non-empty"), "tags alone")
    ok(send("x" * 4096)["text"] == "x" * 4096, "4096 characters")
    ok(refused(send("x" * 4097), 400, "message is too long"), "4097")
    ok(refused(send("\U0001f600" * 2049), 400, "message is too long"), "4098 UTF-16 units")
    ok(len(send("<b>" + "&amp;" * 4096 + "</b>")["text"]) == 4096, "counted after parsing")
    ok(refused(send("&amp;" * 6554), 400, "text is too long"), "32,770 bytes before are not")
    ok(send("  a\x1b[1m\u202eb\r\n ")["text"] == "a [1m" + "b", "controls and bidi marks are lost")
    ok(refused(send("<b>x"), 400, 'can\'t parse entities: Can\'t find end tag .* "b"$'), "no end")
    ok(refused(send("x", mode="Wiki"), 400, "unsupported parse_mode"), "another parse_mode")
    ok(send("<b>x", mode="")["text"] == "<b>x", "without parse_mode nothing is parsed")


GOOD = (
    ("a &lt;b&gt; &amp;&quot; &#65;&#x42; &copy; & &amp", 'a <b> &" AB &copy; & &', []),
    ("<b>b<i>i</i></b>", "bi", [("bold", 0, 2), ("italic", 1, 1)]),
    ("<STRONG>x</strong><em>y</EM>", "xy", [("bold", 0, 1), ("italic", 1, 1)]),
    ("\U0001f600<u>x</u>", "\U0001f600x", [("underline", 2, 1)]),
    ('<pre><code class="language-c">x</code></pre>', "x", [("pre", 0, 1)]),
    ("<pre>a\n b</pre>", "a\n b", [("pre", 0, 4)]),
    ("<code><b>x</b></code>", "x", [("code", 0, 1)]),
    ('<a href="https://example.org/?a&amp;b">x</a>', "x", [("text_link", 0, 1)]),
    ("<a>x</a>", "x", []),
    ("<span class='tg-spoiler'>x</span>", "x", [("spoiler", 0, 1)]),
    ("<blockquote expandable>x</blockquote>", "x", [("expandable_blockquote", 0, 1)]),
    ("<b>x</b >", "x", [("bold", 0, 1)]),
    ("<b>x</>", "x", [("bold", 0, 1)]),
    ("a > b", "a > b", []),
)
BAD = (
    ("a < b", 'Unsupported start tag "" at byte offset 2'),
    ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
    ("é<br/>", 'Unsupported start tag "br/" at byte offset 2'),
    ("<", "Unclosed start tag at byte offset 0"),
    ("<b", "Unclosed start tag at byte offset 0"),
    ("<b>x</b", "Unclosed end tag at byte offset 4"),
    ("x</b>", "Unexpected end tag at byte offset 1"),
    ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
    ('<a href="x>y</a>', "Unclosed start tag at byte offset 0"),
    ("<a href=a/b>y</a>", "Unexpected end of name token at byte offset 8"),
    ("<a =x>y</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
    ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ("&#xd83d;", "Text contains invalid Unicode characters after decoding HTML entities"),
)


def test_html():
    for source, text, wanted in GOOD:
        try:
            plain, found = telegram_html.clean(*telegram_html.parse(source))
        except telegram_html.ParseError as why:
            plain, found = why, []
        found = [(e["type"], e["offset"], e["length"]) for e in found]
        ok(plain == text and found == wanted, "good: " + ascii(source), (plain, found))
    for source, words in BAD:
        try:
            ok(False, "bad: " + ascii(source), telegram_html.parse(source))
        except telegram_html.ParseError as why:
            ok(str(why).startswith(words), "bad: " + ascii(source), why)
    deep = "<b>" * 5000 + "x" + "</b>" * 5000
    ok(telegram_html.clean(*telegram_html.parse(deep))[0] == "x", "5,000 tags within each other")


def test_updates(fake):
    one, control = Client(fake.port), Control(fake.port)
    control.call("clear")
    ids = [control.call("say", user=1, text=str(i))["update_id"] for i in range(3)]
    got = one.call("getUpdates")
    ok([u["update_id"] for u in got] == ids, "updates come in order", got)
    ok(one.call("getUpdates") == got, "and again, as they were not confirmed")
    ok(one.call("getUpdates", offset=ids[0] + 1, limit=1) == got[1:2], "offset and limit")
    ok(one.call("getUpdates", offset=-1) == got[2:], "a negative offset forgets what is older")
    one.call("getUpdates", offset=ids[2] + 1, allowed_updates=["callback_query"])
    ok(control.call("say", user=1, text="x")["update_id"] is None
       and one.call("getWebhookInfo")["allowed_updates"] == ["callback_query"],
       "allowed_updates is kept until it is given again")
    one.call("getUpdates", allowed_updates=[])

    first, ends = Client(fake.port), []
    poller = threading.Thread(target=lambda: ends.append(first.call("getUpdates", timeout=50)))
    poller.start()
    while not control.call("polling"):
        time.sleep(0.01)
    second = Client(fake.port)
    waking = threading.Thread(target=lambda: ends.append(second.call("getUpdates", timeout=50)))
    waking.start()
    poller.join()
    ok(refused(ends[0], 409, "terminated by other getUpdates request"), "a second poller wins")
    control.call("say", user=1, text="wake")
    waking.join()
    ok(ends[1][0]["message"]["text"] == "wake", "and is woken by what comes", ends)
    one.call("getUpdates", offset=ends[1][0]["update_id"] + 1)
    one.call("setWebhook", url="https://example.org/x")
    ok(refused(one.call("getUpdates"), 409, "webhook is active"), "409 while there is a webhook")
    one.call("deleteWebhook")
    ok(one.call("getUpdates") == [], "not after deleteWebhook")
    control.call("say", user=1, text="old")
    control.call("age", seconds=25 * 3600)
    ok(one.call("getUpdates") == [], "updates are kept for 24 hours")


def test_chats(fake):
    one, control = Client(fake.port), Control(fake.port)
    for number in (11, 12, 13):
        control.call("say", user=number, text="x")
    control.call("say", user=11, chat=-14, text="x")
    control.call("block", chat=11)
    control.call("deactivate", chat=12)
    control.call("delete", chat=13)
    control.call("kick", chat=-14)
    for chat, code, words in ((11, 403, "^Forbidden: bot was blocked by the user$"),
                              (12, 403, "^Forbidden: user is deactivated$"),
                              (13, 400, "^Bad Request: chat not found$"),
                              (-14, 403, "^Forbidden: bot was kicked from the group chat$")):
        ok(refused(one.call("sendMessage", chat_id=chat, text="x"), code, words), words)
    control.call("unblock", chat=11)
    ok(one.call("sendMessage", chat_id=11, text="x")["chat"]["id"] == 11, "an unblocked chat")
    control.call("chat", chat=-15)
    control.call("migrate", chat=-15, to=-1000000000015)
    got = one.call("sendMessage", chat_id=-15, text="x")
    ok(refused(got, 400, "upgraded to a supergroup")
       and got[2] == {"migrate_to_chat_id": -1000000000015}, "a group that moved", got)
    ok(one.call("sendMessage", chat_id=-1000000000015, text="x")["message_id"] > 1, "its new id")
    control.call("chat", chat=-1000000000016, thread=9)
    ok(one.call("sendMessage", chat_id=-1000000000016, message_thread_id=9, text="x")
       ["is_topic_message"], "a topic")
    for thread in (1, 8):
        ok(refused(one.call("sendMessage", chat_id=-1000000000016, message_thread_id=thread,
                            text="x"), 400, "thread not found"), f"not topic {thread}")


def test_messages(fake):
    one, control = Client(fake.port), Control(fake.port)
    control.call("say", user=1, text="x")
    control.call("callbacks", timeout=60)

    def keys(data):
        return {"inline_keyboard": [[{"text": "A", "callback_data": data}]]}

    for data, good in (("x", True), ("é" * 32, True), ("é" * 33, False), ("", False)):
        got = one.call("sendMessage", chat_id=1, text="x", reply_markup=json.dumps(keys(data)))
        ok(good == isinstance(got, dict) and (good or "BUTTON_DATA_INVALID" in got[1]),
           f"callback data of {len(data.encode())} bytes", got)
    sent = one.call("sendMessage", chat_id=1, text="press", reply_markup=keys("go"))
    ident = control.call("press", chat=1, message=sent["message_id"])["callback_query_id"]
    ok(refused(one.call("answerCallbackQuery", callback_query_id=ident, text="x" * 201), 400,
               "MESSAGE_TOO_LONG"), "an answer of 201 characters")
    ok(one.call("answerCallbackQuery", callback_query_id=ident, text="x" * 200) is True, "of 200")
    ok(refused(one.call("answerCallbackQuery", callback_query_id=ident), 400, "query is too old"),
       "twice")
    edit = {"chat_id": 1, "message_id": sent["message_id"]}
    ok("reply_markup" not in one.call("editMessageText", **edit, text="new"), "an edit")
    ok(refused(one.call("editMessageText", **edit, text="new"), 400, "message is not modified"),
       "the same again")
    ok(one.call("editMessageReplyMarkup", **edit, reply_markup=keys("y"))["reply_markup"]
       == keys("y"), "other buttons")
    ok(refused(one.call("editMessageText", chat_id=1, message_id=9999, text="x"), 400,
               "message to edit not found"), "one that is not there")
    ok(refused(one.call("sendMessage", chat_id=1, text="x", reply_parameters={"message_id": 9999}),
               400, "message to be replied not found"), "an answer to one that is not there")
    ok("reply_to_message" not in one.call("sendMessage", chat_id=1, text="x", reply_parameters={
        "message_id": 9999, "allow_sending_without_reply": True}), "if that is allowed")
    ok(one.call("deleteMessage", **edit) is True, "a message is deleted")
    ok(one.call("sendChatAction", chat_id=1, action="typing") is True, "typing")
    ok(refused(one.call("sendChatAction", chat_id=1, action="x"), 400, "wrong parameter action"),
       "another action")
    for command, said, good in (("jobs", "Jobs", True), ("Jobs", "Jobs", False),
                                ("a-b", "x", False), ("x" * 33, "x", False), ("x", "", False), ("x", "y" * 257, False)):
        got = one.call("setMyCommands", commands=[{"command": command, "description": said}])
        ok(good == (got is True), f"command {command[:9]}, {len(said)} characters about it", got)
    ok(one.call("getMyCommands") == [{"command": "jobs", "description": "Jobs"}], "getMyCommands")
    one.call("sendMessage", chat_id=1, text="x", disable_notifications=True)
    ok(control.call("record")[-1]["unknown"] == ["disable_notifications"], "a misspelt parameter")


def multipart(fields, name, content):
    body = b"".join(f'--b0\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
                    for k, v in fields.items())
    body += (f'--b0\r\nContent-Disposition: form-data; name="document"; filename="{name}"\r\n'
             "Content-Type: text/plain\r\n\r\n").encode() + content + b"\r\n--b0--\r\n"
    return body, "multipart/form-data; boundary=b0"


def test_documents(fake):
    one, control = Client(fake.port), Control(fake.port)
    control.call("say", user=1, text="x")
    content = bytes(range(256)) * 300 + b"\r\n--b\r\n"
    fields = {"chat_id": 1, "caption": "c"}
    status, body = one.raw("sendDocument", *multipart(fields, "r.txt", content))
    got = json.loads(body)["result"]
    ok(status == 200 and got["document"]["file_size"] == len(content)
       and got["document"]["file_name"] == "r.txt" and got["caption"] == "c", "a document", got)
    ok(control.call("file", chat=1, message=got["message_id"]) == content, "its bytes are kept")
    for fields, data, code, words in (
            ({}, b"", 400, "non-empty"),
            ({"caption": "x" * 1025}, b"x", 400, "caption is too long"),
            ({}, b"x" * 100001, 413, "Too Large")):
        status, body = one.raw("sendDocument", *multipart({"chat_id": 1, **fields}, "r", data))
        ok(status == code and words in body.decode(), f"not a document: {words}", body)


def test_faults(fake):
    one, control = Client(fake.port), Control(fake.port)
    control.call("say", user=21, text="x")
    control.call("clear")
    send = {"method": "sendMessage", "times": 1}

    def texts():
        return control.call("texts", chat=21, by="bot")

    for kind, name in (("cut_before", "cut before"), ("hang", "hanging")):
        control.call("fault", kind=kind, seconds=0.1, **send)
        ok(lost(one, "sendMessage", chat_id=21, text=kind) and kind not in texts(), name)
    for kind in ("cut_after", "hang_after"):
        control.call("fault", kind=kind, seconds=0.1, reset=kind == "cut_after", **send)
        ok(lost(one, "sendMessage", chat_id=21, text=kind) and kind in texts(), kind)
    for kind, code in (("500", 500), ("502", 502), ("garbage", 200), ("garbage_after", 200)):
        control.call("fault", kind=kind, **send)
        status, _ = one.raw("sendMessage", json.dumps({"chat_id": 21, "text": kind}).encode())
        ok(status == code and (kind in texts()) == kind.endswith("after"), kind)
    for kind in ("delay", "drip"):
        control.call("fault", kind=kind, ms=0.1, **send)
        ok(one.call("sendMessage", chat_id=21, text=kind)["text"] == kind, kind)
    record = control.call("record", method="sendMessage")
    ok([e["fault"] for e in record if e["taken"]] ==
       ["cut_after", "hang_after", "garbage_after", "delay", "drip"]
       and sum(e["cut"] for e in record) == 4, "all on record", record)
    control.call("faults", rules=[{"kind": "500", "p": 0.5, "method": "send*"}], seed=7)
    codes = [one.raw("sendMessage", b'{"chat_id":21,"text":"x"}')[0] for _ in range(40)]
    control.call("faults", rules=[{"kind": "500", "p": 0.5, "method": "send*"}], seed=7)
    again = [one.raw("sendMessage", b'{"chat_id":21,"text":"x"}')[0] for _ in range(40)]
    ok(codes == again and 8 < codes.count(500) < 32, "chance repeats with its seed", codes)
    control.call("faults", clear=True)
    control.call("away", seconds=0.3)
    gone = False
    while not gone:
        gone = lost(Client(fake.port), "getMe")
    while lost(Client(fake.port), "getMe"):
        time.sleep(0.01)
    ok(True, "away, and back on the same port")


def test_limits(fake):
    one, control = Client(fake.port), Control(fake.port)
    for chat in range(31, 75):
        control.call("say", user=chat, text="x")
    control.call("chat", chat=-30)
    control.call("clear")

    def send(chat):
        return one.call("sendMessage", chat_id=chat, text="x")

    control.call("fault", kind="429", method="sendMessage", times=1, retry_after=1)
    ok(refused(send(31), 429, "^Too Many Requests: retry after 1$"), "429")
    ok(isinstance(send(32), dict), "other chats are not concerned")
    ok(control.call("violations") == [], "nobody did wrong yet")
    ok(refused(send(31), 429, "retry after 2"), "sent too early, it takes longer")
    ok(refused(one.call("sendChatAction", chat_id=31, action="typing"), 429, "after 4"),
       "whatever it is")
    ok(len(control.call("violations")) == 2, "which is on record")
    control.call("clear")
    control.call("flood", mode="enforce")
    got = [send(33) for _ in range(4)]
    ok(all(isinstance(g, dict) for g in got[:3]) and refused(got[3], 429, "after 1"),
       "three messages at once to one chat, not four", got)
    control.call("flood", mode="observe")
    got = [send(34) for _ in range(5)]
    ok(all(isinstance(g, dict) for g in got)
       and len(control.call("violations")) == 3, "or it is just noted", control.call("violations"))
    control.call("clear")
    control.call("flood", all_per_second=1000)
    got = [send(-30) for _ in range(21)]
    ok([e["violation"] for e in control.call("record") if e["violation"]]
       == ["over the limit of messages to one group"], "20 a minute in a group")
    control.call("clear")
    control.call("flood", mode="enforce", all_per_second=5)
    got = [send(chat) for chat in range(40, 75)]
    ok(any(refused(g, 429, "retry after") for g in got), "and so many in all")
    control.call("flood", mode="off", all_per_second=30)


def test_load(fake):
    control = Control(fake.port)
    control.call("say", user=1, text="x")
    control.call("clear")

    def many():
        one = Client(fake.port)
        for i in range(100):
            one.call("sendMessage", chat_id=1, text=f"<b>{i}</b>", parse_mode="HTML")

    threads = [threading.Thread(target=many) for _ in range(4)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"# 400 messages in {time.monotonic() - began:.2f} s")
    record = control.call("record", method="sendMessage", taken=True)
    ok(len(record) == 400 and len({e["message_id"] for e in record}) == 400, "400 messages at once")


def test_command_line(fake, record):
    def run(*words, text=""):
        return subprocess.run([os.path.join(HERE, "telegram"), "--at", str(fake.port), *words],
                              input=text, text=True, capture_output=True, check=False)
    said = run("say", "user=99", "text=-", text="a=b\n<c>")
    ok(said.returncode == 0 and json.loads(said.stdout)["message_id"] > 0, "say from a shell", said)
    ok(run("texts", "chat=99").stdout == '"a=b\\n<c>"\n', "and what was said")
    ok(run("wait", "what=messages", "chat=99", "by=user", "text=<c>").returncode == 0, "wait")
    late = run("wait", "method=none", "seconds=0.1")
    ok(late.returncode == 1 and "not within 0.1 s" in late.stderr, "wait in vain", late)
    wrong = run("nothing")
    ok(wrong.returncode == 1 and "no such command" in wrong.stderr, "a wrong command", wrong)
    ok(run("say", "user=x", "text=y").returncode == 1 and run("say", "text=y").returncode == 1,
       "a wrong or missing key")
    with open(record, encoding="utf-8") as lines:
        kept = [json.loads(line) for line in lines]
    ok(len(kept) > 400 and TOKEN not in json.dumps(kept), "the file, without the token")


def test_page(fake):
    one, control = Client(fake.port), Control(fake.port)
    control.call("say", user=1, text="<script>&")
    one.call("sendMessage", chat_id=1, parse_mode="HTML", text="<pre>a&lt;b</pre><b>\U0001f600</b>",
             reply_markup={"inline_keyboard": [[{"text": "<A>", "callback_data": "1"}]]})
    one.http.request("GET", "/control/chat?chat=1&title=Ada")
    page = one.http.getresponse().read().decode()
    ok("&lt;script&gt;&amp;" in page and "<pre>a&lt;b</pre><b>\U0001f600</b>" in page
       and "<span>&lt;A&gt;</span>" in page and "<script>" not in page, "the page of a chat")


def post(port, body, signature=None):
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"X-Bgjob-Signature": signature} if signature else {}
    try:
        client.request("POST", "/hook", body, headers)
        answer = client.getresponse()
        answer.read()
        return answer.status, answer.getheader("Retry-After")
    except (OSError, http.client.HTTPException):
        return None
    finally:
        client.close()


def test_webhook():
    with open("script", "w", encoding="ascii") as script:
        script.write("503\n429 7\ncut\ncut_after\nhang 0.1\n")
    body = b'{"event":"done"}'
    good = "sha256=" + hmac.new(b"key", body, hashlib.sha256).hexdigest()
    with Fake("webhook", "--secret", "key", "--record", "hooks", "--script", "script") as hook:
        ok(post(hook.port, body)[0] == 401, "webhook: no signature")
        ok(post(hook.port, body + b" ", good)[0] == 401, "webhook: a wrong one")
        got = [post(hook.port, body, good) for _ in range(6)]
        ok(got == [(503, None), (429, "7"), None, None, None, (200, None)],
           "webhook: answers as written, then 200", got)
    with open("hooks", encoding="ascii") as lines:
        kept = [json.loads(line) for line in lines]
    ok([e["taken"] for e in kept] == [False] * 5 + [True, False, True]
       and kept[-1]["json"] == {"event": "done"}
       and [e["signature"] for e in kept[:3]] == ["missing", "bad", "good"],
       "webhook: record", kept)


def test_smtp():
    with open("mails.script", "w", encoding="ascii") as script:
        script.write("451 4.3.0 try later\ncut_after\n")
    with Fake("smtp", "--user", "u", "--password", "p", "--record", "mails", "--script",
              "mails.script") as server:
        def send(to="a@example.org", user="u"):
            try:
                with smtplib.SMTP("127.0.0.1", server.port, timeout=30) as mail:
                    if user:
                        mail.login(user, "p")
                    mail.sendmail("b@example.org", to,
                                  "Subject: =?utf-8?q?=E2=9C=93?=\r\n\r\nhi\r\n")
                return 250
            except smtplib.SMTPRecipientsRefused as why:
                return list(why.recipients.values())[0][0]
            except smtplib.SMTPResponseException as why:
                return why.smtp_code
            except (smtplib.SMTPServerDisconnected, OSError):
                return None

        ok(send(user="x") == 535 and send(user=None) == 530, "smtp: who does not log in is refused")
        ok(send("refuse@example.org") == 550 and send("defer@example.org") == 451,
           "smtp: recipients")
        got = [send() for _ in range(3)]
        ok(got[0] == 451 and got[1] in (None, 421) and got[2] == 250,
           "smtp: as written, then 250", got)
    with open("mails", encoding="utf-8") as lines:
        kept = [json.loads(line) for line in lines]
    ok([e["taken"] for e in kept] == [False, True, True] and kept[2]["subject"] == "✓"
       and kept[2]["user"] == "u" and kept[2]["body"].strip() == "hi", "smtp: record", kept)


def run(test, *args):
    try:
        test(*args)
    except Exception:  # pylint: disable=broad-except
        ok(False, f"{test.__name__} without an error", traceback.format_exc())


def main():
    socket.setdefaulttimeout(120)
    run(test_html)
    with Fake("telegram", "--token", TOKEN, "--seed", "1", "--record", "record",
              "--file-limit", "100000") as fake:
        for test in (test_requests, test_text, test_updates, test_chats, test_messages,
                     test_documents, test_faults, test_limits, test_load, test_page):
            run(test, fake)
        run(test_command_line, fake, "record")
    run(test_webhook)
    run(test_smtp)
    print(f"1..{tap.count}")
    sys.exit(tap.failed > 0)


if __name__ == "__main__":
    main()
