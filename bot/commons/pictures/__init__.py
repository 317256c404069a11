"""Pictures (图片): calendars, charts and posters, drawn from words and numbers.

Pure drawing: a small frozen description in (`drawings.py`), PNG bytes out (`draw`), the same
bytes for the same description. `soon` lets a picture follow an answer into the chat: the answer
never waits for it.
"""

from bot.commons.pictures.drawing import draw, draw_cached
from bot.commons.pictures.drawings import (
    Certificate,
    DayMark,
    Drawing,
    MonthCalendar,
    PollChart,
    PollOption,
    QrSheet,
    Ranking,
    RankRow,
    StreakPoster,
    drawing_json,
    key_of,
    written,
)
from bot.commons.pictures.pages import download
from bot.commons.pictures.personal import personal
from bot.commons.pictures.service import (
    DRAW,
    Task,
    To,
    can_follow,
    claim,
    count_failed,
    fail,
    forget_old,
    has_due,
    send,
    soon,
)

__all__ = [
    "DRAW",
    "Certificate",
    "DayMark",
    "Drawing",
    "MonthCalendar",
    "PollChart",
    "PollOption",
    "QrSheet",
    "RankRow",
    "Ranking",
    "StreakPoster",
    "Task",
    "To",
    "can_follow",
    "claim",
    "count_failed",
    "download",
    "draw",
    "draw_cached",
    "drawing_json",
    "fail",
    "forget_old",
    "has_due",
    "key_of",
    "personal",
    "send",
    "soon",
    "written",
]
