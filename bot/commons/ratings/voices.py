"""What is said about us, and what it is about: rules first, a person corrects them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.commons import audit
from bot.commons.ratings.rules import About
from bot.commons.ratings.sorting import Classifier
from bot.kernel.events import Judged
from bot.kernel.ids import MemberId
from bot.kernel.words import cut_chars
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

WORDS_CHARS = 300
HANDLED_CHARS = 60
_COLUMNS = (
    "id, member_id, words, at, about, by_rule, found, who, handled_at, handled, source, url,"
    " product, rating, severity, alert_at, taken_at"
)
_KEEP = Statement(
    "INSERT INTO voices (member_id, key, words, at, about, by_rule, found, who, handled)"
    " VALUES (:member, :key, :words, :at, :about, :about, :found, '', '')"
    " ON CONFLICT (key) DO NOTHING RETURNING id"
)
_WHOSE = (
    "(:whose = '' OR (:whose = 'members' AND source = '') OR (:whose = 'outside' AND source <> '')"
    " OR (:whose = 'alert' AND alert_at IS NOT NULL))"
)
_LATEST = Statement(
    f"SELECT {_COLUMNS} FROM voices WHERE (:about = '' OR about = :about) AND {_WHOSE}"
    " ORDER BY at DESC, id DESC LIMIT :most"
)
_IN = Statement(
    f"SELECT {_COLUMNS} FROM voices WHERE source = '' AND at >= :since AND at < :until"
    " ORDER BY at, id"
)
_TAKEN_IN = Statement(
    f"SELECT {_COLUMNS} FROM voices WHERE taken_at >= :since AND taken_at < :until"
    " ORDER BY source, at, id"
)
_ALL = Statement(f"SELECT {_COLUMNS}, key FROM voices ORDER BY id")
_HANDLED_IN = Statement(
    f"SELECT {_COLUMNS} FROM voices WHERE handled_at >= :since AND handled_at < :until"
    " ORDER BY handled_at DESC, id DESC LIMIT :most"
)
_OF = Statement(
    f"SELECT {_COLUMNS} FROM voices WHERE member_id = :member AND at >= :since ORDER BY at, id"
)
_COUNT = Statement(f"SELECT about, count(*) FROM voices WHERE {_WHOSE} GROUP BY about")
_COUNT_WHOSE = Statement(
    "SELECT sum(CASE source WHEN '' THEN 1 ELSE 0 END), sum(CASE source WHEN '' THEN 0 ELSE 1 END),"
    " count(alert_at) FROM voices"
)
_CORRECT = Statement(
    "UPDATE voices SET about = :about, who = :who, import_id = NULL WHERE id = :id"
    " AND about <> :about RETURNING member_id"
)
_UNDO = Statement(
    "UPDATE voices SET about = by_rule, who = '', import_id = NULL WHERE id = :id AND who <> ''"
    " RETURNING member_id"
)
_HANDLE = Statement(
    "UPDATE voices SET handled_at = :now, handled = :words, import_id = NULL WHERE id = :id"
    " AND handled_at IS NULL RETURNING member_id"
)
_UNHANDLE = Statement(
    "UPDATE voices SET handled_at = NULL, handled = '', import_id = NULL WHERE id = :id"
    " AND handled_at IS NOT NULL RETURNING member_id"
)


@dataclass(frozen=True, slots=True)
class Voice:
    """What a member, or somebody outside, has said."""

    id: int
    member: MemberId | None
    """None for what was said outside."""
    words: str
    at: datetime
    about: About
    by_rule: About
    found: Sequence[str]
    who: str
    handled_at: datetime | None
    handled: str
    source: str
    """Where outside it was said; empty for a member's."""
    url: str
    product: str
    rating: int
    """1 to 5; 0 for none."""
    severity: int
    alert_at: datetime | None
    """Since when somebody should look at it."""
    taken_at: datetime | None


class Whose(StrEnum):
    """Which voices are looked at."""

    ALL = ""
    MEMBERS = "members"
    OUTSIDE = "outside"
    ALERT = "alert"
    """Those from outside that somebody should look at."""


def keep(uow: UnitOfWork, classifier: Classifier, said: Judged) -> bool:
    """Keep what a member has said, and what it is about; False when it was kept before."""
    key = f"{said.channel}:{said.key}"
    return keep_words(uow, classifier, said.member, said.words, key=key, at=said.at)


