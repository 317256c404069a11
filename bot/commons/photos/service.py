"""Use cases of pictures for a day: which day each belongs to, and whether it was seen before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.commons import media
from bot.commons.media import likeness
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.messages import Update, UpdateKind
from bot.kernel.words import closed, plain
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

LOOK = "photos.look"
"""The errand that looks at pictures."""
MOST_OF_A_DAY = 9
"""More pictures of one member and day are not looked at."""
_COMPARED = 3000
_COMPARED_DAYS = 120
_DAY = timedelta(days=1)
_WORDS = ("打卡", "签到")


class Photo(StrEnum):
    """What is known of a picture."""

    COMING = "coming"
    """Being fetched and looked at."""
    KEPT = "kept"
    ASKED = "asked"
    """It is like an earlier one, and she was asked; it does not count."""
    CONFIRMED = "confirmed"
    """She was asked and says that it is right; operators see it."""
    FAILED = "failed"
    """It could not be fetched or is no picture."""
    REFUSED = "refused"
    """An operator does not let it count."""


_ADD = Statement(
    "INSERT INTO challenge_photos (member_id, day, at, channel, update_key, place, state, digest,"
    " shape, with_word) SELECT id, CAST(:day AS VARCHAR), :at, :channel, :key, :place, 'coming',"
    " '', '', :word FROM members"
    " WHERE id = :member AND (SELECT COUNT(*) FROM challenge_photos"
    " WHERE member_id = :member AND day = CAST(:day AS VARCHAR)) < :most"
    " ON CONFLICT (channel, update_key, place) DO NOTHING RETURNING id"
)
_GOOD = Statement(
    "SELECT day, at, with_word FROM challenge_photos WHERE member_id = :member"
    " AND day BETWEEN :first AND :last AND state IN ('kept', 'confirmed')"
)
_BELONG = Statement(
    "UPDATE challenge_photos SET with_word = 1 WHERE member_id = :member AND day = :day"
    " AND at >= :since RETURNING id"
)
_COLUMNS = "SELECT id, member_id, day, at, channel, update_key, place, state, digest, like_id"
_COMING = Statement(
    f"{_COLUMNS} FROM challenge_photos WHERE state = 'coming' ORDER BY id LIMIT :most"
)
_ONE = Statement(f"{_COLUMNS} FROM challenge_photos WHERE id = :photo")
_TO_SEE = Statement(
    f"{_COLUMNS} FROM challenge_photos WHERE state IN ('asked', 'confirmed')"
    " ORDER BY id DESC LIMIT :most"
)
_COUNT_TO_SEE = Statement(
    "SELECT COUNT(*) FROM challenge_photos WHERE state IN ('asked', 'confirmed')"
)
_OTHERS = Statement(
    "SELECT id, member_id, day, digest, shape FROM challenge_photos WHERE id < :photo"
    " AND shape <> '' AND at >= :since ORDER BY id DESC LIMIT :most"
)
_LOOKED = Statement(
    "UPDATE challenge_photos SET state = :state, digest = :digest, shape = :shape,"
    " like_id = :like WHERE id = :photo AND state = 'coming' RETURNING id"
)
_CONFIRM = Statement(
    "UPDATE challenge_photos SET state = 'confirmed' WHERE id = (SELECT MAX(id)"
    " FROM challenge_photos WHERE member_id = :member AND state = 'asked' AND at >= :since)"
    " AND state = 'asked' RETURNING id"
)
_JUDGE = Statement(
    "UPDATE challenge_photos SET state = :state WHERE id = :photo"
    " AND state IN ('asked', 'confirmed') RETURNING id"
)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture."""

    id: int
    member: MemberId
    day: date
    at: datetime
    channel: ChannelName
    update_key: str
    place: int
    state: Photo
    digest: str
    like: int | None


def is_near(photo_at: datetime, checkin_at: datetime, minutes: int) -> bool:
    """Return True when a picture belongs to a check-in."""
    return abs(photo_at - checkin_at) <= timedelta(minutes=minutes)


def take(uow: UnitOfWork, member: MemberId, day: date, update: Update) -> bool:
    """Take note of the pictures of an update; they are fetched and looked at later.

    What came together with 打卡 belongs to its day whenever that was.
    """
    said = closed(plain(update.text))
    values = {
        "member": member,
        "day": day.isoformat(),
        "at": micros(update.at),
        "channel": update.channel,
        "key": update.key,
        "word": int(any(word in said for word in _WORDS)),
        "most": MOST_OF_A_DAY,
    }
    taken = [uow.run(_ADD, place=place, **values) for place in _places(update)]
    return any(taken)


def _places(update: Update) -> list[int]:
    """Return where pictures may be among what came with an update, and what it quotes."""
    if update.kind is UpdateKind.IMAGE or (update.kind is UpdateKind.TEXT and update.media):
        return list(range(len(update.media)))
    return list(range(len(update.media), len(update.media) + len(update.quoted)))


