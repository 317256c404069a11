"""Reception (接待): the one way from the bot to a human and back."""

from bot.commons.reception.choosing import (
    ahead,
    assign,
    assign_waiting,
    present,
    promised,
    when,
)
from bot.commons.reception.ownership import (
    Owned,
    Owner,
    is_with_a_human,
    let_go,
    owner_of,
    personal,
    take,
)
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
    "assign_waiting",
    "give_back",
    "hand_over",
    "is_with_a_human",
    "let_go",
    "line",
    "owner_of",
    "personal",
    "present",
    "promised",
    "say",
    "standing",
    "take",
    "when",
    "words_of",
]
