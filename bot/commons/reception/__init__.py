"""Reception (接待): the one way from the bot to a human and back."""

from bot.commons.reception.choosing import ahead, assign, promised, queue, when
from bot.commons.reception.ownership import Owned, Owner, let_go, owner_of, personal, take
from bot.commons.reception.service import (
    Standing,
    give_back,
    hand_over,
    line,
    say,
    standing,
    words_of,
)

__all__ = [
    "Owned",
    "Owner",
    "Standing",
    "ahead",
    "assign",
    "give_back",
    "hand_over",
    "let_go",
    "line",
    "owner_of",
    "personal",
    "promised",
    "queue",
    "say",
    "standing",
    "take",
    "when",
    "words_of",
]