def keep_words(
    uow: UnitOfWork,
    classifier: Classifier,
    member: MemberId,
    words: str,
    *,
    key: str,
    at: datetime,
) -> bool:
    """Keep words of a member that stand in the message `key`: channel and the platform's id."""
    about, found = classifier.classify(words)
    rows = uow.run(
        _KEEP,
        member=member,
        key=key,
        words=cut_chars(words, WORDS_CHARS),
        at=micros(at),
        about=about.value,
        found=json.dumps(found, ensure_ascii=False),
    )
    return bool(rows)


def latest(uow: UnitOfWork, about: str, *, most: int, whose: Whose = Whose.ALL) -> Sequence[Voice]:
    """Return the latest voices, of one kind or (empty) of all."""
    rows = uow.run(_LATEST, about=about, whose=whose.value, most=most)
    return [_voice(row) for row in rows]


def between(uow: UnitOfWork, since: datetime, until: datetime) -> Sequence[Voice]:
    """Return what members said in a span of time, the oldest first."""
    return [_voice(row) for row in uow.run(_IN, since=micros(since), until=micros(until))]


def of_member(uow: UnitOfWork, member: MemberId, since: datetime) -> Sequence[Voice]:
    """Return what a member has said since then, the oldest first."""
    return [_voice(row) for row in uow.run(_OF, member=member, since=micros(since))]


def taken_between(uow: UnitOfWork, since: datetime, until: datetime) -> Sequence[Voice]:
    """Return what imports have brought in a span of time, by source."""
    span = {"since": micros(since), "until": micros(until)}
    return [_voice(row) for row in uow.run(_TAKEN_IN, **span)]


def everything(uow: UnitOfWork) -> Iterator[tuple[Voice, str]]:
    """Yield all voices, each with the key that makes it the only one."""
    for row in uow.run(_ALL):
        yield _voice(row), str(row[-1])


def handled_between(
    uow: UnitOfWork, since: datetime, until: datetime, *, most: int
) -> Sequence[Voice]:
    """Return the voices that have led to something in a span of time, the latest first."""
    span = {"since": micros(since), "until": micros(until)}
    return [_voice(row) for row in uow.run(_HANDLED_IN, **span, most=most)]


def counts(uow: UnitOfWork, whose: Whose = Whose.ALL) -> Mapping[About, int]:
    """Return how many there are of each kind."""
    rows = uow.run(_COUNT, whose=whose.value)
    found = {About(str(about)): integer(many) for about, many in rows}
    return {about: found.get(about, 0) for about in About}


def counts_of_whose(uow: UnitOfWork) -> Mapping[Whose, int]:
    """Return how many there are of members, from outside, and to be looked at."""
    row = uow.run(_COUNT_WHOSE)[0]
    members, outside, alert = (integer(many or 0) for many in row)
    found = {Whose.MEMBERS: members, Whose.OUTSIDE: outside, Whose.ALERT: alert}
    return {Whose.ALL: members + outside, **found}


def correct(uow: UnitOfWork, number: int, about: About, *, who: str) -> bool:
    """Say what it is about; False when that is what it is already, or it is not there."""
    return _done(uow, _CORRECT, number, f"voices.{about}", who, about=about.value, who=who)


def undo(uow: UnitOfWork, number: int, *, who: str) -> bool:
    """Let count again what the rules said."""
    return _done(uow, _UNDO, number, "voices.by_rule", who)


def handle(uow: UnitOfWork, number: int, words: str, *, who: str) -> bool:
    """Note to what it has led, in words for everybody; False when that was noted before."""
    values = {"now": micros(uow.clock.now()), "words": cut_chars(words, HANDLED_CHARS)}
    return _done(uow, _HANDLE, number, "voices.handled", who, **values)


def unhandle(uow: UnitOfWork, number: int, *, who: str) -> bool:
    """Take back that it has led to something."""
    return _done(uow, _UNHANDLE, number, "voices.not_handled", who)


def _done(
    uow: UnitOfWork, statement: Statement, number: int, what: str, by: str, **values: object
) -> bool:
    rows = uow.run(statement, id=number, **values)
    for (member,) in rows:
        audit.record(uow, by, what, f"voice {number}", member=_member(member))
    return bool(rows)


def _member(number: object) -> MemberId | None:
    return None if number is None else MemberId(integer(number))


def _voice(row: Row) -> Voice:
    handled_at, alert_at, taken_at = (
        None if row[n] is None else instant(row[n]) for n in (8, 15, 16)
    )
    return Voice(
        integer(row[0]),
        _member(row[1]),
        str(row[2]),
        instant(row[3]),
        About(str(row[4])),
        About(str(row[5])),
        json.loads(str(row[6])),
        str(row[7]),
        handled_at,
        str(row[9]),
        str(row[10]),
        str(row[11]),
        str(row[12]),
        integer(row[13]),
        integer(row[14]),
        alert_at,
        taken_at,
    )
