"""What a member is writing: begun, added to, ended, given up. Each has one at a time."""

from collections.abc import Sequence
from datetime import datetime

from bot.commons.submissions import reads
from bot.commons.submissions.changes import forget_originals, let_go
from bot.commons.submissions.reads import View
from bot.commons.vetting import Flag, flags_json
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


def begin(uow: UnitOfWork, member: MemberId, at: datetime, call: str) -> tuple[View, bool]:
    """Begin a submission, or go on with the one that is begun; True when it is new."""
    is_new = bool(uow.run(_BEGIN, member=member, call=call, at=micros(at)))
    found = reads.draft(uow, member)
    if found is None:
        raise LookupError(f"the draft of member {member} was just begun")
    if not is_new:
        touch(uow, found, at)
        if call:
            uow.run(_JOIN_CALL, number=found.number, call=call)
    return reads.one(uow, found.number) or found, is_new


def touch(uow: UnitOfWork, draft: View, at: datetime) -> None:
    """Note that she goes on with it."""
    uow.run(_TOUCH, number=draft.number, at=micros(max(at, draft.at)))


def add_words(uow: UnitOfWork, draft: View, words: str, at: datetime) -> None:
    """Add words on a line of their own."""
    later = micros(max(at, draft.at))
    uow.run(_ADD_WORDS, number=draft.number, words=words, glued=f"\n{words}", at=later)


def add_picture(uow: UnitOfWork, number: int, update: Update, place: int) -> None:
    """Take note of a picture that is on its way; twice is once."""
    about = {"channel": update.channel, "key": update.key, "place": place}
    uow.run(_ADD_PICTURE, number=number, now=micros(uow.clock.now()), **about)


def send(uow: UnitOfWork, draft: View, at: datetime, flags: Sequence[Flag], call: str) -> View:
    """End a submission: from now on it waits for a verdict."""
    packed = flags_json.dump_json(list(flags)).decode()
    uow.run(_SEND, number=draft.number, at=micros(at), call=call, flags=packed)
    return reads.one(uow, draft.number) or draft


def cancel(uow: UnitOfWork, draft: View) -> bool:
    """Give a submission up that was not sent; nothing of it stays."""
    if not uow.run(_CANCEL, number=draft.number):
        return False
    let_go(uow, draft.number)
    forget_originals(uow, draft)
    return True


def pause_next(uow: UnitOfWork, before: datetime) -> View | None:
    """Let a draft rest to which nothing was added since then; return it, None for none."""
    rows = uow.run(_IDLE, before=micros(before), now=micros(uow.clock.now()))
    return reads.one(uow, integer(rows[0][0])) if rows else None


def drop_next(uow: UnitOfWork, before: datetime) -> bool:
    """Give a draft up to which nothing was added since then; False when there is none."""
    rows = uow.run(_FORGOTTEN, before=micros(before))
    found = reads.one(uow, integer(rows[0][0])) if rows else None
    return found is not None and cancel(uow, found)


def next_idle(uow: UnitOfWork, after: datetime) -> datetime | None:
    """Return when something was last added to the draft that will rest next."""
    at = uow.run(_NEXT_IDLE, after=micros(after))[0][0]
    return None if at is None else instant(at)