def belong(uow: UnitOfWork, member: MemberId, day: date, since: datetime) -> bool:
    """Let the pictures of the last minutes belong to their day; False when there are none."""
    values = {"member": member, "day": day.isoformat(), "since": micros(since)}
    return bool(uow.run(_BELONG, **values))


def days_with(
    uow: UnitOfWork, member: MemberId, checkins: Mapping[date, datetime], minutes: int
) -> set[date]:
    """Return the days whose check-in has a picture: sent near it, or together with 打卡."""
    if not checkins:
        return set()
    span = {"first": (min(checkins) - _DAY).isoformat(), "last": (max(checkins) + _DAY).isoformat()}
    found = uow.run(_GOOD, member=member, **span)
    shots = [(date.fromisoformat(str(day)), instant(at), bool(word)) for day, at, word in found]
    return {
        day
        for day, checkin_at in checkins.items()
        if any(
            (with_word and shot_day == day) or is_near(at, checkin_at, minutes)
            for shot_day, at, with_word in shots
        )
    }


def coming(uow: UnitOfWork, *, most: int = 100) -> Sequence[tuple[Shot, media.Ref | None]]:
    """Return the pictures that are to be looked at, with what is known of their files."""
    shots = [_shot(row) for row in uow.run(_COMING, most=most)]
    return [(shot, _ref_of(uow, shot)) for shot in shots]


def _ref_of(uow: UnitOfWork, shot: Shot) -> media.Ref | None:
    refs = media.of_update(uow, shot.channel, shot.update_key, quoted=True)
    return refs[shot.place] if shot.place < len(refs) else None


def looked(uow: UnitOfWork, shot: Shot, digest: str, shape: str) -> Photo | None:
    """Note what a picture looks like and whether it is like an earlier one; None if too late."""
    like = _like(uow, shot, digest, shape) if shape else None
    state = Photo.ASKED if like else Photo.KEPT if shape else Photo.FAILED
    written = uow.run(_LOOKED, photo=shot.id, state=state, digest=digest, shape=shape, like=like)
    return state if written else None


def keep_unseen(uow: UnitOfWork, shot: Shot) -> None:
    """Let a picture count without having looked at it."""
    empty = {"digest": "", "shape": "", "like": None}
    uow.run(_LOOKED, photo=shot.id, state=Photo.KEPT, **empty)


def _like(uow: UnitOfWork, shot: Shot, digest: str, shape: str) -> int | None:
    """Return an earlier picture that is the same or nearly; her own of the same day is none."""
    since = micros(shot.at - timedelta(days=_COMPARED_DAYS))
    rows = uow.run(_OTHERS, photo=shot.id, since=since, most=_COMPARED)
    others = [row for row in rows if (row[1], str(row[2])) != (shot.member, shot.day.isoformat())]
    same = next((integer(row[0]) for row in others if row[3] == digest), None)
    return same or likeness.most_alike(shape, [(integer(row[0]), str(row[4])) for row in others])


def confirm(uow: UnitOfWork, member: MemberId, since: datetime) -> Shot | None:
    """Let a picture that she was asked about count, as she says; None when there is none."""
    rows = uow.run(_CONFIRM, member=member, since=micros(since))
    return one(uow, integer(rows[0][0])) if rows else None


def judge(uow: UnitOfWork, photo: int, *, good: bool) -> Shot | None:
    """Let a picture count or not, as an operator says; None when there is none to judge."""
    state = Photo.KEPT if good else Photo.REFUSED
    return one(uow, photo) if uow.run(_JUDGE, photo=photo, state=state) else None


def one(uow: UnitOfWork, photo: int) -> Shot | None:
    """Return a picture."""
    rows = uow.run(_ONE, photo=photo)
    return _shot(rows[0]) if rows else None


def to_see(uow: UnitOfWork, *, most: int) -> list[Shot]:
    """Return the pictures that are like earlier ones, the newest first, for operators."""
    return [_shot(row) for row in uow.run(_TO_SEE, most=most)]


def count_to_see(uow: UnitOfWork) -> float:
    """Return how many pictures are like earlier ones and not decided about."""
    return integer(uow.run(_COUNT_TO_SEE)[0][0])


def _shot(row: Row) -> Shot:
    number, member, day, at, channel, key, place, state, digest, like = row
    return Shot(
        id=integer(number),
        member=MemberId(integer(member)),
        day=date.fromisoformat(str(day)),
        at=instant(at),
        channel=ChannelName(str(channel)),
        update_key=str(key),
        place=integer(place),
        state=Photo(str(state)),
        digest=str(digest),
        like=None if like is None else integer(like),
    )
