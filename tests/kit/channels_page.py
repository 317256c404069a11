"""Writes docs/channels.md from the channels' own records: `make docs`."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.channels.simulator import channel as simulator
from bot.channels.wecom import app, group_robot, kefu, mp
from bot.channels.wecom.aibot import channel as aibot
from bot.channels.wecom.aibot import socket as aibot_socket
from bot.channels.wecom.customer_groups import channel as customer_groups
from bot.kernel.capability import Capability

PAGE = Path(__file__).parents[2] / "docs" / "channels.md"
RECORDS: Mapping[str, Capability] = {
    "wecom_app": app.CAPABILITY,
    "aibot": aibot.CAPABILITY,
    "aibot, websocket": aibot_socket.CAPABILITY,
    "group_robot": group_robot.CAPABILITY,
    "kefu": kefu.CAPABILITY,
    "customer_groups": customer_groups.CAPABILITY,
    "mp": mp.CAPABILITY,
    "simulator": simulator.CAPABILITY,
}
_HEAD = """\
# What each channel can do

Made from the channels' own records by `make docs`; a test compares them. Rooms ask these records
and never a channel's name. What a channel can't show goes as its next best: a card as Markdown,
Markdown as words, a picture or file as its description, a link as title
and address. Long words are parted
between sentences into as many messages as the channel allows, and cut only after that.

Why the doors are so: [platform-limits.md](platform-limits.md).
"""


def _yes(value: bool) -> str:  # noqa: FBT001 - what it tells
    return "yes" if value else "no"


def _window(door: Capability) -> str:
    if not door.can_receive:
        return "–"
    return "any time" if door.reply_window_s == math.inf else f"{door.reply_window_s / 3600:g} h"


def _brief(door: Capability) -> str:
    return f"{door.brief.replies} in {door.brief.within_s:g} s" if door.brief else "–"


def _rates(door: Capability) -> str:
    return ", ".join(f"{rate.count:,} in {rate.per_s:g} s" for rate in door.rates) or "–"


_ROWS: Mapping[str, Callable[[Capability], object]] = {
    "leads to": lambda door: ", ".join(door.chats),
    "hears members": lambda door: _yes(door.can_receive),
    "… only when mentioned": lambda door: _yes(door.needs_mention),
    "a human can take over": lambda door: _yes(door.hands_over),
    "… besides text": lambda door: ", ".join(sorted(door.hears)) or "–",
    "begins by itself": lambda door: _yes(door.can_push),
    "answers within": _window,
    "answers to one message": lambda door: door.max_replies or "any number",
    "… all of them in one response": lambda door: _yes(door.together),
    "… to following, a code, the menu": _brief,
    "… none any more after": lambda door: ", ".join(sorted(door.leaving)) or "–",
    "a person confirms": lambda door: _yes(door.needs_human_confirm),
    "text, bytes": lambda door: f"{door.text_bytes:,}",
    "Markdown, bytes": lambda door: f"{door.markdown_bytes:,}" if door.markdown_bytes else "–",
    "cards": lambda door: ", ".join(sorted(door.cards)) or "–",
    "links as cards": lambda door: _yes(door.links),
    "links in one message": lambda door: door.articles or "–",
    "pictures": lambda door: _yes(door.images),
    "files": lambda door: ", ".join(sorted(door.files)) or "–",
    "messages for a long one": lambda door: door.messages,
    "recall": lambda door: _yes(door.recall),
    "polls by": lambda door: door.poll,
    "limits of a chat": _rates,
    "source": lambda door: door.source,
}


def page() -> str:
    """Return the page as it should be."""
    columns = [column(door) for door in RECORDS.values()]
    table = [
        "| | " + " | ".join(f"`{name}`" for name in RECORDS) + " |",
        "|---" * (len(RECORDS) + 1) + "|",
        *(f"| {' | '.join(row)} |" for row in zip(_ROWS, *columns, strict=True)),
    ]
    return _HEAD + "\n" + "\n".join(table) + "\n"


def column(door: Capability) -> list[str]:
    """Return what the page says of one record."""
    return [str(tell(door)) for tell in _ROWS.values()]


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
