"""How a submission is taken: begun, added to, ended, given up; and what becomes of a forgotten one.

One member writes one at a time, whichever way she writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import submissions
from bot.commons.submissions import Credit, PictureState, State, View
from bot.commons.vetting import Flag, flags_json
from bot.features.ugc.rules import MOST_PICTURES, TEXT_CHARS, UgcSettings
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.messages import Update
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_BEGIN = Statement(
    "INSERT INTO submissions (member_id, call, state, text, public, credit, credit_name, flags,"
    " started_at, at, decided_by, reason, note, published_by)"
    " VALUES (:member, :call, 'draft', '', 'no', 'anonymous', '', '[]', :at, :at, '', '', '', '')"
    " ON CONFLICT (member_id) WHERE state = 'draft' DO NOTHING RETURNING id"
)
_ADD_WORDS = Statement(
    "UPDATE submissions SET text = CASE WHEN text = '' THEN CAST(:words AS VARCHAR)"
    " ELSE text || CAST(:glued AS VARCHAR) END, at = :at, paused_at = NULL"
    " WHERE id = :number AND state = 'draft' RETURNING text"
)
_ADD_PICTURE = Statement(
    "INSERT INTO submission_pictures (submission_id, channel, update_key, place, state, reason, at,"
    " digest, clean, clean_bytes, shape, flags)"
    " VALUES (:number, :channel, :key, :place, 'coming', '', :now, '', '', 0, '', '[]')"
    " ON CONFLICT (channel, update_key, place) DO NOTHING RETURNING id"
)
_TOUCH = Statement("UPDATE submissions SET at = :at, paused_at = NULL WHERE id = :number")
_JOIN_CALL = Statement("UPDATE submissions SET call = :call WHERE id = :number")
_SEND = Statement(
    "UPDATE submissions SET state = 'waiting', sent_at = :at, call = :call, flags = :flags,"
    " paused_at = NULL WHERE id = :number AND state = 'draft' RETURNING id"
)
_CANCEL = Statement(
    "UPDATE submissions SET state = 'cancelled', text = '' WHERE id = :number AND state = 'draft'"
    " RETURNING id"
)
_IDLE = Statement(
    "UPDATE submissions SET paused_at = :now WHERE id = (SELECT id FROM submissions"
    " WHERE state = 'draft' AND paused_at IS NULL AND at <= :before ORDER BY at LIMIT 1)"
    " AND state = 'draft' AND paused_at IS NULL RETURNING id"
)
_FORGOTTEN = Statement(
    "SELECT id FROM submissions WHERE state = 'draft' AND at <= :before ORDER BY at LIMIT 1"
)
_NEXT_IDLE = Statement(
    "SELECT min(at) FROM submissions WHERE state = 'draft' AND paused_at IS NULL AND at > :after"
)


class NothingInIt(Refusal):
    """There is neither a word nor a picture to send."""

    template = "ugc/nothing_in_it.txt.j2"


class TooLong(Refusal):
    """More words than a submission holds; these were not taken."""

    template = "ugc/too_long.txt.j2"


class TooManyEntries(Refusal):
    """She has sent as many entries to this call as one may."""

    template = "ugc/too_many_entries.txt.j2"


@dataclass(frozen=True, slots=True)
class Call:
    """A call for entries (征集) as it stands now."""

    path: str
    title: str
    words: str
    winners: str
    most_each: int
    opens_at: datetime | None
    closes_at: datetime

    def is_open(self, at: datetime) -> bool:
        """Return True when an entry sent at `at` is in time; the last instant is too late."""
        return (self.opens_at is None or self.opens_at <= at) and at < self.closes_at


def begin(uow: UnitOfWork, member: MemberId, at: datetime, call: Call | None) -> tuple[View, bool]:
    """Begin a submission, or go on with the one that is begun; True when it is new.

    Raises:
        TooManyEntries: the call takes no more of hers.
    """
    if call is not None and submissions.entries(uow, member, call.path) >= call.most_each:
        raise TooManyEntries(call.path, call=call)
    path = call.path if call else ""
    is_new = bool(uow.run(_BEGIN, member=member, call=path, at=micros(at)))
    found = submissions.draft(uow, member)
    if found is None:
        raise LookupError(f"the draft of member {member} was just begun")
    if not is_new:
        uow.run(_TOUCH, number=found.number, at=micros(max(at, found.at)))
        if call is not None:
            uow.run(_JOIN_CALL, number=found.number, call=path)
    return submissions.one(uow, found.number) or found, is_new


def add_words(uow: UnitOfWork, draft: View, words: str, at: datetime) -> None:
    """Add words to a submission, as she wrote them.

    Raises:
        TooLong: it would hold too many; these are left out.
    """
    words = words.strip().replace("\0", "")
    if len(draft.text) + 1 + len(words) > TEXT_CHARS:
        left = max(0, TEXT_CHARS - len(draft.text) - 1)
        raise TooLong(f"submission {draft.number}", most=TEXT_CHARS, left=left)
    number, later = draft.number, micros(max(at, draft.at))
    uow.run(_ADD_WORDS, number=number, words=words, glued=f"\n{words}", at=later)


def add_pictures(uow: UnitOfWork, to: View, update: Update) -> int:
    """Take note of the pictures of a message; return how many were too many.

    They are fetched by the room of received files and looked at by our errand.
    """
    free = MOST_PICTURES - sum(
        one.state in {PictureState.COMING, PictureState.KEPT} for one in to.all_pictures
    )
    count = len(update.media)
    for place in range(min(count, max(0, free))):
        uow.run(
            _ADD_PICTURE,
            number=to.number,
            channel=update.channel,
            key=update.key,
            place=place,
            now=micros(uow.clock.now()),
        )
    if to.state is State.DRAFT:
        uow.run(_TOUCH, number=to.number, at=micros(max(update.at, to.at)))
    return max(0, count - free)


def send(uow: UnitOfWork, draft: View, at: datetime, flags: Sequence[Flag], call: str) -> View:
    """End a submission: from now on it waits for a verdict.

    Raises:
        NothingInIt: it is empty.
    """
    if not draft.text and not draft.pictures and not draft.coming:
        raise NothingInIt(f"submission {draft.number}")
    packed = flags_json.dump_json(list(flags)).decode()
    uow.run(_SEND, number=draft.number, at=micros(at), call=call, flags=packed)
    return submissions.one(uow, draft.number) or draft


def cancel(uow: UnitOfWork, draft: View) -> bool:
    """Give a submission up that was not sent; nothing of it stays."""
    if not uow.run(_CANCEL, number=draft.number):
        return False
    submissions.let_go(uow, draft.number)
    return True


def pause_next(uow: UnitOfWork, settings: UgcSettings) -> View | None:
    """Let a draft rest to which nothing was added for long; return it, None when there is none."""
    now = uow.clock.now()
    before = now - timedelta(minutes=settings.draft_pause_minutes)
    rows = uow.run(_IDLE, before=micros(before), now=micros(now))
    return submissions.one(uow, integer(rows[0][0])) if rows else None


def drop_next(uow: UnitOfWork, settings: UgcSettings) -> bool:
    """Give a draft up that was forgotten; False when there is none."""
    before = uow.clock.now() - timedelta(days=settings.draft_keep_days)
    rows = uow.run(_FORGOTTEN, before=micros(before))
    found = submissions.one(uow, integer(rows[0][0])) if rows else None
    return found is not None and cancel(uow, found)


def next_pause(uow: UnitOfWork, settings: UgcSettings, after: datetime) -> datetime | None:
    """Return when the next draft will be paused."""
    idle = timedelta(minutes=settings.draft_pause_minutes)
    at = uow.run(_NEXT_IDLE, after=micros(after - idle))[0][0]
    return None if at is None else instant(at) + idle


def credit_of(view: View, nickname: str | None) -> str:
    """Return how the author is named to others; empty for somebody who wants no name."""
    if view.credit is Credit.NAME:
        return view.credit_name
    return (nickname or "") if view.credit is Credit.NICKNAME else ""
