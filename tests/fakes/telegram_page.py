"""A chat of the fake Telegram as a page that shows it as its user sees it."""

import html
import time

import telegram_html

STYLE = """
* { box-sizing: border-box }
body { margin: 0; background: #cfd8dd; color: #111;
  font: 15px/1.36 "Inter", "Segoe UI", "Noto Sans", "DejaVu Sans", "Noto Color Emoji", sans-serif }
main { width: 460px; margin: 0 auto; min-height: 100vh; padding-bottom: 14px;
  background: linear-gradient(160deg, #dbe7d6, #b9d5c8 55%, #a9cbd0) }
header { display: flex; gap: 12px; align-items: center; padding: 10px 14px; background: #517da2;
  color: #fff; margin-bottom: 10px }
header i { width: 40px; height: 40px; border-radius: 50%; background: #6fa8dc; font: 600 18px/40px
  sans-serif; text-align: center }
header b { display: block } header small { opacity: .8 }
.day { width: max-content; margin: 8px auto; padding: 2px 10px; border-radius: 11px; color: #fff;
  background: #0004; font-size: 12.5px }
.m { display: flex; flex-direction: column; align-items: flex-start; margin: 4px 12px }
.me { align-items: flex-end }
.b { max-width: 370px; padding: 7px 11px 5px; border-radius: 14px 14px 14px 4px; background: #fff;
  box-shadow: 0 1px 1px #0002; white-space: pre-wrap; overflow-wrap: anywhere }
.me .b { background: #e2fccb; border-radius: 14px 14px 4px 14px }
.who { display: block; color: #c0582b; font-weight: 600; font-size: 13.5px }
.re { border-left: 3px solid #517da2; padding: 0 8px; margin-bottom: 3px; font-size: 13px;
  color: #345; max-height: 40px; overflow: hidden }
.t { float: right; margin: 7px 0 0 12px; font-size: 11.5px; color: #8a9aa5; user-select: none }
.me .t { color: #62ac55 }
pre, code { font: 13px/1.35 "JetBrains Mono", "DejaVu Sans Mono", monospace }
code { color: #b3387c } pre { margin: 4px 0; padding: 7px 9px; border-radius: 7px;
  border-left: 3px solid #7aa7c7; background: #eef3f7; white-space: pre-wrap }
blockquote { margin: 4px 0; padding: 2px 9px; border-left: 3px solid #517da2; background: #eef3f7;
  border-radius: 5px }
.spoiler { background: #999; color: transparent; border-radius: 3px }
a { color: #2a7ab5; text-decoration: none }
.doc { display: flex; gap: 10px; align-items: center; margin: 2px 0 4px }
.doc i { flex: none; width: 42px; height: 42px; border-radius: 50%; background: #4fa3e0;
  color: #fff; font: 700 19px/42px sans-serif; text-align: center }
.doc b { display: block } .doc small { color: #789 }
.k { width: 370px; max-width: 100%; margin-top: 3px; display: grid; gap: 3px }
.k div { display: flex; gap: 3px }
.k span { flex: 1; padding: 7px; border-radius: 8px; background: #4d7f8f99; color: #fff;
  text-align: center; font-weight: 500 }
.s { width: max-content; margin: 8px auto; color: #fff; background: #0004; border-radius: 11px;
  padding: 2px 10px; font-size: 12.5px }
"""


def _size(count):
    return f"{count} B" if count < 1024 else (
        f"{count / 1024:.1f} KB" if count < 1 << 20 else f"{count / (1 << 20):.1f} MB")


def _body(data):
    out = []
    if "reply_to_message" in data:
        old = data["reply_to_message"]
        out.append(f'<div class="re">{html.escape(old.get("text", "Document")[:120])}</div>')
    if "document" in data:
        document = data["document"]
        out.append(f'<div class="doc"><i>↓</i><div><b>{html.escape(document["file_name"])}</b>'
                   f'<small>{_size(document["file_size"])}</small></div></div>')
    text = data.get("text", data.get("caption", ""))
    out.append(telegram_html.render(text, data.get("entities", data.get("caption_entities", []))))
    return "".join(out)


def _message(chat, message):
    data = message.data
    if not {"text", "document"} & data.keys():
        return '<div class="s">the group became a supergroup</div>'
    stamp = time.strftime("%H:%M", time.localtime(data["date"]))
    edited = "edited " if message.edits or "edit_date" in data else ""
    who = ""
    if chat.kind != "private":
        who = f'<b class="who">{html.escape(data["from"]["first_name"])}</b>'
    rows = data.get("reply_markup", {}).get("inline_keyboard", [])
    keys = "".join("<div>" + "".join(f"<span>{html.escape(b['text'])}</span>" for b in row)
                   + "</div>" for row in rows)
    return (f'<div class="m{"" if message.by_bot else " me"}"><div class="b">{who}{_body(data)}'
            f'<span class="t">{edited}{stamp}{"" if message.by_bot else " ✓✓"}</span></div>'
            + (f'<div class="k">{keys}</div>' if keys else "") + "</div>")


def page(chat, bot, title=None):
    out, day = [], None
    for message in list(chat.messages.values()):
        if message.deleted:
            continue
        date = time.strftime("%-d %B", time.localtime(message.data["date"]))
        if date != day:
            out.append(f'<div class="day">{date}</div>')
            day = date
        out.append(_message(chat, message))
    name = title or (bot["first_name"] if chat.kind == "private" else chat.names.get("title", ""))
    below = "bot" if chat.kind == "private" else chat.kind
    return (f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>{html.escape(name)}'
            f"</title><style>{STYLE}</style><main><header><i>{html.escape(name[:1].upper())}</i>"
            f"<div><b>{html.escape(name)}</b><small>{below}</small></div></header>"
            + "\n".join(out) + "</main></html>\n")
