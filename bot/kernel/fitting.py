"""Fits what a room wants to say into what a door can show: card, else Markdown, else words.

Cut are only words that no number of messages would hold, and never inside a character.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.kernel.capability import Capability
from bot.kernel.messages import Card, File, Image, Link, Markdown, News, Outgoing, Part, Text
from bot.kernel.words import cut_bytes

_BREAKS = ("\n\n", "\n", "。", "！", "？", "；", ". ", "，", " ")
"""Where a long text is parted, the best place first."""
_NUMBER_BYTES = len("（99/99）\n".encode())
_MOST_BYTES = 4  # of a character in UTF-8


def fit(outgoing: Outgoing, door: Capability) -> Sequence[Outgoing]:
    """Return the messages that carry `outgoing` through a door; usually itself alone.

    Further ones get keys of their own, made from its key, so that each leaves once.
    """
    if outgoing.ticket:  # good for one message, of words or a card
        door = replace(door, messages=1, links=False, articles=0, images=False, files=frozenset())
    said = outgoing.part
    if isinstance(said, Text) and len(said.text) * _MOST_BYTES <= door.text_bytes:
        return (outgoing,)  # nearly always
    parts = list(_parts(said, door))
    if parts == [outgoing.part]:
        return (outgoing,)
    return [
        replace(outgoing, part=part, key=f"{outgoing.key}/{number}" if number else outgoing.key)
        for number, part in enumerate(parts)
    ]


def join(answers: Sequence[Outgoing]) -> Sequence[Outgoing]:
    """Return the answers to one message for one response: all words in one."""
    words = [one.part for one in answers if isinstance(one.part, Text | Markdown)]
    if len(words) <= 1:
        return answers
    text = "\n\n".join(part.text for part in words)
    plain = "\n\n".join(part.plain if isinstance(part, Markdown) else part.text for part in words)
    joined = Markdown(text, plain) if text != plain else Text(text)
    first = next(one for one in answers if one.part is words[0])
    rest = [one for one in answers if not isinstance(one.part, Text | Markdown)]
    return [replace(first, part=joined), *rest]


def permit_first(answers: Sequence[Outgoing]) -> Sequence[Outgoing]:
    """Return the answers with what lets one of them leave on the first only.

    For a door that takes one answer to a message and lets the bot begin by itself: then the
    others need none, and a twin of the first is known for sure.
    """
    return [replace(one, reply_to="") if place else one for place, one in enumerate(answers)]


def fit_budget(messages: Sequence[Outgoing], door: Capability) -> Sequence[Outgoing]:
    """Return as many messages as one of hers may be answered with.

    What would be too many goes together into the last one, as words; a picture there is told
    of by its description.
    """
    most = door.max_replies
    if not most or len(messages) <= most:
        return messages
    *kept, last = messages[:most]
    rest = [last, *messages[most:]]
    words = "\n\n".join(filter(None, (_words(message.part) for message in rest)))
    return [*kept, replace(last, part=Text(cut_bytes(words, door.text_bytes)))]


def _words(part: Part) -> str:
    match part:
        case Text(text) | Markdown(_, text):
            return text
        case Image() | File():
            return part.words
        case Link():
            return _as_words(part)
        case News(articles):
            return "\n\n".join(map(_as_words, articles))
        case Card():
            return part.fallback
        case _:
            return ""


def _parts(part: Part, door: Capability) -> Iterator[Part]:
    match part:
        case Text(text):
            yield from (Text(piece) for piece in split(text, door.text_bytes, door.messages))
        case Markdown(text, plain) if door.markdown_bytes:
            pieces = split(text, door.markdown_bytes, door.messages)
            if len(pieces) == 1:
                yield Markdown(pieces[0], plain)
            else:
                yield from (Markdown(piece, piece) for piece in pieces)
        case Markdown(_, plain):
            yield from _parts(Text(plain), door)
        case Image() if not door.images:
            yield from _parts(Text(part.words), door)
        case File() if part.sent_as not in door.files:
            yield from _parts(Text(part.words), door)
        case Link() if not door.links:
            yield from _parts(Text(_as_words(part)), door)
        case News(articles):
            yield from _news(articles, door)
        case Card() if part.shape not in door.cards:
            yield from _parts(_without_card(part), door)
        case _:
            yield part


def _news(articles: Sequence[Link], door: Capability) -> Iterator[Part]:
    if door.articles:
        for start in range(0, len(articles), door.articles):
            yield News(tuple(articles[start : start + door.articles]))
    elif door.links and len(articles) <= door.messages:
        yield from articles
    else:
        yield from _parts(Text("\n\n".join(map(_as_words, articles))), door)


def _without_card(card: Card) -> Markdown:
    words = _lines(card.fallback, "" if card.url in card.fallback else card.url)
    return Markdown(_lines(f"**{card.title}**" if card.title else "", words), words)


def _as_words(link: Link) -> str:
    return _lines(link.title, link.description, link.url)


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def split(text: str, limit_bytes: int, most: int) -> list[str]:
    """Part a text into at most `most` pieces of at most `limit_bytes`, numbered if several.

    What is left over is cut from the last piece, which then ends in "…".
    """
    if len(text.encode()) <= limit_bytes:
        return [text]
    if most <= 1:
        return [cut_bytes(text, limit_bytes)]
    room, pieces = limit_bytes - _NUMBER_BYTES, list[str]()
    while text and len(pieces) < most - 1 and len(text.encode()) > room:
        piece = _head(text, room)
        pieces.append(piece.rstrip())
        text = text[len(piece) :].lstrip()
    pieces.append(cut_bytes(text, room))
    return [f"（{number}/{len(pieces)}）\n{piece}" for number, piece in enumerate(pieces, 1)]


def _head(text: str, limit_bytes: int) -> str:
    """Return the beginning of a text that fits, up to the best place to part it."""
    fits = cut_bytes(text, limit_bytes, mark="")
    for mark in _BREAKS:
        end = fits.rfind(mark)
        if end > len(fits) // 2:
            return fits[: end + len(mark)]
    return fits
