"""Telegram's HTML: what parse_mode=HTML accepts, refuses and makes of a text.

Follows what Telegram's own parser (tdlib, parseTextEntities) accepts and says, byte offsets in its
messages included; tests/peers/html compares the two. Entity offsets and lengths are UTF-16 units.
"""

import html
import re

KINDS = {
    b"b": "bold", b"strong": "bold", b"i": "italic", b"em": "italic", b"u": "underline",
    b"ins": "underline", b"s": "strikethrough", b"strike": "strikethrough",
    b"del": "strikethrough", b"tg-spoiler": "spoiler", b"span": "spoiler", b"a": "text_link",
    b"code": "code", b"pre": "pre", b"blockquote": "blockquote", b"tg-emoji": "custom_emoji",
    b"tg-time": "date_time",
}
SPACE = rb" \t\r\n\0\v"
PLAIN = re.compile(rb"[^&<]+")
REFERENCE = re.compile(rb"&(?:#x([0-9a-fA-F]*)|#([0-9]*)|([A-Za-z]*))")
NAME = re.compile(rb"[^>" + SPACE + rb"]*")
BLANK = re.compile(rb"[ \t\r\n\v]*")
ATTRIBUTE = re.compile(rb"[^=>/\"'" + SPACE + rb"]*")
TOKEN = re.compile(rb"[A-Za-z0-9.-]*")
NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
# What the server removes from every text: separators and bidi controls, overstriking accents.
REMOVED = re.compile("[\r\u2028-\u202e\u030a\u0333\u033f]")
CONTROL = re.compile("[\0-\x09\x0b\x0c\x0e-\x20]")
INVISIBLE = re.compile("[\\s\u200b-\u200f\u2060-\u206f\ufeff\u00ad\u115f\u1160\u180e\u2800\u3164"
                       "\uffa0\U000e0000-\U000e0fff]*")


class ParseError(Exception):
    pass


