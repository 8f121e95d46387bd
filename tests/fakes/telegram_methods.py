"""The methods of the Bot API that the fake answers, with Telegram's checks and its words."""

import hashlib
import hmac
import json
import re
import time

import telegram_html
from telegram_http import Answer, BadRequest, Cut
from telegram_state import ApiError, Gone, Message, Rule, bad

TEXT_BYTES, TEXT_UNITS, CAPTION_UNITS = 32768, 4096, 1024
ENTITIES_MAX = 100
ACTIONS = {"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
           "upload_document", "choose_sticker", "find_location", "record_video_note",
           "upload_video_note"}
SENDING = "chat_id message_thread_id disable_notification reply_markup reply_parameters " \
          "reply_to_message_id allow_sending_without_reply protect_content parse_mode " \
          "business_connection_id message_effect_id allow_paid_broadcast direct_messages_topic_id "


def words(text):
    return frozenset(text.split())


def integer(params, name, default=None):
    value = params.get(name)
    if value is None or value == "":
        value = default
    if isinstance(value, bool) or not re.fullmatch(r"-?\d{1,19}", str(value).strip()):
        raise bad(f"wrong parameter {name} in request")
    return int(value)


def flag(params, name):
    return str(params.get(name, "")).strip().lower() in ("true", "yes", "1")


def decoded(params, name):
    """A parameter that is JSON, given as such or as text; None if it is not there."""
    value = params.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        what = {"reply_markup": "reply keyboard markup", "reply_parameters": "reply parameters"}
        raise bad(f"can't parse {what.get(name, name)} JSON object") from None


def text_of(params, name):
    value = params.get(name, "")
    if not isinstance(value, str):
        value = json.dumps(value) if isinstance(value, (dict, list, bool)) else str(value)
    return value


def formatted(params, name, entities_name, limit, too_long):
    """(text, entities) as they would be kept."""
    text = text_of(params, name)
    if len(text.encode()) > TEXT_BYTES:
        raise bad("text is too long")
    mode = text_of(params, "parse_mode").lower()
    entities = []
    if text and mode == "html":
        try:
            text, entities = telegram_html.parse(text)
        except telegram_html.ParseError as why:
            raise bad(f"can't parse entities: {why}") from None
    elif mode not in ("", "none", "html"):
        known = mode in ("markdown", "markdownv2")
        raise bad("this fake does not parse " + mode if known else "unsupported parse_mode")
    elif isinstance(decoded(params, entities_name), list):
        entities = [dict(e) for e in decoded(params, entities_name)]
    text, entities = telegram_html.clean(text, entities)
    if telegram_html.units(text) > limit:
        raise bad(too_long)
    return text, entities[:ENTITIES_MAX]


def check_button(button):
    if not isinstance(button, dict):
        raise bad("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str) or not button["text"]:
        raise bad('can\'t parse inline keyboard button: Field "text" must be a non-empty String')
    kinds = [k for k in button if k in ("callback_data", "url", "web_app", "login_url", "pay",
                                        "switch_inline_query", "copy_text", "callback_game",
                                        "switch_inline_query_current_chat")]
    if len(kinds) != 1:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline "
                  "keyboard")
    if "callback_data" in button:
        data = button["callback_data"]
        if not isinstance(data, str):
            raise bad('can\'t parse inline keyboard button: Field "callback_data" must be of type '
                      "String")
        if not 1 <= len(data.encode()) <= 64:
            raise bad("BUTTON_DATA_INVALID")
    if "url" in button and not re.match(r"(https?|tg)://\S+$", str(button["url"])):
        raise bad("BUTTON_URL_INVALID")


