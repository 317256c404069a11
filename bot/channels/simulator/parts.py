"""Turns what the bot says into rows, and rows into the JSON that pages and tests read."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bot.channels.simulator.intake import Picture, read_picture
from bot.channels.simulator.people import CAST_NAMES
from bot.channels.simulator.reads import Message
from bot.kernel.errors import Undeliverable
from bot.kernel.messages import (
    Card,
    CardUpdate,
    Image,
    Link,
    Markdown,
    News,
    Part,
    Text,
    part_json,
)

IMAGES_AT = "/simulator/api/images/"
MEDIA_AT = "/simulator/media/"


@dataclass(frozen=True, slots=True)
class Written:
    """A part as a row holds it."""

    kind: str
    text: str
    payload: dict[str, object]
    images: Sequence[Picture] = ()


def written(part: Text | Markdown | Image | Link | News | Card) -> Written:
    """Return a part as a row holds it.

    Raises:
        Undeliverable: a picture is none that can be shown.
    """
    if isinstance(part, Text):
        return Written("text", part.text, {})
    if isinstance(part, Markdown):
        return Written("markdown", part.text, {})
    if isinstance(part, Link):
        return Written("link", f"{part.title}\n{part.url}", {"link": plain(part)})
    if isinstance(part, News):
        words = "\n".join(f"{one.title}\n{one.url}" for one in part.articles)
        return Written("news", words, {"articles": [plain(one) for one in part.articles]})
    if isinstance(part, Card):
        return Written("card", part.fallback, {"card": plain(part)})
    return _picture(part)


def _picture(part: Image) -> Written:
    if not part.data_url:
        return Written("image", part.alt, {"src": MEDIA_AT + quote(part.path)})
    picture = read_picture(part.data_url)
    if picture is None:
        raise Undeliverable("the picture is no PNG, JPEG, GIF or WebP")
    return Written("image", part.alt, {}, [picture])


def plain(part: Part) -> object:
    """Return a part as plain JSON values."""
    return part_json.dump_python(part, mode="json")


def answer_of(update: CardUpdate) -> dict[str, object]:
    """Return what a card looks like after it was answered."""
    return {
        "replace_text": update.replace_text,
        "card": plain(update.card) if update.card else None,
    }


def message_json(message: Message, zone: ZoneInfo) -> dict[str, object]:
    """Return one message as clients see it; a recalled one says nothing any more."""
    shown = message.status == "shown"
    found: dict[str, object] = {
        "id": message.id,
        "at": message.at.astimezone(zone).isoformat(),
        "from": message.sender,
        "name": message.name or CAST_NAMES.get(message.sender),
        "kind": message.kind,
        "text": message.text if shown else "",
        "status": message.status,
        "group": message.group,
        "member": message.member,
    }
    if not shown:
        return found
    images = [f"{IMAGES_AT}{picture}" for picture in message.images]
    if src := message.payload.get("src"):
        images.append(str(src))
    if images:
        found["images"] = images
    for name in ("link", "articles", "card"):
        if name in message.payload:
            found[name] = message.payload[name]
    if message.kind == "card":
        found["answer"] = message.payload.get("answer")
        found["taps"] = {
            member: {"button": tap.button, "chosen": tap.chosen, "answer": tap.answer}
            for member, tap in message.taps.items()
        }
    return found
