"""What the bot says, as the platform takes it (path/101031, 101032 and 101138, 2026-07)."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import md5
from typing import TypeAlias

from bot.channels.wecom.cards import AIBOT_ROOM, Unfit, card_json
from bot.channels.wecom.http import Json
from bot.channels.wecom.media import MAX_IMAGE_BYTES, Picture
from bot.kernel.errors import Undeliverable
from bot.kernel.messages import Card, CardUpdate, File, Image, Link, Markdown, News, Part, Text
from bot.kernel.words import cut_bytes, cut_chars

Spoken: TypeAlias = Text | Markdown | Link | News | Image | File | Card
"""What can be put into words."""

CONTENT_BYTES = 20_480
WELCOME_BYTES = 2_048
_PICTURES = 10
_BUTTON = 10
_FEEDBACK_BYTES = 256
_PICTURE = "🖼️"


@dataclass
class Stream:
    """Everything that one stream shows: words, pictures, and one card."""

    words: list[str] = field(default_factory=list)
    pictures: list[Json] = field(default_factory=list)
    card: Json | None = None
    _room_bytes: int = MAX_IMAGE_BYTES  # each may have as much, but a response is read at once

    def takes_picture(self, picture: Picture | None) -> bool:
        """Add a picture; False when the platform would not take it, or no more of them."""
        if picture is None or not picture.suffix or len(self.pictures) >= _PICTURES:
            return False
        self._room_bytes -= len(picture.content)
        if self._room_bytes < 0:
            return False
        digest = md5(picture.content, usedforsecurity=False).hexdigest()
        image = {"base64": b64encode(picture.content).decode(), "md5": digest}
        self.pictures.append({"msgtype": "image", "image": image})
        return True

    def takes_card(self, card: Card) -> bool:
        """Add a card, or its words when it does not fit; False for a second one."""
        try:
            made = card_json(card, AIBOT_ROOM)
        except Unfit:
            self.words.append(card.fallback)
            return True
        if self.card is not None:
            return False
        self.card = made
        return True

    def ended(self, stream: str, *, again: bool, feedback: bool) -> Json:
        """Return the response that ends the stream.

        A card alone is a message of its own, unless the stream has been begun already.
        """
        words = "\n\n".join(self.words)
        if self.card is not None and not (again or words or self.pictures):
            return {"msgtype": "template_card", "template_card": self.card}
        if not words:
            words = _title(self.card) if self.card else _PICTURE
        made = stream_json(stream, words, finish=True, feedback=feedback and not again)
        if self.pictures:
            made["stream"]["msg_item"] = self.pictures
        if self.card is None:
            return made
        return {**made, "msgtype": "stream_with_template_card", "template_card": self.card}


def stream_json(stream: str, words: str, *, finish: bool, feedback: bool = False) -> Json:
    """Return one response of a stream; each shows everything that was said so far."""
    body: Json = {"id": stream, "finish": finish, "content": markdown(words)}
    if feedback:
        body["feedback"] = {"id": cut_bytes(stream, _FEEDBACK_BYTES, mark="")}
    return {"msgtype": "stream", "stream": body}


def markdown(words: str) -> str:
    """Return words that fit and of which nothing is taken for the bot's own reasoning."""
    return cut_bytes(words.replace("<think", "＜think"), CONTENT_BYTES)


def words_of(part: Spoken) -> str:
    """Return what stands for a part where there are only words."""
    match part:
        case Text(text) | Markdown(text):
            return text
        case Link(title, url, description):
            address = f"[{title}]({url})" if title else url
            return f"{address}\n{description}" if description else address
        case News(articles):
            return "\n\n".join(map(words_of, articles))
        case Image() | File():
            return part.words
        case Card():
            return part.fallback


def welcome_json(parts: Sequence[Part]) -> tuple[Json, list[int]] | None:
    """Return what greets a member who enters, and the places of the parts that it holds."""
    said = [(place, part) for place, part in enumerate(parts) if isinstance(part, Spoken)]
    if len(said) == 1 and isinstance(card := said[0][1], Card):
        try:
            made = card_json(card, AIBOT_ROOM)
        except Unfit:
            pass
        else:
            return {"msgtype": "template_card", "template_card": made}, [said[0][0]]
    words = "\n\n".join(words_of(part) for _, part in said)
    if not words.strip():
        return None
    body = {"msgtype": "text", "text": {"content": cut_bytes(words, WELCOME_BYTES)}}
    return body, [place for place, _ in said]


def answer_json(part: Part, stream: str, *, feedback: bool) -> Json:
    """Return what answers a message over a long connection: a whole stream, or a card.

    Pictures, and a card beside a stream, are not taken there (path/101463, 2026-07).

    Raises:
        Undeliverable: neither says it.
    """
    made = late_json(part)
    if made["msgtype"] == "template_card":
        return made
    return stream_json(stream, made["markdown"]["content"], finish=True, feedback=feedback)


def late_json(part: Part, *, feedback: str = "") -> Json:
    """Return what goes to a response_url, or is pushed: Markdown or a card.

    Args:
        part: what is said.
        feedback: by which it is known when a member rates it; empty when she can't.

    Raises:
        Undeliverable: neither says it.
    """
    if isinstance(part, Card):
        try:
            return {"msgtype": "template_card", "template_card": card_json(part, AIBOT_ROOM)}
        except Unfit:
            pass
    if isinstance(part, CardUpdate):
        raise Undeliverable("a bot's card changes in the response to its press only")
    if not isinstance(part, Spoken):
        raise Undeliverable("what a bot has said can't be recalled")
    words = markdown(words_of(part))
    if not words.strip():
        raise Undeliverable("there is nothing to say")
    body: Json = {"content": words}
    if feedback:
        body["feedback"] = {"id": cut_bytes(feedback, _FEEDBACK_BYTES, mark="")}
    return {"msgtype": "markdown", "markdown": body}


def changed_json(
    card: Card, change: CardUpdate, *, task_id: str, chosen: Sequence[str], seen_by: str
) -> Json:
    """Return the response that changes a pressed card; the platform wants all of it again.

    Args:
        card: how it looked, or shall look.
        change: what changes.
        task_id: the id that it was sent with.
        chosen: what was chosen on it, which stays so.
        seen_by: whom the change is shown to; empty for everybody.

    Raises:
        Unfit: the platform would not take it.
    """
    made = card_json(card, AIBOT_ROOM)
    made["task_id"] = task_id
    if change.replace_text:
        _closed(made, change.replace_text, chosen)
    body: Json = {"response_type": "update_template_card", "template_card": made}
    return {**body, "userids": [seen_by]} if seen_by else body


def _closed(made: Json, words: str, chosen: Sequence[str]) -> None:
    """Let nothing more be chosen on a card, and say so on its button."""
    label = cut_chars(words, _BUTTON)
    made.pop("action_menu", None)
    if "checkbox" in made:
        made["checkbox"]["disable"] = True
        for option in made["checkbox"]["option_list"]:
            option["is_checked"] = option["id"] in chosen or option["is_checked"]
    for select in [*made.get("select_list", ()), *filter(None, [made.get("button_selection")])]:
        select["disable"] = True
        picked = [one["id"] for one in select["option_list"] if one["id"] in chosen]
        if picked:
            select["selected_id"] = picked[0]
    if "submit_button" in made:
        made["submit_button"]["text"] = label
    if "button_list" in made:
        made["button_list"] = [{**made["button_list"][0], "text": label}]


def _title(card: Json | None) -> str:
    title = (card or {}).get("main_title", {}).get("title", "")
    return str(title) or _PICTURE
