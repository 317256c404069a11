"""Finds what a press of a card means: which card, which button, which choices."""

from collections.abc import Iterator, Mapping

from bot.channels.simulator.intake import Invalid, Pressed
from bot.channels.simulator.reads import Message
from bot.kernel.messages import Card, part_json


def resolve(message: Message, pressed: Pressed) -> tuple[str, str]:
    """Return the card's own id and the key of the button that was pressed.

    A card that was replaced still answers, as on a phone that has not seen the change.

    Raises:
        Invalid: no card of this message has this button or these options.
    """
    for card in _cards(message, pressed.member):
        if button := _button(card, pressed):
            return card.id, button
    if pressed.button:
        raise Invalid("button", "卡片上没有这个按钮")
    raise Invalid("option", "卡片上没有这个选项，或者只能选一项")


def _cards(message: Message, member: str) -> Iterator[Card]:
    """Yield how the card looks or looked to a member, the newest look first."""
    tap = message.taps.get(member)
    for answer in (tap.answer if tap else None, message.payload.get("answer")):
        if isinstance(answer, Mapping) and answer.get("card"):
            yield _card(answer["card"])
    yield _card(message.payload["card"])


def _card(value: object) -> Card:
    card = part_json.validate_python(value)
    if not isinstance(card, Card):
        raise TypeError(f"{type(card).__name__} is kept where a card belongs")
    return card


def _button(card: Card, pressed: Pressed) -> str:
    """Return the key of the button that this press means on this card, empty for none."""
    keys = {button.key for button in card.buttons if button.key and not button.url}
    if not pressed.options:
        return pressed.button if pressed.button in keys else ""
    if not _can_choose(card, pressed.options):
        return ""
    submit = card.submit.key if card.submit else card.questions[0].key
    return submit if pressed.button in {"", submit} else ""


def _can_choose(card: Card, options: tuple[str, ...]) -> bool:
    """Return True when every option is on the card, at most one where only one may be."""
    known: set[str] = set()
    for question in card.questions:
        mine = {choice.id for choice in question.choices}
        if not question.many and len(mine & set(options)) > 1:
            return False
        known |= mine
    return known.issuperset(options)