def units(text):
    """Length in UTF-16 units."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _reference(data, at):
    """(character, end) of the reference at data[at], or None if it is just an ampersand."""
    m = REFERENCE.match(data, at)
    if m[3] is not None:
        text = NAMED.get(m[3])
    else:
        code = int(m[1] or b"0", 16) if m[1] is not None else int(m[2] or b"0")
        text = chr(code) if 0 < code < 0x10ffff and m.end() - at < 10 else None
    if text is None:
        return None
    return text, m.end() + (data[m.end():m.end() + 1] == b";")


def _quoted(data, at):
    """(value, end) of a quoted attribute value; data[at] is its quote."""
    quote, out = data[at:at + 1], bytearray()
    at += 1
    while data[at:at + 1] not in (quote, b"\0"):
        found = _reference(data, at) if data[at:at + 1] == b"&" else None
        if found:
            out += found[0].encode("utf-8", "surrogatepass")
            at = found[1]
        else:
            out += data[at:at + 1]
            at += 1
    if data[at:at + 1] == quote:
        at += 1
    return bytes(out), at


def _attribute(data, at, tag, tag_at):
    """(name, value or None, end) of the attribute at data[at]."""
    where = f'tag "{tag.decode()}" at byte offset {tag_at}'
    m = ATTRIBUTE.match(data, at)
    if not m[0]:
        raise ParseError(f"Empty attribute name in the {where}")
    at = BLANK.match(data, m.end()).end()
    if data[at:at + 1] != b"=":
        if data[at:at + 1] == b"\0":
            raise ParseError(f"Unclosed start {where}")
        return m[0], None, at
    at = BLANK.match(data, at + 1).end()
    if data[at:at + 1] == b"\0":
        raise ParseError(f"Unclosed start {where}")
    if data[at:at + 1] in b"'\"":
        value, at = _quoted(data, at)
    else:
        token = TOKEN.match(data, at)
        value, end = token[0].lower(), token.end()
        if data[end] not in SPACE + b">":
            raise ParseError(f"Unexpected end of name token at byte offset {at}")
        at = end
    if data[at:at + 1] == b"\0":
        raise ParseError(f"Unclosed start tag at byte offset {tag_at}")
    return m[0], value, at


def _argument(tag, name, value, old):
    if tag == b"a" and name == b"href" and value is not None:
        return value
    if tag == b"code" and name == b"class" and (value or b"").startswith(b"language-"):
        return value[9:]
    if tag == b"span" and name == b"class" and (value or b"").startswith(b"tg-"):
        return value[3:]
    if tag == b"tg-emoji" and name == b"emoji-id" and value is not None:
        return value
    if tag == b"blockquote" and name == b"expandable":
        return b"1"
    if tag == b"tg-time" and name == b"unix" and value is not None:
        return value
    return old


def _start(data, begin):
    """(tag, argument, end) of the start tag at data[begin]."""
    m = NAME.match(data, begin + 1)
    tag, argument, at = m[0].lower(), b"", m.end()
    if data[at:at + 1] == b"\0":
        raise ParseError(f"Unclosed start tag at byte offset {begin}")
    if tag not in KINDS:
        name = tag.decode(errors="replace")
        raise ParseError(f'Unsupported start tag "{name}" at byte offset {begin}')
    while data[at:at + 1] != b">":
        at = BLANK.match(data, at).end()
        if data[at:at + 1] != b">":
            name, value, at = _attribute(data, at, tag, begin)
            argument = _argument(tag, name, value, argument)
    if tag == b"span" and argument != b"spoiler":
        raise ParseError(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
    return tag, argument, at + 1


def _end(data, begin, stack):
    """End of the end tag at data[begin], which has to close the top of the stack."""
    if not stack:
        raise ParseError(f"Unexpected end tag at byte offset {begin}")
    m = NAME.match(data, begin + 2)
    at = BLANK.match(data, m.end()).end()
    if data[at:at + 1] != b">":
        raise ParseError(f"Unclosed end tag at byte offset {begin}")
    want, name = stack[-1][0], m[0].lower()
    if name not in (b"", want):
        raise ParseError(f'Unmatched end tag at byte offset {begin}, expected "</{want.decode()}>"'
                         f', found "</{name.decode(errors="replace")}>"')
    return at + 1


def _link(value, shown):
    url = (value.decode(errors="replace") or shown).strip()
    if not url or re.search(r"[\s<>]", url):
        return None
    if re.match(r"(?i)(https?|ftp|tg|ton|tonsite)://.|(mailto|tel):.", url):
        return url
    if re.match(r"(?i)[a-z0-9.-]+\.[a-z]{2,}([:/?#]|$)", url):
        return "http://" + url
    return None


def _entity(found, tag, argument, offset, length, shown):
    """Appends what the closed tag makes to the list found."""
    entity = {"offset": offset, "length": length, "type": KINDS[tag]}
    last = found[-1] if found else None
    same = last and (last["offset"], last["length"]) == (offset, length)
    if tag == b"pre" and same and last["type"] == "code" and last.get("language"):
        last["type"] = "pre"
        return
    if tag == b"code":
        if argument and same and last["type"] == "pre":
            last["language"] = argument.decode()
            return
        if argument:
            entity["language"] = argument.decode()
    elif tag == b"a":
        url = _link(argument, shown)
        mention = re.match(r"tg://(?:user|openmessage)/?\?(?:user_)?id=(\d+)$", url or "")
        if not url:
            return
        entity["url"] = url
        if mention:
            entity["type"] = "text_mention"
    elif tag == b"blockquote" and argument:
        entity["type"] = "expandable_blockquote"
    elif tag == b"tg-emoji":
        if not re.fullmatch(rb"-?\d{1,19}", argument) or not int(argument):
            raise ParseError("Invalid custom emoji identifier specified")
        entity["custom_emoji_id"] = argument.decode()
    elif tag == b"tg-time":
        if not re.fullmatch(rb"\d{1,10}", argument):
            return
        entity["unix_time"] = int(argument)
    found.append(entity)


def parse(text):
    """(plain text, entities) of HTML as it stands, before cleaning; ParseError if it is wrong."""
    data = text.encode() + b"\0"
    size, at, out, offset = len(data) - 1, 0, [], 0
    stack, found = [], []  # stack: (tag, argument, offset, index in out)
    while at < size:
        char = data[at:at + 1]
        reference = _reference(data, at) if char == b"&" else None
        if reference:
            piece, at = reference
        elif char == b"<" and data[at + 1:at + 2] == b"/":
            at = _end(data, at, stack)
            tag, argument, begin, index = stack.pop()
            if offset > begin:
                _entity(found, tag, argument, begin, offset - begin, "".join(out[index:]))
            continue
        elif char == b"<":
            tag, argument, at = _start(data, at)
            stack.append((tag, argument, offset, len(out)))
            continue
        elif char == b"&":
            piece, at = "&", at + 1
        else:
            m = PLAIN.match(data, at, size)
            piece, at = m[0].decode(), m.end()
        out.append(piece)
        offset += units(piece)
    if stack:
        name = stack[-1][0].decode()
        raise ParseError(f'Can\'t find end tag corresponding to start tag "{name}"')
    plain = "".join(out)
    try:
        plain.encode()
    except UnicodeEncodeError:
        raise ParseError("Text contains invalid Unicode characters after decoding HTML entities, "
                         "check for unmatched surrogate code units") from None
    for entity in found:
        if entity["type"] == "code":
            entity.pop("language", None)
    return plain, found


RANK = ["expandable_blockquote", "blockquote", "pre", "code", "text_link", "text_mention", "bold",
        "italic", "underline", "strikethrough", "spoiler", "custom_emoji", "date_time"]


def _rank(entity):
    kind = entity["type"]
    return (entity["offset"], -entity["length"], RANK.index(kind) if kind in RANK else len(RANK))


def _tidy(entities):
    """Sorted; nothing within code, no kind within itself."""
    kept = []
    for entity in sorted(entities, key=_rank):
        end = entity["offset"] + entity["length"]
        around = {o["type"] for o in kept
                  if o["offset"] <= entity["offset"] and end <= o["offset"] + o["length"]}
        if entity["type"] not in around and not around & {"code", "pre"}:
            kept.append(entity)
    return kept


def clean(text, entities):
    """What the server keeps of a text: control characters gone, trimmed, offsets corrected."""
    text = CONTROL.sub(" ", text)
    size = units(text)
    moved = range(size + 1)  # From the old offset to the new one.
    if REMOVED.search(text):
        moved, offset = [0], 0
        for char in text:
            wide = units(char)
            offset += 0 if REMOVED.match(char) else wide
            moved.extend([offset] * wide)
        text = REMOVED.sub("", text)
    text = text.rstrip(" \n")
    end = units(text)
    fixed = []
    for entity in entities:
        first, last = entity["offset"], entity["offset"] + entity["length"]
        if 0 <= first < last <= size:
            first, last = moved[first], min(moved[last], end)
            if first < last:
                fixed.append({**entity, "offset": first, "length": last - first})
    fixed = _tidy(fixed)
    limit = fixed[0]["offset"] if fixed else len(text)
    cut = min(len(text) - len(text.lstrip(" \n")), limit)
    for entity in fixed:
        entity["offset"] -= cut
    text = text[cut:]
    if INVISIBLE.fullmatch(text):
        return "", []
    return text, fixed


TAGS = {"bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "code": "code",
        "pre": "pre", "blockquote": "blockquote", "expandable_blockquote": "blockquote"}


def _open_tag(entity):
    kind = entity["type"]
    if kind == "text_link":
        return f'<a href="{html.escape(entity["url"])}">'
    if kind in TAGS:
        return f"<{TAGS[kind]}>"
    return f'<span class="{html.escape(kind)}">'


def _close_tag(entity):
    kind = entity["type"]
    return "</a>" if kind == "text_link" else f"</{TAGS.get(kind, 'span')}>"


def render(text, entities):
    """The text with its entities as HTML for a browser."""
    data, out, stack = text.encode("utf-16-le"), [], []
    begins, places = {}, {0, len(data) // 2}
    for entity in sorted(entities, key=_rank):
        begins.setdefault(entity["offset"], []).append(entity)
        places |= {entity["offset"], entity["offset"] + entity["length"]}
    places = sorted(places)
    for here, after in zip(places, places[1:] + [None]):
        again = []
        while any(e["offset"] + e["length"] <= here for e in stack):
            last = stack.pop()
            out.append(_close_tag(last))
            if last["offset"] + last["length"] > here:
                again.insert(0, last)
        for entity in again + begins.get(here, []):
            out.append(_open_tag(entity))
            stack.append(entity)
        if after is not None:
            out.append(html.escape(data[2 * here:2 * after].decode("utf-16-le", "replace")))
    return "".join(out)
