"""The five template cards (path/90236, 2026-07), their limits, and how a sent one is changed.

A card that the platform would not take, for want of a field or for too many, is `Unfit`; its
fallback goes in its place. Words that are merely long are cut.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.channels.wecom.http import Json
from bot.channels.wecom.parts import web_url
from bot.kernel.errors import Undeliverable
from bot.kernel.messages import Button, Card, CardKind, CardUpdate, Question
from bot.kernel.words import cut_chars

T = TypeVar("T")


class Unfit(Exception):
    """The platform would not take this card."""


@dataclass(frozen=True, slots=True)
class Room:
    """How many characters of a card's words fit."""

    title: int
    description: int
    body: int
    source: int = 20
    emphasis: int = 14
    fact: int = 30
    jump: int = 18
    vertical_title: int = 38
    vertical_words: int = 160
    vote_title: int = 16
    question_description: int = 160
    vote_option: int = 17
    select_option: int = 16
    quote: int = 240  # ours: the page names no limit


APP_ROOM = Room(title=36, description=44, body=160)
WEBHOOK_ROOM = Room(title=26, description=30, body=112)  # path/99110, 2026-07
AIBOT_ROOM = Room(  # path/101032, 2026-07
    title=26,
    description=30,
    body=112,
    source=13,
    emphasis=10,
    fact=26,
    jump=13,
    vertical_title=26,
    vertical_words=112,
    vote_title=26,
    question_description=30,
    vote_option=11,
    select_option=10,
)
NOTICES = frozenset({CardKind.TEXT_NOTICE, CardKind.NEWS_NOTICE})

_TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
_KEY_BYTES = 1024
_OPTION_ID_BYTES = 128
_FACT_NAME, _BUTTON = 5, 10
_FACTS, _JUMPS, _MENU, _BUTTONS = 6, 3, 3, 6
_STYLES = range(1, 5)


def card_json(card: Card, room: Room = APP_ROOM) -> Json:
    """Return `card` as the API takes it.

    Raises:
        Unfit: it lacks a field that this shape needs, or has more than fits.
    """
    makers = {
        CardKind.TEXT_NOTICE: _text_notice,
        CardKind.NEWS_NOTICE: _news_notice,
        CardKind.BUTTONS: _buttons,
        CardKind.VOTE: _vote,
        CardKind.MULTIPLE: _multiple,
    }
    try:
        made = {"card_type": card.shape.value, **makers[card.shape](card, room)}
    except Undeliverable as exc:  # an address that can't be opened
        raise Unfit(str(exc)) from None
    if card.id or card.shape not in NOTICES:
        made["task_id"] = _matching(card.id)
    if card.source:
        made["source"] = {"desc": cut_chars(card.source, room.source)}
    return made


def update_json(update: CardUpdate) -> Json:
    """Return what changes a sent card (path/94888, 2026-07): a new card, or a greyed button.

    A new card that the platform would not take leaves the old one, with its button greyed.
    """
    if update.card is not None:
        try:
            return {"template_card": _replacing(update.card, update.replace_text)}
        except Unfit:
            pass
    if not update.replace_text:
        raise Undeliverable("a card update that changes nothing")
    return {"button": {"replace_name": update.replace_text}}


def _replacing(card: Card, replace_text: str) -> Json:
    made = card_json(card)
    made.pop("task_id", None)  # the card keeps the id it was sent with
    if replace_text:
        made["replace_text"] = replace_text
        if "checkbox" in made:
            made["checkbox"]["disable"] = True
    return made


def _text_notice(card: Card, room: Room) -> Json:
    if card.emphasis:
        emphasis = {"emphasis_content": {"title": cut_chars(card.emphasis, room.emphasis)}}
    else:
        emphasis = {}
    return {**_main(card, room), **emphasis, **_body(card, room), **_notice(card, room)}


def _news_notice(card: Card, room: Room) -> Json:
    image = {"card_image": {"url": web_url(card.image_url)}}
    made = {**_main(card, room), **image, **_notice(card, room)}
    if card.body:
        title = cut_chars(card.emphasis or card.title, room.vertical_title)
        words = cut_chars(card.body, room.vertical_words)
        made["vertical_content_list"] = [{"title": title, "desc": words}]
    return made


def _buttons(card: Card, room: Room) -> Json:
    made = {**_main(card, room), **_body(card, room), **_facts(card, room)}
    if card.quote:
        made["quote_area"] = {"type": 0, "quote_text": cut_chars(card.quote, room.quote)}
    made["button_list"] = [_button(one) for one in _few(card.buttons, _BUTTONS, at_least=1)]
    if card.questions:
        made["button_selection"] = _select(_few(card.questions, 1)[0], room)
    if card.url:
        made["card_action"] = _action(card)
    return made