def markup(params):
    """The inline keyboard, or None."""
    given = decoded(params, "reply_markup")
    if given is None:
        return None
    if not isinstance(given, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" not in given:
        if not given.keys() & {"keyboard", "remove_keyboard", "force_reply"} and given:
            raise bad("object expected as reply markup")
        return None
    rows = given["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('field "inline_keyboard" must be an Array of Arrays')
    for row in rows:
        for button in row:
            check_button(button)
    if len(json.dumps(rows)) > 10000 or sum(map(len, rows)) > 100:
        raise bad("reply markup is too long")
    rows = [row for row in rows if row]
    return {"inline_keyboard": rows} if rows else None


class Api:
    """Answers requests to /bot<token>/<method>."""

    def __init__(self, world):
        self.world = world
        names = [n for n in dir(self) if n.startswith("do_")]
        self.methods = {n[3:].replace("_", "").lower(): getattr(self, n) for n in names}

    # One request.

    def answer(self, request):
        world = self.world
        token, _, method = request.path[4:].partition("/")
        with world.changed:
            entry = world.begin(method, request.arrived)
        if not hmac.compare_digest(token.encode(), world.token.encode()):
            entry["method"] = method if ":" not in method else ""
            return self._close(entry, ApiError(401, "Unauthorized"))
        run = self.methods.get(method.lower())
        if not run or request.method not in ("GET", "POST"):
            return self._close(entry, ApiError(404, "Not Found"))
        entry["method"] = method = run.__doc__.split(":")[0]
        try:
            params, files = request.parameters()
        except UnicodeError:
            return self._close(entry, bad("strings must be encoded in UTF-8"))
        except (BadRequest, ValueError) as why:
            return self._close(entry, bad(f"can't parse the request: {why}"))
        self._describe(entry, run, params, files)
        with world.changed:
            rule = world.draw(method, entry["chat"])
        if rule:
            entry["fault"] = rule.kind
        try:
            return self._serve(entry, rule, run, params, files, request.connection)
        except Gone:
            entry["cut"] = True
            self._record(entry)
            return Cut()

    def _describe(self, entry, run, params, files):
        token = self.world.token
        entry["params"] = {k: v.replace(token, "TOKEN") if isinstance(v, str) else v
                           for k, v in params.items()}
        entry["files"] = {k: {"name": f.name, "type": f.kind, "size": len(f.content),
                              "sha256": hashlib.sha256(f.content).hexdigest()}
                          for k, f in files.items()}
        chat = str(params.get("chat_id", "")).strip()
        entry["chat"] = int(chat) if re.fullmatch(r"-?\d{1,19}", chat) else (chat or None)
        known = words(" ".join(run.__doc__.partition(":")[2].split()))
        entry["unknown"] = sorted(params.keys() - known)

    def _serve(self, entry, rule, run, params, files, connection):
        world, kind, spoilt = self.world, rule.kind if rule else None, None
        if kind == "delay":
            connection.wait(rule.ms / 1000)
        with world.changed:
            chat = world.chats.get(entry["chat"])
            try:
                if chat:
                    world.check_wait(chat, entry)
                if kind in Rule.BEFORE and kind != "delay":
                    spoilt = self._spoil(entry, rule, chat)
                else:
                    body = self._run(entry, chat, run, params, files, connection)
                    entry["cut"] = kind in ("cut_after", "hang_after")
                    world.end(entry)
            except ApiError as error:
                if kind in Rule.AFTER:
                    entry["fault"] = None  # There was nothing to take: say so instead.
                return self._close(entry, error)
        if kind in ("hang", "hang_after"):
            connection.wait(rule.seconds)
        if spoilt:
            return spoilt
        if entry["cut"]:
            return Cut(rule.reset)
        if kind == "garbage_after":
            return Answer(200, b"<html>\0\xff{\"ok\":tru", "text/html")
        return Answer(200, body, drip=rule.ms / 1000 if kind == "drip" else 0)

    def _run(self, entry, chat, run, params, files, connection):
        """The body of the answer; ApiError if the method does not do it."""
        counts = chat and entry["method"].startswith(("send", "edit")) and \
            entry["method"] != "sendChatAction"
        if counts:
            self.world.check_flood(chat, entry)
        result = run(params, files, connection)
        if chat:
            chat.last_wait = 0
        if counts:
            self.world.flood.count(chat, time.monotonic())
        entry["taken"], entry["code"] = True, 200
        if isinstance(result, dict) and "message_id" in result:
            entry["message_id"] = result["message_id"]
        elif entry["method"] == "getUpdates":
            entry["updates"] = [u["update_id"] for u in result]
        return json.dumps({"ok": True, "result": result}).encode()

    def _spoil(self, entry, rule, chat):
        """A fault in place of the method: nothing is taken."""
        if rule.kind == "429":
            return self._close(entry, self.world.ask_to_wait(chat, rule.retry_after))
        if rule.kind == "500":
            return self._close(entry, ApiError(500, "Internal Server Error"))
        answer = Cut(rule.reset)
        if rule.kind == "502":
            page = b"<html><head><title>502 Bad Gateway</title></head></html>\r\n"
            answer = Answer(502, page, "text/html")
        elif rule.kind == "garbage":
            answer = Answer(200, b"\x1f\x8b\0rubbish{\"ok\":true")
        entry["code"] = getattr(answer, "code", None)
        entry["cut"] = isinstance(answer, Cut)
        self.world.end(entry)
        return answer

    def _record(self, entry):
        with self.world.changed:
            self.world.end(entry)

    def _close(self, entry, error):
        entry["code"], entry["description"] = error.code, error.description
        entry["retry_after"] = error.parameters.get("retry_after")
        self._record(entry)
        body = {"ok": False, "error_code": error.code, "description": error.description}
        if error.parameters:
            body["parameters"] = error.parameters
        return Answer(error.code, body)

    # What is sent.

    def _reply(self, params, chat):
        """The message that is answered, or None."""
        given = decoded(params, "reply_parameters")
        if isinstance(given, dict) and given:
            source, ident = given, integer(given, "message_id")
            if "chat_id" in given and str(given["chat_id"]) != str(chat.id):
                chat = self.world.find(given["chat_id"], False)
        elif params.get("reply_to_message_id") not in (None, "", "0", 0):
            source, ident = params, integer(params, "reply_to_message_id")
        else:
            return None
        found = chat.messages.get(ident)
        if found and not found.deleted:
            return {k: v for k, v in found.data.items() if k != "reply_to_message"}
        if flag(source, "allow_sending_without_reply"):
            return None
        raise bad("message to be replied not found")

    def _send(self, params, chat, content):
        world = self.world
        keyboard = markup(params)
        reply = self._reply(params, chat)
        thread = integer(params, "message_thread_id", 0)
        if thread and (thread == 1 or thread not in chat.topics):
            raise bad("message thread not found")
        data = {"message_id": world.next_message_id(chat), "from": world.bot,
                "chat": chat.object(), "date": int(time.time())}
        if thread:
            data.update(message_thread_id=thread, is_topic_message=True)
        if reply:
            data["reply_to_message"] = reply
        data.update(content)
        if keyboard:
            data["reply_markup"] = keyboard
        message = Message(data, True, flag(params, "disable_notification"))
        chat.messages[data["message_id"]] = message
        return data

    def do_sendMessage(self, params, _files, _connection):
        chat = self.world.find(params.get("chat_id", ""))
        if not text_of(params, "text"):
            raise bad("message text is empty")
        text, entities = formatted(params, "text", "entities", TEXT_UNITS, "message is too long")
        if not text:
            raise bad("text must be non-empty")
        content = {"text": text}
        if entities:
            content["entities"] = entities
        return self._send(params, chat, content)
    do_sendMessage.__doc__ = "sendMessage: " + SENDING + \
        "text entities link_preview_options disable_web_page_preview"

    def do_sendDocument(self, params, files, _connection):
        world, chat = self.world, self.world.find(params.get("chat_id", ""))
        given = text_of(params, "document")
        upload = files.get("document")
        if given.startswith("attach://"):
            upload = files.get(given[9:])
        elif given and not upload:
            upload = world.files.get(given)
            if not upload:
                raise bad("wrong remote file identifier specified: can't unserialize it")
        if not upload:
            raise bad("there is no document in the request")
        if not upload.content:
            raise bad("file must be non-empty")
        if len(upload.content) > world.file_limit:
            raise ApiError(413, "Request Entity Too Large")
        caption, entities = formatted(params, "caption", "caption_entities", CAPTION_UNITS,
                                      "message caption is too long")
        ident = world.keep_file(upload)
        content = {"document": {
            "file_name": upload.name or "file", "file_id": ident, "file_unique_id": ident[4:20],
            "mime_type": upload.kind or "application/octet-stream",
            "file_size": len(upload.content)}}
        if caption:
            content["caption"] = caption
        if entities:
            content["caption_entities"] = entities
        return self._send(params, chat, content)
    do_sendDocument.__doc__ = "sendDocument: " + SENDING + \
        "document caption caption_entities thumbnail disable_content_type_detection"

    def do_sendChatAction(self, params, _files, _connection):
        """sendChatAction: chat_id action message_thread_id business_connection_id"""
        self.world.find(params.get("chat_id", ""))
        if text_of(params, "action") not in ACTIONS:
            raise bad("wrong parameter action in request")
        return True

    # What is changed.

    def _own(self, params, what):
        """(chat, message) of the bot's own message that is to be changed."""
        chat = self.world.find(params.get("chat_id", ""))
        message = chat.messages.get(integer(params, "message_id"))
        if not message or message.deleted:
            raise bad(f"message to {what} not found")
        if not message.by_bot and (what == "edit" or chat.kind != "private"):
            raise bad(f"message can't be {what}{'ed' if what == 'edit' else 'd'}")
        return chat, message

    @staticmethod
    def _edit(message, changes, keyboard):
        new = {k: v for k, v in message.data.items()
               if k not in ("reply_markup", "edit_date", *changes)}
        new.update({k: v for k, v in changes.items() if v})
        if keyboard:
            new["reply_markup"] = keyboard
        if new == {k: v for k, v in message.data.items() if k != "edit_date"}:
            raise bad("message is not modified: specified new message content and reply markup are "
                      "exactly the same as a current content and reply markup of the message")
        new["edit_date"] = int(time.time())
        message.data = new
        message.edits += 1
        return new

    def do_editMessageText(self, params, _files, _connection):
        """editMessageText: chat_id message_id inline_message_id text parse_mode entities
        link_preview_options disable_web_page_preview reply_markup business_connection_id"""
        _, message = self._own(params, "edit")
        if not text_of(params, "text"):
            raise bad("message text is empty")
        text, entities = formatted(params, "text", "entities", TEXT_UNITS, "message is too long")
        if not text:
            raise bad("text must be non-empty")
        if "text" not in message.data:
            raise bad("there is no text in the message to edit")
        return self._edit(message, {"text": text, "entities": entities}, markup(params))

    def do_editMessageReplyMarkup(self, params, _files, _connection):
        """editMessageReplyMarkup: chat_id message_id inline_message_id reply_markup
        business_connection_id"""
        _, message = self._own(params, "edit")
        return self._edit(message, {}, markup(params))

    def do_deleteMessage(self, params, _files, _connection):
        """deleteMessage: chat_id message_id"""
        self._own(params, "delete")[1].deleted = True
        return True

    def do_answerCallbackQuery(self, params, _files, _connection):
        """answerCallbackQuery: callback_query_id text show_alert url cache_time"""
        ident = text_of(params, "callback_query_id")
        query = self.world.callbacks.get(ident)
        if not query or query["answer"] is not None or \
                time.time() - query["time"] > self.world.callback_timeout:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        if telegram_html.units(text_of(params, "text")) > 200:
            raise bad("MESSAGE_TOO_LONG")
        query["answer"] = {"text": text_of(params, "text"), "alert": flag(params, "show_alert")}
        return True

    # The bot itself.

    def do_getMe(self, _params, _files, _connection):
        """getMe:"""
        return {**self.world.bot, "can_join_groups": True, "can_read_all_group_messages": False,
                "supports_inline_queries": False, "can_connect_to_business": False,
                "has_main_web_app": False}

    def do_getChat(self, params, _files, _connection):
        """getChat: chat_id"""
        chat = self.world.find(params.get("chat_id", ""), False)
        return {**chat.object(), "accent_color_id": 0, "max_reaction_count": 11}

    def do_getUpdates(self, params, _files, connection):
        """getUpdates: offset limit timeout allowed_updates"""
        world = self.world
        allowed = decoded(params, "allowed_updates")
        if isinstance(allowed, list):
            world.allowed = [str(a).lower() for a in allowed]
        limit = max(1, min(integer(params, "limit", 100), 100))
        return world.poll(integer(params, "offset", 0), limit, integer(params, "timeout", 0),
                          connection)

    def do_setWebhook(self, params, _files, _connection):
        """setWebhook: url certificate ip_address max_connections allowed_updates
        drop_pending_updates secret_token"""
        url = text_of(params, "url")
        if url and not url.startswith("https://"):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        allowed = decoded(params, "allowed_updates")
        if isinstance(allowed, list):
            self.world.allowed = [str(a).lower() for a in allowed]
        self.world.webhook = {"url": url}
        if flag(params, "drop_pending_updates"):
            self.world.updates = []
        self.world.changed.notify_all()
        return True

    def do_deleteWebhook(self, params, _files, _connection):
        """deleteWebhook: drop_pending_updates"""
        self.world.webhook = {"url": ""}
        if flag(params, "drop_pending_updates"):
            self.world.updates = []
        return True

    def do_getWebhookInfo(self, _params, _files, _connection):
        """getWebhookInfo:"""
        info = {"url": self.world.webhook["url"], "has_custom_certificate": False,
                "pending_update_count": len(self.world.updates)}
        if info["url"]:
            info["max_connections"] = 40
        if self.world.allowed:
            info["allowed_updates"] = self.world.allowed
        return info

    @staticmethod
    def _scope(params):
        scope = decoded(params, "scope") or {"type": "default"}
        return json.dumps([scope, text_of(params, "language_code")], sort_keys=True)

    def do_setMyCommands(self, params, _files, _connection):
        """setMyCommands: commands scope language_code"""
        given = decoded(params, "commands")
        if not isinstance(given, list):
            raise bad("expected an Array of BotCommand")
        if len(given) > 100:
            raise bad("BOT_COMMANDS_TOO_MUCH")
        kept = []
        for one in given:
            if not isinstance(one, dict) or not isinstance(one.get("command"), str) or \
                    not isinstance(one.get("description"), str):
                raise bad('can\'t parse BotCommand: Field "command" must be of type String')
            name, said = one["command"].removeprefix("/"), one["description"].strip()
            if not re.fullmatch("[a-z0-9_]{1,32}", name):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= telegram_html.units(said) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
            kept.append({"command": name, "description": said})
        self.world.commands[self._scope(params)] = kept
        return True

    def do_getMyCommands(self, params, _files, _connection):
        """getMyCommands: scope language_code"""
        return self.world.commands.get(self._scope(params), [])

    def do_deleteMyCommands(self, params, _files, _connection):
        """deleteMyCommands: scope language_code"""
        self.world.commands.pop(self._scope(params), None)
        return True
