"""Cards as 微信客服 knows them: a menu of up to ten entries to press (path/94677, 2026-07).

A press comes back as words with the entry's id, so the id has to say everything: which button
or choice, and of which card.
"""

from collections.abc import Iterator

from bot.channels.wecom.http import Json
from bot.channels.wecom.parts import web_url
from bot.kernel.messages import Button, Card, CardKind, Question, Tap
from bot.kernel.words import cut_bytes

MOST_ENTRIES = 10
_ID_BYTES = 128
_ENTRY_BYTES = 128
_HEAD_BYTES = 1024
_TEXT_BYTES = 256
_BETWEEN = "|"
SHAPES = frozenset({CardKind.BUTTONS, CardKind.VOTE})


class NoMenu(ValueError):
    """The card holds more than a menu can."""


def menu_body(card: Card) -> Json:
    """Return a card as a menu.

    Raises:
        NoMenu: it asks for more than one choice, has too many entries or too long ids.
    """
    entries = list(_entries(card))
    if not 1 <= len(entries) <= MOST_ENTRIES:
        raise NoMenu(f"{len(entries)} entries")
    head = "\n".join(line for line in _head(card) if line)
    if not head.strip():
        raise NoMenu("no title")
    if card.body:
        words = cut_bytes(card.body, _TEXT_BYTES)
        entries.append({"type": "text", "text": {"content": words, "no_newline": 0}})
    menu = {"head_content": cut_bytes(head, _HEAD_BYTES), "list": entries, "tail_content": ""}
    return {"msgtype": "msgmenu", "msgmenu": menu}


def _head(card: Card) -> Iterator[str]:
    yield from (card.source, card.title, card.emphasis, card.description)
    yield from (f"{name}：{value}" for name, value in card.facts)
    yield from (question.title for question in card.questions)
    yield card.url


def _entries(card: Card) -> Iterator[Json]:
    match card.shape:
        case CardKind.BUTTONS if not card.questions:
            yield from (_button(card, button) for button in card.buttons)
        case CardKind.VOTE if len(card.questions) == 1 and not card.questions[0].many:
            yield from _choices(card, card.questions[0])
        case _:
            raise NoMenu("one press can't answer it")


def _button(card: Card, button: Button) -> Json:
    if button.url:
        words = cut_bytes(button.text, _ENTRY_BYTES)
        return {"type": "view", "view": {"url": web_url(button.url), "content": words}}
    return _click(button.text, button.key, card.id)


def _choices(card: Card, question: Question) -> Iterator[Json]:
    button = card.submit.key if card.submit else question.key
    for choice in question.choices:
        yield _click(choice.text, button, card.id, choice.id)


def _click(text: str, *said: str) -> Json:
    ident = _BETWEEN.join(said).rstrip(_BETWEEN)
    if not said[0] or len(ident.encode()) > _ID_BYTES or any(_BETWEEN in one for one in said):
        raise NoMenu("an id that a menu can't hold")
    return {"type": "click", "click": {"id": ident, "content": cut_bytes(text, _ENTRY_BYTES)}}


def read_press(menu_id: str) -> Tap | None:
    """Return which button was pressed; None when these are words that she typed herself."""
    if not menu_id:
        return None
    button, card, chosen = (*menu_id.split(_BETWEEN, 2), "", "")[:3]
    return Tap(button, card, (chosen,) if chosen else ())
