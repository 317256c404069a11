"""Asks back with numbers, and with buttons where the channel has them."""

from collections.abc import Sequence

from bot.kernel.capability import Doors
from bot.kernel.messages import Button, Card, CardKind, Reply
from bot.kernel.ports import Words
from bot.kernel.work import Context

_MOST_BUTTONS = 6  # of a card (path/90236, 2026-07)
_LABEL_CHARS = 20


def offer(ctx: Context, text: Reply, title: str, buttons: Sequence[tuple[str, str]]) -> Reply:
    """Return a question with numbered choices: a card where there are buttons and few choices.

    Args:
        ctx: of what is answered.
        text: the question with its choices, as it reads without buttons.
        title: the question alone.
        buttons: words and key of each, the one that calls a human among them.
    """
    has_buttons = CardKind.BUTTONS in ctx.tools.use(Doors).of(ctx.update.channel).cards
    if not has_buttons or len(buttons) > _MOST_BUTTONS:
        return text
    return Reply(
        part=Card(
            id=f"ask-{ctx.update.key}"[:64],
            shape=CardKind.BUTTONS,
            title=title,
            fallback=ctx.tools.use(Words)(text.template, **text.data),
            buttons=tuple(Button(words[:_LABEL_CHARS], key) for words, key in buttons),
        )
    )
