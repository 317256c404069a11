"""What changes where a submission stands.

Each is one conditional statement: who comes second, or too late, changes nothing. What operators
and members do is written into the audit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import audit, media
from bot.commons.submissions import reads
from bot.commons.submissions.kinds import Credit, Reason, State, Wish
from bot.commons.submissions.reads import View
from bot.kernel.events import SubmissionAccepted, SubmissionRejected
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_DECIDE = Statement(
    "UPDATE submissions SET state = :state, decided_by = :who, decided_at = :now,"
    " reason = :reason, note = :note, settle_at = :settle"
    " WHERE id = :number AND state = 'waiting' AND NOT EXISTS (SELECT 1 FROM submission_pictures p"
    " WHERE p.submission_id = submissions.id AND p.state = 'coming') RETURNING member_id"
)
_UNDO = Statement(
    "UPDATE submissions SET state = 'waiting', decided_by = '', decided_at = NULL, reason = '',"
    " note = '', settle_at = NULL, published_by = '' WHERE id = :number"
    " AND state IN ('accepted', 'rejected') AND member_id IS NOT NULL RETURNING member_id"
)
_PUBLISH = Statement(
    "UPDATE submissions SET published_by = :who WHERE id = :number AND state = 'accepted'"
    " AND public = 'yes' AND published_by = '' AND (decided_by <> :who OR :alone = 1)"
    " AND member_id IS NOT NULL RETURNING member_id"
)
_HIDE = Statement(
    "UPDATE submissions SET published_by = '' WHERE id = :number AND published_by <> ''"
    " RETURNING member_id"
)
_ADOPT = Statement(
    "UPDATE submissions SET adopted_at = :now WHERE id = :number AND state = 'accepted'"
    " AND adopted_at IS NULL AND member_id IS NOT NULL RETURNING member_id"
)
_SETTLING = Statement(
    "SELECT id FROM submissions WHERE settle_at IS NOT NULL AND settle_at <= :now"
    " ORDER BY settle_at LIMIT 1"
)
_SETTLED = Statement(
    "UPDATE submissions SET settle_at = NULL, accepted_at = :accepted, reversed_at = :reversed"
    " WHERE id = :number AND state = :state AND settle_at IS NOT NULL RETURNING id"
)
_NEXT = Statement("SELECT min(settle_at) FROM submissions WHERE settle_at > :after")
_CHOOSE = Statement(
    "UPDATE submissions SET public = :public, credit = :credit, credit_name = :name"
    " WHERE id = :number AND member_id = :member AND state IN ('waiting', 'accepted', 'rejected')"
    " RETURNING id"
)
_WITHDRAW = Statement(
    "UPDATE submissions SET state = 'withdrawn', text = '', public = 'no', credit_name = '',"
    " flags = '[]', settle_at = NULL, published_by = '' WHERE id = :number AND member_id = :member"
    " AND state IN ('waiting', 'accepted', 'rejected') RETURNING id"
)
_OLD = Statement(
    "SELECT s.id FROM submissions s WHERE s.state = 'rejected' AND s.decided_at <= :before"
    " AND EXISTS (SELECT 1 FROM submission_pictures p WHERE p.submission_id = s.id"
    " AND p.state = 'kept') LIMIT 1"
)
_LET_GO = Statement(
    "UPDATE submission_pictures SET state = 'gone', clean = '', clean_bytes = 0, shape = ''"
    " WHERE submission_id = :number AND state IN ('kept', 'coming') RETURNING id"
)

_TAKE_BACK = Statement(
    "UPDATE submission_pictures SET state = 'gone', clean = '', clean_bytes = 0, shape = ''"
    " WHERE channel = :channel AND update_key = :key AND state IN ('kept', 'coming') RETURNING id"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an operator says of submissions."""

    who: str
    accepted: bool
    reason: Reason | None = None
    note: str = ""


def decide(
    uow: UnitOfWork, numbers: Sequence[int], verdict: Verdict, *, told_after: timedelta
) -> list[int]:
    """Accept or reject what waits; return the numbers of those that this was the verdict for.

    What another operator has decided meanwhile, or whose pictures are on their way, is left out.
    """
    now = uow.clock.now()
    state = State.ACCEPTED if verdict.accepted else State.REJECTED
    done = []
    for number in dict.fromkeys(numbers):
        rows = uow.run(
            _DECIDE,
            number=number,
            state=state,
            who=verdict.who,
            now=micros(now),
            reason=verdict.reason or "",
            note=verdict.note,
            settle=micros(now + told_after),
        )
        why = f"{number} {verdict.reason or ''}".strip()
        done += [number] if _note(uow, rows, verdict.who, f"ugc.{state}", why) else []
    return done


def undo(uow: UnitOfWork, number: int, *, who: str) -> bool:
    """Take a verdict back: it waits again."""
    return _note(uow, uow.run(_UNDO, number=number), who, "ugc.undone", str(number))


