"""Answers: finds what was asked for among words that operators wrote, and keeps a dialogue.

The rooms that answer by themselves share it. A dialogue is one for each member, whichever of them
it is with, and being not understood is counted over all of them.
"""

from bot.commons.answers.dialogues import (
    Dialogue,
    close,
    dialogue_of,
    end,
    forget_old,
    is_lost,
    keep,
    miss,
    understood,
)
from bot.commons.answers.folding import PLAIN, Folding, Synonyms, squeezed
from bot.commons.answers.handing import hand_over
from bot.commons.answers.index import Hit, Index, Leaf, Sureness, Term, judge
from bot.commons.answers.offering import offer
from bot.commons.answers.personal import personal
from bot.commons.answers.small_talk import GREETINGS, NODS, SMALL_TALK, THANKS

__all__ = [
    "GREETINGS",
    "NODS",
    "PLAIN",
    "SMALL_TALK",
    "THANKS",
    "Dialogue",
    "Folding",
    "Hit",
    "Index",
    "Leaf",
    "Sureness",
    "Synonyms",
    "Term",
    "close",
    "dialogue_of",
    "end",
    "forget_old",
    "hand_over",
    "is_lost",
    "judge",
    "keep",
    "miss",
    "offer",
    "personal",
    "squeezed",
    "understood",
]
