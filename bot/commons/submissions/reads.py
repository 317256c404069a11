"""Questions about submissions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons.submissions.kinds import Credit, PictureState, Reason, State
from bot.commons.vetting import Flag, flags_json
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_NEWEST = 2**62

_COLUMNS = (
    "SELECT s.id, s.member_id, s.call, s.state, s.text, s.public, s.credit, s.credit_name, s.flags,"
    " s.started_at, s.at, s.paused_at, s.sent_at, s.decided_by, s.decided_at, s.reason, s.note,"
    " s.settle_at, s.accepted_at, s.reversed_at, s.published_by, s.adopted_at FROM submissions s"
)
SHOWN = (
    "s.state = 'accepted' AND s.public = 'yes' AND s.published_by <> '' AND s.member_id IS NOT NULL"
)
"""What others may see."""
_ONE = Statement(f"{_COLUMNS} WHERE s.id = :number")
_DRAFT = Statement(f"{_COLUMNS} WHERE s.member_id = :member AND s.state = 'draft'")
_MINE = Statement(
    f"{_COLUMNS} WHERE s.member_id = :member AND s.state <> 'cancelled' AND s.sent_at IS NOT NULL"
    " ORDER BY s.id DESC LIMIT :most"
)
_SENT_AROUND = Statement(
    f"{_COLUMNS} WHERE s.member_id = :member AND s.state = 'waiting' AND s.started_at <= :at"
    " AND s.sent_at >= :at ORDER BY s.id DESC LIMIT 1"
)
_SHOWN = Statement(
    f"{_COLUMNS} WHERE {SHOWN} AND s.id < :before AND (s.call = :call OR :any = 1)"
    " ORDER BY s.id DESC LIMIT :most"
)
_FRESH = Statement(
    f"{_COLUMNS} WHERE {SHOWN} AND s.decided_at >= :since ORDER BY s.id DESC LIMIT :most"
)
_BY_STATE = Statement(
    f"{_COLUMNS} WHERE s.state = :state AND (s.call = :call OR :any = 1) AND s.id > :after"
    " ORDER BY s.id LIMIT :most"
)
_DECIDED = Statement(
    f"{_COLUMNS} WHERE s.state = :state AND (s.call = :call OR :any = 1) AND s.id < :before"
    " ORDER BY s.id DESC LIMIT :most"
)
_TO_PUBLISH = Statement(
    f"{_COLUMNS} WHERE s.state = 'accepted' AND s.public = 'yes' AND s.published_by = ''"
    " AND s.member_id IS NOT NULL AND (s.call = :call OR :any = 1) ORDER BY s.id LIMIT :most"
)
_ALL_ACCEPTED = Statement(f"{_COLUMNS} WHERE s.state = 'accepted' ORDER BY s.id")
_COUNTS = Statement("SELECT state, COUNT(*) FROM submissions GROUP BY state")
_TO_PUBLISH_COUNT = Statement(
    "SELECT COUNT(*) FROM submissions WHERE state = 'accepted' AND public = 'yes'"
    " AND published_by = '' AND member_id IS NOT NULL"
)
_RECENT = Statement(
    "SELECT COUNT(*) FROM submissions WHERE state = 'accepted' AND decided_at >= :since"
)
_ENTRIES = Statement(
    "SELECT COUNT(*) FROM submissions WHERE member_id = :member AND call = :call"
    " AND state IN ('waiting', 'accepted')"
)
_PICTURES = Statement(
    "SELECT id, submission_id, state, reason, digest, clean, clean_bytes, flags, channel,"
    " update_key FROM submission_pictures WHERE submission_id = :number ORDER BY id"
)
_PICTURE = Statement(
    "SELECT p.clean, s.member_id, CASE WHEN " + SHOWN + " THEN 1 ELSE 0 END, s.id"
    " FROM submission_pictures p JOIN submissions s ON s.id = p.submission_id"
    " WHERE p.id = :picture AND p.state = 'kept'"
)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a submission."""

    id: int
    submission: int
    state: PictureState
    reason: str
    digest: str
    clean: str
    clean_bytes: int
    flags: tuple[Flag, ...]
    channel: str
    update_key: str