def publish(uow: UnitOfWork, number: int, *, who: str, alone: bool = False) -> bool:
    """Let others see what was accepted, by another operator than accepted it unless `alone`."""
    rows = uow.run(_PUBLISH, number=number, who=who, alone=int(alone))
    return _note(uow, rows, who, "ugc.published", str(number))


def hide(uow: UnitOfWork, number: int, *, who: str) -> bool:
    """Show it to others no longer; it stays accepted."""
    return _note(uow, uow.run(_HIDE, number=number), who, "ugc.hidden", str(number))


def adopt(uow: UnitOfWork, number: int, *, who: str) -> bool:
    """Say that an entry is what will be made."""
    rows = uow.run(_ADOPT, number=number, now=micros(uow.clock.now()))
    return _note(uow, rows, who, "ugc.adopted", str(number))


def _note(uow: UnitOfWork, rows: Sequence[Sequence[object]], who: str, what: str, why: str) -> bool:
    for (member,) in rows:
        about = None if member is None else MemberId(integer(member))
        audit.record(uow, who, what, why, member=about)
    return bool(rows)


def settle_next(uow: UnitOfWork) -> View | None:
    """Make the next verdict final that has stood long enough, and tell the other rooms.

    From then on of each picture only the copy stays.
    """
    now = uow.clock.now()
    rows = uow.run(_SETTLING, now=micros(now))
    found = reads.one(uow, integer(rows[0][0])) if rows else None
    if found is None:
        return None
    is_accepted = found.state is State.ACCEPTED
    is_first = is_accepted and found.accepted_at is None
    is_reversed = not is_accepted and bool(found.accepted_at) and found.reversed_at is None
    accepted_at = now if is_first else found.accepted_at
    reversed_at = now if is_reversed else found.reversed_at
    if not uow.run(
        _SETTLED,
        number=found.number,
        state=found.state,
        accepted=micros(accepted_at) if accepted_at else None,
        reversed=micros(reversed_at) if reversed_at else None,
    ):
        return None  # another replica was quicker, or it was undone just now
    if found.member is not None and is_first:
        uow.publish(SubmissionAccepted(found.member, found.number))
    if found.member is not None and is_reversed:
        uow.publish(SubmissionRejected(found.member, found.number))
    forget_originals(uow, found)
    return found


def next_settling(uow: UnitOfWork, after: datetime) -> datetime | None:
    """Return when the next verdict becomes final."""
    at = uow.run(_NEXT, after=micros(after))[0][0]
    return None if at is None else instant(at)


def choose(uow: UnitOfWork, member: MemberId, wish: Wish) -> bool:
    """Let her say whether others may see it, and how she is named; False when it is not hers."""
    public = "yes" if wish.public else "no"
    credit, name = (wish.credit, wish.name) if wish.public else (Credit.ANONYMOUS, "")
    said = {"public": public, "credit": credit, "name": name}
    if not uow.run(_CHOOSE, number=wish.number, member=member, **said):
        return False
    audit.record(uow, "member", f"ugc.public.{public}", str(wish.number), member=member)
    return True


def withdraw(uow: UnitOfWork, member: MemberId, number: int) -> View | None:
    """Take a submission back; return what it was, None when it is not hers or does not stand.

    Nobody sees it any more, and neither words nor pictures stay.
    """
    before = reads.of_member(uow, member, number)
    if before is None or not uow.run(_WITHDRAW, number=number, member=member):
        return None
    let_go(uow, number)
    forget_originals(uow, before)
    audit.record(uow, "member", "ugc.withdrawn", str(number), member=member)
    return before


# ── pictures ────────────────────────────────────────────────────────────────────────────


def forget_originals(uow: UnitOfWork, view: View) -> None:
    """Keep nothing of what she sent but the copies."""
    for picture in view.all_pictures:
        media.let_go(uow, f"ugc-original:{picture.id}")
        media.forget_update(uow, ChannelName(picture.channel), picture.update_key)


def let_go(uow: UnitOfWork, number: int) -> None:
    """Keep no picture of a submission any longer."""
    _free(uow, uow.run(_LET_GO, number=number))


def take_back(uow: UnitOfWork, channel: ChannelName, key: str) -> None:
    """Keep no picture of a message that its sender took back."""
    _free(uow, uow.run(_TAKE_BACK, channel=channel, key=key))


def _free(uow: UnitOfWork, pictures: Sequence[Sequence[object]]) -> None:
    for (picture,) in pictures:
        media.let_go(uow, f"ugc-original:{picture}")
        media.let_go(uow, f"ugc:{picture}")


def drop_old(uow: UnitOfWork, before: datetime) -> bool:
    """Let go of the pictures of something rejected long ago; False when there is nothing."""
    rows = uow.run(_OLD, before=micros(before))
    for (number,) in rows:
        let_go(uow, integer(number))
    return bool(rows)
