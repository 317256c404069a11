"""Comments from outside (外部评论), of a platform that we only have a table of.

Who wrote one is not kept. Source and number together name a comment: taken in again it is the
same one. Nobody is answered for it, and no case comes of it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from bot.commons import audit
from bot.commons.ratings.sorting import Sorter
from bot.commons.ratings.voices import WORDS_CHARS
from bot.kernel.errors import BotError
from bot.kernel.events import CommentDeleted
from bot.kernel.words import cut_chars
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

QUIET = timedelta(minutes=1)
"""An import that has brought nothing new for so long is over."""
_GRAVE = 3
_PLAIN = (
    *("words", "at", "about", "by_rule", "found", "who", "url", "product", "rating"),
    *("severity", "alert_at", "told", "taken_at"),
)
"""What is kept of a comment so that it can be put back."""
_FIND = Statement("SELECT words, at, url, product, rating FROM voices WHERE key = :key")
_KEEP = Statement(
    "INSERT INTO voices (key, source, words, at, about, by_rule, found, who, handled, url, product,"
    " rating, severity, taken_at, alert_at, told) VALUES (:key, :source, :words, :at, :about,"
    " :about, :found, '', '', :url, :product, :rating, :severity, :now, :alert_at, 0)"
    " ON CONFLICT (key) DO UPDATE SET at = excluded.at, url = excluded.url,"
    " product = excluded.product, rating = excluded.rating, by_rule = excluded.by_rule,"
    " about = CASE voices.who WHEN '' THEN excluded.about ELSE voices.about END,"
    " found = excluded.found, severity = excluded.severity,"
    " told = CASE WHEN voices.words = excluded.words THEN voices.told ELSE 0 END,"
    " alert_at = CASE WHEN voices.words = excluded.words AND excluded.alert_at IS NOT NULL"
    " AND voices.alert_at IS NOT NULL THEN voices.alert_at ELSE excluded.alert_at END,"
    " words = excluded.words, import_id = NULL"
)
_IS_GONE = Statement("SELECT 1 FROM voices_gone WHERE digest = :digest")
_GONE = Statement(
    "INSERT INTO voices_gone (digest, at) VALUES (:digest, :now) ON CONFLICT (digest) DO NOTHING"
)
_DELETE = Statement("DELETE FROM voices WHERE id = :id AND source <> '' RETURNING key")
_PLAINLY = Statement(f"SELECT {', '.join(_PLAIN)} FROM voices WHERE key = :key")
_MARK = Statement("UPDATE voices SET import_id = :import_id WHERE key = :key")
_DROP = Statement("DELETE FROM voices WHERE key = :key AND import_id = :import_id RETURNING id")
_PUT_BACK = Statement(
    f"UPDATE voices SET {', '.join(f'{name} = :{name}' for name in _PLAIN)}, import_id = NULL"
    " WHERE key = :key AND import_id = :import_id RETURNING id"
)
_LAST_UNTOLD = Statement("SELECT max(alert_at) FROM voices WHERE told = 0 AND alert_at IS NOT NULL")
_TELL = Statement(
    "UPDATE voices SET told = 1 WHERE told = 0 AND alert_at IS NOT NULL RETURNING severity"
)


class Outcome(StrEnum):
    """What became of a comment that was told; the words are those of an import."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class Deleted(BotError):
    """An operator has deleted this comment; it is not taken in again."""


@dataclass(frozen=True, slots=True)
class Comment:
    """What a table tells of a comment; None where it has no such column."""

    source: str
    number: str
    at: datetime
    words: str
    url: str | None
    product: str | None
    rating: int | None


@dataclass(frozen=True, slots=True)
class Alert:
    """How many comments somebody should look at."""

    many: int
    grave: int
    """Of them: safety, the law, exposure."""
    last: datetime


def key_of(source: str, number: str) -> str:
    """Return what names a comment among all voices; no channel's name begins with a bracket."""
    return json.dumps([source, number], ensure_ascii=False)


def keep(uow: UnitOfWork, sorter: Sorter, told: Comment) -> Outcome:
    """Keep a comment as it is told now; what it is about is judged when its words are new.

    Raises:
        Deleted: somebody wanted it to be gone.
    """
    key, now = key_of(told.source, told.number), micros(uow.clock.now())
    if uow.run(_IS_GONE, digest=_digest(key)):
        raise Deleted(key)
    rows = uow.run(_FIND, key=key)
    before = rows[0] if rows else None
    after = (
        cut_chars(told.words, WORDS_CHARS),
        micros(told.at),
        *(
            (before[place] if before else nothing) if value is None else value
            for place, value, nothing in (
                (2, told.url, ""),
                (3, told.product, ""),
                (4, told.rating, 0),
            )
        ),
    )
    if before is not None and tuple(before) == after:
        return Outcome.UNCHANGED
    words, at, url, product, rating = after
    judged = sorter.sort(told.words, integer(rating))
    uow.run(
        _KEEP,
        key=key,
        source=told.source,
        words=words,
        at=at,
        about=judged.about.value,
        found=json.dumps(list(judged.found), ensure_ascii=False),
        url=url,
        product=product,
        rating=rating,
        severity=judged.severity,
        now=now,
        alert_at=now if judged.alerts else None,
    )
    return Outcome.UPDATED if before is not None else Outcome.NEW


def plainly(uow: UnitOfWork, key: str) -> Mapping[str, object] | None:
    """Return a comment as it can be kept elsewhere and put back; None when there is none."""
    rows = uow.run(_PLAINLY, key=key)
    return dict(zip(_PLAIN, rows[0], strict=True)) if rows else None


def mark(uow: UnitOfWork, key: str, *, import_id: int) -> None:
    """Note which import changed a comment last."""
    uow.run(_MARK, key=key, import_id=import_id)


def put_back(
    uow: UnitOfWork, key: str, before: Mapping[str, object] | None, *, import_id: int
) -> bool:
    """Let a comment be what it was before an import; False when something changed it since."""
    if before is None:
        return bool(uow.run(_DROP, key=key, import_id=import_id))
    return bool(uow.run(_PUT_BACK, key=key, import_id=import_id, **before))


def delete(uow: UnitOfWork, number: int, why: str, *, who: str) -> bool:
    """Delete a comment for good: no import brings it back. False when there is none."""
    rows = uow.run(_DELETE, id=number)
    for (key,) in rows:
        uow.run(_GONE, digest=_digest(str(key)), now=micros(uow.clock.now()))
        audit.record(uow, who, "voices.deleted", f"voice {number}: {why}")
        uow.publish(CommentDeleted(str(key)))
    return bool(rows)


def take_alert(uow: UnitOfWork) -> Alert | None:
    """Return how many comments operators are to be told of, once an import has brought them all.

    They count as told from here on.
    """
    last = uow.run(_LAST_UNTOLD)[0][0]
    if last is None or instant(last) > uow.clock.now() - QUIET:
        return None
    severities = [integer(row[0]) for row in uow.run(_TELL)]
    if not severities:
        return None
    return Alert(len(severities), sum(one >= _GRAVE for one in severities), instant(last))


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()