@dataclass(frozen=True, slots=True)
class View:
    """A submission with its pictures."""

    number: int
    member: MemberId | None
    call: str
    state: State
    text: str
    is_public: bool
    credit: Credit
    credit_name: str
    text_flags: tuple[Flag, ...]
    started_at: datetime
    at: datetime
    paused_at: datetime | None
    sent_at: datetime | None
    decided_by: str
    decided_at: datetime | None
    reason: Reason | None
    note: str
    settle_at: datetime | None
    accepted_at: datetime | None
    reversed_at: datetime | None
    published_by: str
    adopted_at: datetime | None
    all_pictures: tuple[Picture, ...] = ()

    @property
    def pictures(self) -> Sequence[Picture]:
        """Those that are there."""
        return [one for one in self.all_pictures if one.state is PictureState.KEPT]

    @property
    def count_pictures(self) -> int:
        """How many are there or on their way."""
        return len(self.pictures) + self.coming

    @property
    def coming(self) -> int:
        """How many are still on their way."""
        return sum(one.state is PictureState.COMING for one in self.all_pictures)

    @property
    def flags(self) -> Sequence[Flag]:
        """What a moderator should look at."""
        return [*self.text_flags, *(flag for one in self.all_pictures for flag in one.flags)]

    def credited(self, nickname: str | None) -> str:
        """Return how the author is named to others; empty for somebody who wants no name."""
        if self.credit is Credit.NAME:
            return self.credit_name
        return (nickname or "") if self.credit is Credit.NICKNAME else ""

    @property
    def is_shown(self) -> bool:
        """True when other members see it."""
        allowed = self.state is State.ACCEPTED and self.is_public and self.member is not None
        return allowed and bool(self.published_by)


def one(uow: UnitOfWork, number: int) -> View | None:
    """Return a submission."""
    return next(iter(_views(uow, uow.run(_ONE, number=number))), None)


def of_member(uow: UnitOfWork, member: MemberId, number: int) -> View | None:
    """Return a submission if it is hers and was sent."""
    found = one(uow, number)
    is_hers = found is not None and found.member == member and found.sent_at is not None
    return found if is_hers else None


def draft(uow: UnitOfWork, member: MemberId) -> View | None:
    """Return what she is writing, paused or not."""
    return next(iter(_views(uow, uow.run(_DRAFT, member=member))), None)


def sent_around(uow: UnitOfWork, member: MemberId, at: datetime) -> View | None:
    """Return what she had begun by then and ended only afterwards: a picture came late."""
    rows = uow.run(_SENT_AROUND, member=member, at=micros(at))
    return next(iter(_views(uow, rows)), None)


def mine(uow: UnitOfWork, member: MemberId, *, most: int) -> Sequence[View]:
    """Return what she has sent, the latest first."""
    return _views(uow, uow.run(_MINE, member=member, most=most))


def shown(
    uow: UnitOfWork, *, call: str | None = None, before: int | None = None, most: int
) -> Sequence[View]:
    """Return what other members see, the latest first."""
    asked = {"call": call or "", "any": int(call is None)}
    return _views(uow, uow.run(_SHOWN, **asked, before=before or _NEWEST, most=most))


def fresh(uow: UnitOfWork, *, since: datetime, most: int) -> Sequence[View]:
    """Return what was accepted since then and may be shown."""
    return _views(uow, uow.run(_FRESH, since=micros(since), most=most))


def in_state(
    uow: UnitOfWork, state: State, *, call: str | None = None, beyond: int | None = None, most: int
) -> Sequence[View]:
    """Return submissions in a state: what waits, the oldest first; else the latest first."""
    asked = {"call": call or "", "any": int(call is None)}
    if state is State.WAITING:
        rows = uow.run(_BY_STATE, state=state, **asked, after=beyond or 0, most=most)
    else:
        rows = uow.run(_DECIDED, state=state, **asked, before=beyond or _NEWEST, most=most)
    return _views(uow, rows)


