"""People who write to the bot, by a plan that the seed alone makes."""

import json
import random
import threading

from store import wait_until

GROUP = -500
STARTERS = ("quick", "quick", "quick", "fails", "slow", "slow", "hasty", "hasty", "long",
            "inline")
ASKERS = ("/jobs", "/status", "/help", "/tasks", "/jobs failed", "/workflows")
OVERTAKE = 1        # seconds that a request may take from its commit to the fake
OUTSTANDING = 40    # results not there yet: people wait
PAUSE = 1.5         # seconds between two of them, at most
UNKNOWN = 9000000   # there are no such jobs


class Action:
    """What somebody says or presses; words: what is said, token: what its job says again."""

    def __init__(self, number, user, chat, kind, words, token=None):
        self.number, self.user, self.chat, self.kind = number, user, chat, kind
        self.words, self.token = words, token
        self.update = None


def plan(rng, users, jobs):
    """Actions until so many jobs are started; people say several things at once, so that messages
    to them queue up."""
    actions, started, user = [], 0, users[0]
    while started < jobs:
        number, user = len(actions) + 1, rng.choice((user, user, rng.choice(users)))
        chat = GROUP if rng.random() < 0.03 else user
        draw = rng.random()
        if draw < 0.72:
            name, token = rng.choice(STARTERS), f"tok{number:05d}"
            sign = "#" if rng.random() < 0.1 else "/"
            actions.append(Action(number, user, chat, name, f"{sign}{name} {token}", token))
            started += 1
        elif draw < 0.85:
            words = rng.choice(("/job", "/result", "/logs")) + f" {UNKNOWN + number}"
            actions.append(Action(number, user, user, "unknown", words))
        elif draw < 0.92:
            actions.append(Action(number, user, user, "ask", rng.choice(ASKERS)))
        else:
            actions.append(Action(number, user, user, "press", None))
    return actions


class People:
    """Carries the plan out, as quickly as the bot's answers allow."""

    def __init__(self, bot, seed, users, jobs, progress):
        self.bot, self.rng = bot, random.Random(f"{seed} people")
        self.actions = plan(self.rng, users, jobs)
        self.said, self.errors, self.progress = [], [], progress
        self.cancelled, self.retried = set(), {}    # jobs by id; presses by job id
        self.stop = threading.Event()

    def waiting(self):
        """Who waits for a job's result; a cancelled one has none."""
        taken = "\n".join(entry["params"].get("text") or "" for entry in self.bot.news()
                          if entry["taken"] and entry["method"] == "sendMessage")
        return [a for a in self.said if a.token and a.chat != GROUP
                and f"RESULT {a.token}" not in taken]

    def buttons(self, user):
        """(message, data) of the buttons this user has in view, the newest last."""
        found = []
        for entry in self.bot.news():
            markup = entry["params"].get("reply_markup")
            if markup and entry["taken"] and entry["chat"] == user and entry["message_id"]:
                markup = json.loads(markup) if isinstance(markup, str) else markup
                found += [(entry["message_id"], button["callback_data"])
                          for row in markup["inline_keyboard"] for button in row]
        return found

    def press(self, action):
        found = self.buttons(action.user)
        if not found:
            return
        message, data = self.rng.choice(found[-8:])
        name, _, job = data.partition(" ")
        action.words = data
        if name == "/retry":
            self.retried[int(job)] = self.retried.get(int(job), 0) + 1
        if name == "/cancel":
            self.cancelled.add(int(job))
        self.done(action, self.bot.tell("press", chat=action.chat, user=action.user,
                                        message=message, data=data))

    def done(self, action, result):
        if result["update_id"]:
            action.update = result["update_id"]
            self.said.append(action)

    def act(self, action):
        if action.kind == "press":
            self.press(action)
        else:
            self.done(action, self.bot.tell("say", user=action.user, chat=action.chat,
                                            text=action.words))

    def run(self):
        try:
            for at, action in enumerate(self.actions):
                while at % 5 == 0 and not self.stop.is_set() and \
                        len(self.waiting()) > OUTSTANDING + len(self.cancelled):
                    self.stop.wait(0.3)
                if self.stop.is_set():
                    break
                self.act(action)
                self.progress(at + 1, len(self.actions))
                following = self.actions[at + 1:at + 2]
                if not following or following[0].user != action.user:
                    self.stop.wait(self.rng.uniform(0, PAUSE))
        except Exception as error:  # told by the test, which ends with it
            self.errors.append(f"people: {type(error).__name__}: {error}")

    def queue_up(self):
        """Let a milestone and then a final wait for the notifier: the final is to overtake it."""
        user = self.actions[0].user
        for number, name, waiting in ((0, "patient", 2), (99999, "quick", 4)):
            token = f"tok{number:05d}"
            self.act(Action(number, user, user, name, f"/{name} {token}", token))
            if not wait_until(lambda: self.bot.counts().get("outbox", 0) >= waiting, 60):
                self.errors.append(f"{name}: fewer than {waiting} messages were queued")
        self.stop.wait(OVERTAKE + 0.2)
