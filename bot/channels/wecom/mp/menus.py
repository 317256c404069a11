"""Cards as menus in the chat (msgmenu), and what a press on an entry says.

An entry's id comes back as `bizmsgmenuid`, so all that a tap needs is written into it. What the
platform does to long or odd ids is not documented: an id is short and plain, or the card goes
as its fallback.
"""

from urllib.parse import quote, unquote

from bot.channels.wecom.http import Json
from bot.kernel.messages import Card, CardKind, Tap
from bot.kernel.words import cut_bytes

CARDS = frozenset({CardKind.BUTTONS, CardKind.VOTE})
_SEPARATOR = "|"
_BUTTON, _VOTE = "b", "v"
_ENTRIES = 10
_ID_BYTES = 64
_ENTRY_BYTES = 128
_AROUND_BYTES = 1024  # as 微信客服 has it (path/94677, 2026-07); this platform names no limit


def menu_of(card: Card) -> Json | None:
    """Return the body of a menu; None when a card asks for more than one press can say."""
    entries = _entries(card)
    fits = 0 < len(entries) <= _ENTRIES and all(
        len(one["id"]) <= _ID_BYTES and one["content"].strip() for one in entries
    )
    if not fits:
        return None
    menu: Json = {"head_content": cut_bytes(_head(card), _AROUND_BYTES), "list": entries}
    if tail := _tail(card):
        menu["tail_content"] = cut_bytes(tail, _AROUND_BYTES)
    return {"msgtype": "msgmenu", "msgmenu": menu}


def tap_of(entry: str) -> Tap | None:
    """Return what a press on an entry says; None for an id that is not ours."""
    kind, *rest = entry.split(_SEPARATOR)
    words = [unquote(word) for word in rest]
    match kind, words:
        case "b", [card, button]:
            return Tap(button, card)
        case "v", [card, button, choice]:
            return Tap(button, card, (choice,))
    return None


def _entries(card: Card) -> list[dict[str, str]]:
    if card.shape is CardKind.BUTTONS and not card.questions:
        buttons = [button for button in card.buttons if not button.url]
        return [_entry(button.text, _BUTTON, card.id, button.key) for button in buttons]
    if card.shape is CardKind.VOTE and len(card.questions) == 1 and card.submit:
        [question] = card.questions
        if not question.many:
            key = card.submit.key
            choices = question.choices
            return [_entry(one.text, _VOTE, card.id, key, one.id) for one in choices]
    return []


def _entry(text: str, *words: str) -> dict[str, str]:
    entry = _SEPARATOR.join(quote(word, safe=":") for word in words)
    return {"id": entry, "content": cut_bytes(text, _ENTRY_BYTES)}


def _head(card: Card) -> str:
    question = card.questions[0].title if card.questions else ""
    facts = (f"{name}：{value}" for name, value in card.facts)
    lines = (card.title, card.emphasis, card.description, card.body, *facts, question)
    return "\n".join(line for line in lines if line) or card.fallback


def _tail(card: Card) -> str:
    pages = (f"{button.text}：{button.url}" for button in card.buttons if button.url)
    return "\n".join((*pages, *([card.url] if card.url else [])))