def _vote(card: Card, room: Room) -> Json:
    question = _few(card.questions, 1, at_least=1)[0]
    options = _options(question, 20, room.vote_option)
    return {
        **_main(card, replace(_asking(room), title=room.vote_title)),
        "checkbox": {
            "question_key": _key(question.key),
            "mode": int(question.many),
            "option_list": [
                {**option, "is_checked": choice.checked}
                for choice, option in zip(question.choices, options, strict=True)
            ],
        },
        "submit_button": _submit(card),
    }


def _multiple(card: Card, room: Room) -> Json:
    questions = _few(card.questions, 3, at_least=1)
    selects = [_select(question, room) for question in questions]
    return {**_main(card, _asking(room)), "select_list": selects, "submit_button": _submit(card)}


def _asking(room: Room) -> Room:
    """Return the room of a card that asks: it has no body, and more below its title."""
    return replace(room, description=room.question_description, body=0)


def _main(card: Card, room: Room) -> Json:
    if not card.title:
        raise Unfit("a card without a title")
    title = {"title": cut_chars(card.title, room.title)}
    description = card.description or ("" if room.body else card.body)
    if description:
        title["desc"] = cut_chars(description, room.description)
    return {"main_title": title}


def _body(card: Card, room: Room) -> Json:
    return {"sub_title_text": cut_chars(card.body, room.body)} if card.body else {}


def _facts(card: Card, room: Room) -> Json:
    facts = [
        {"keyname": _label(name, _FACT_NAME), "value": _label(value, room.fact)}
        for name, value in _few(card.facts, _FACTS)
    ]
    return {"horizontal_content_list": facts} if facts else {}


def _notice(card: Card, room: Room) -> Json:
    """Return what both notices have: facts, links, and a menu for buttons that call back."""
    made = {**_facts(card, room), "card_action": _action(card)}
    links = [button for button in card.buttons if button.url]
    menu = [button for button in card.buttons if not button.url]
    if links:
        made["jump_list"] = [
            {"type": 1, "title": _label(button.text, room.jump), "url": web_url(button.url)}
            for button in _few(links, _JUMPS)
        ]
    if menu:
        entries = _few(menu, _MENU)
        _matching(card.id)
        made["action_menu"] = {
            "action_list": [
                {"text": _label(entry.text, _BUTTON), "key": _key(entry.key)} for entry in entries
            ]
        }
    return made


def _action(card: Card) -> Json:
    return {"type": 1, "url": web_url(card.url)}


def _button(button: Button) -> Json:
    style = button.style if button.style in _STYLES else 1
    made: Json = {"text": _label(button.text, _BUTTON), "style": style}
    if button.url:
        return {**made, "type": 1, "url": web_url(button.url)}
    return {**made, "key": _key(button.key)}


def _submit(card: Card) -> Json:
    if card.submit is None:
        raise Unfit("a question without a button to submit")
    return {"text": _label(card.submit.text, _BUTTON), "key": _key(card.submit.key)}


def _select(question: Question, room: Room) -> Json:
    made: Json = {
        "question_key": _key(question.key),
        "option_list": _options(question, 10, room.select_option),
    }
    if question.title:
        made["title"] = question.title
    if checked := [choice.id for choice in question.choices if choice.checked]:
        made["selected_id"] = checked[0]
    return made


def _options(question: Question, at_most: int, room: int) -> list[Json]:
    choices = _few(question.choices, at_most, at_least=1)
    return [
        {"id": _key(choice.id, _OPTION_ID_BYTES), "text": _label(choice.text, room)}
        for choice in choices
    ]


def _few(things: Sequence[T], at_most: int, *, at_least: int = 0) -> Sequence[T]:
    if not at_least <= len(things) <= at_most:
        raise Unfit(f"{len(things)} of what may be {at_least} to {at_most}")
    return things


def _label(text: str, room: int) -> str:
    if not text:
        raise Unfit("a label is empty")
    return cut_chars(text, room)


def _key(key: str, limit_bytes: int = _KEY_BYTES) -> str:
    if not key or len(key.encode()) > limit_bytes:
        raise Unfit(f"a key is empty or longer than {limit_bytes} bytes")
    return key


def _matching(task_id: str) -> str:
    if not _TASK_ID.fullmatch(task_id):
        raise Unfit("the card's id is not 1 to 128 letters, digits, _, - and @")
    return task_id