def to_publish(uow: UnitOfWork, *, call: str | None = None, most: int) -> Sequence[View]:
    """Return what waits for the second pair of eyes."""
    rows = uow.run(_TO_PUBLISH, call=call or "", any=int(call is None), most=most)
    return _views(uow, rows)


def accepted(uow: UnitOfWork) -> Sequence[View]:
    """Return everything that counts."""
    return _views(uow, uow.run(_ALL_ACCEPTED))


def counts(uow: UnitOfWork) -> Mapping[State, int]:
    """Return how many there are in each state."""
    return {State(str(state)): integer(count) for state, count in uow.run(_COUNTS)}


def count_to_publish(uow: UnitOfWork) -> int:
    """Return how many wait for the second pair of eyes."""
    return integer(uow.run(_TO_PUBLISH_COUNT)[0][0])


def count_waiting(uow: UnitOfWork) -> float:
    """Return how many wait for a verdict."""
    return float(counts(uow).get(State.WAITING, 0))


def count_accepted(uow: UnitOfWork) -> float:
    """Return how many were accepted: what the goal is measured by."""
    return float(counts(uow).get(State.ACCEPTED, 0))


def count_recent(uow: UnitOfWork) -> float:
    """Return how many were accepted in the last 30 days."""
    since = micros(uow.clock.now() - timedelta(days=30))
    return float(integer(uow.run(_RECENT, since=since)[0][0]))


def entries(uow: UnitOfWork, member: MemberId, call: str) -> int:
    """Return how many entries she has in a call."""
    return integer(uow.run(_ENTRIES, member=member, call=call)[0][0])


@dataclass(frozen=True, slots=True)
class Copy:
    """The copy of a picture that others see."""

    clean: str
    member: MemberId | None
    is_shown: bool
    submission: int


def picture(uow: UnitOfWork, number: int) -> Copy | None:
    """Return the copy of a picture that is there."""
    for clean, member, is_shown, submission in uow.run(_PICTURE, picture=number):
        who = None if member is None else MemberId(integer(member))
        return Copy(str(clean), who, bool(is_shown), integer(submission))
    return None


def pictures_of(uow: UnitOfWork, number: int) -> tuple[Picture, ...]:
    """Return all pictures of a submission, in the order in which they came."""
    return tuple(_picture(row) for row in uow.run(_PICTURES, number=number))


def _picture(row: Row) -> Picture:
    item, number, state, reason, digest, clean, size, flags, channel, key = row
    return Picture(
        integer(item),
        integer(number),
        PictureState(str(state)),
        str(reason),
        str(digest),
        str(clean),
        integer(size),
        tuple(flags_json.validate_json(str(flags))),
        str(channel),
        str(key),
    )


def _views(uow: UnitOfWork, rows: Sequence[Row]) -> Sequence[View]:
    return [_view(uow, row) for row in rows]


def _view(uow: UnitOfWork, row: Row) -> View:
    number, member, call, state, text, public, credit, credit_name, flags, *rest = row
    started, at, paused, sent, by, decided, reason, note, settle, *rest = rest
    accepted_at, reversed_at, published_by, adopted = rest
    return View(
        integer(number),
        None if member is None else MemberId(integer(member)),
        str(call),
        State(str(state)),
        str(text),
        public == "yes",
        Credit(str(credit)),
        str(credit_name),
        tuple(flags_json.validate_json(str(flags))),
        instant(started),
        instant(at),
        _at(paused),
        _at(sent),
        str(by),
        _at(decided),
        Reason(str(reason)) if reason else None,
        str(note),
        _at(settle),
        _at(accepted_at),
        _at(reversed_at),
        str(published_by),
        _at(adopted),
        pictures_of(uow, integer(number)),
    )


def _at(value: object) -> datetime | None:
    return None if value is None else instant(value)
