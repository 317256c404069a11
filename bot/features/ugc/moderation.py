"""The verdicts of operators: taken back without a trace until they are told, then for all to see.

Every act is a row in the audit. What others will see is looked at by two of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import audit, media, outreach
from bot.commons.outreach import Letter, Purpose
from bot.features.ugc import intake, reads
from bot.features.ugc.reads import View
from bot.features.ugc.rules import Credit, Reason, State, UgcSettings, Wish
from bot.kernel.errors import Refusal
from bot.kernel.events import SubmissionAccepted, SubmissionRejected
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import Statement, Toolbox, UnitOfWork
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
    " WHERE id = :number AND settle_at IS NOT NULL RETURNING id"
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


class NoSuchSubmission(Refusal):
    """She has sent none of this number that stands."""

    template = "ugc/no_such.txt.j2"


class SameEyes(Refusal):
    """Whoever accepted it may not be the second to look at it."""

    template = "ugc/same_eyes.txt.j2"


class NotThere(Refusal):
    """The submission is not as the page showed it."""

    template = "ugc/not_there.txt.j2"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an operator says of submissions."""

    who: str
    accepted: bool
    reason: Reason | None = None
    note: str = ""


def decide(
    uow: UnitOfWork, numbers: Sequence[int], verdict: Verdict, settings: UgcSettings
) -> list[int]:
    """Accept or reject what waits; return the numbers of those that this was the verdict for.

    What another operator has decided meanwhile, or whose pictures are on their way, is left out.
    """
    now = uow.clock.now()
    settle = now + timedelta(seconds=settings.tell_after_s)
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
            settle=micros(settle),
        )
        done += [number] if rows else []
        _note(uow, rows, verdict.who, f"ugc.{state}", f"{number} {verdict.reason or ''}".strip())
    return done


def undo(uow: UnitOfWork, number: int, *, who: str) -> None:
    """Take a verdict back: it waits again.

    Raises:
        NotThere: there is none to take back.
    """
    rows = uow.run(_UNDO, number=number)
    _note(uow, rows, who, "ugc.undone", str(number))
    if not rows:
        raise NotThere(f"submission {number}")


def publish(uow: UnitOfWork, number: int, settings: UgcSettings, *, who: str) -> None:
    """Let others see what was accepted: the second pair of eyes.

    Raises:
        SameEyes: she has accepted it herself.
        NotThere: it may not be shown, or is already.
    """
    rows = uow.run(_PUBLISH, number=number, who=who, alone=int(not settings.second_pair))
    _note(uow, rows, who, "ugc.published", str(number))
    if rows:
        return
    found = reads.one(uow, number)
    if found and found.state is State.ACCEPTED and found.is_public and not found.published_by:
        raise SameEyes(f"submission {number}", number=number)
    raise NotThere(f"submission {number}")


def hide(uow: UnitOfWork, number: int, *, who: str) -> None:
    """Show it to others no longer; it stays accepted.

    Raises:
        NotThere: it is not shown.
    """
    rows = uow.run(_HIDE, number=number)
    _note(uow, rows, who, "ugc.hidden", str(number))
    if not rows:
        raise NotThere(f"submission {number}")


def adopt(uow: UnitOfWork, tools: Toolbox, number: int, *, who: str, title: str) -> None:
    """Say that an entry is what will be made, and tell its author.

    Raises:
        NotThere: it is not accepted, or adopted already.
    """
    rows = uow.run(_ADOPT, number=number, now=micros(uow.clock.now()))
    _note(uow, rows, who, "ugc.adopted", str(number))
    found = reads.one(uow, number)
    if not rows or found is None or found.member is None:
        raise NotThere(f"submission {number}")
    data = {"view": found, "title": title}
    subject = f"投稿 {number} 已采纳"
    letter = Letter(
        f"ugc.adopted:{number}", subject, Purpose.SERVICE, "ugc/adopted.txt.j2", data=data
    )
    outreach.tell(uow, tools, found.member, letter)


def _note(uow: UnitOfWork, rows: Sequence[Sequence[object]], who: str, what: str, why: str) -> None:
    for (member,) in rows:
        about = None if member is None else MemberId(integer(member))
        audit.record(uow, who, what, why, member=about)


# ── told ────────────────────────────────────────────────────────────────────────────────


def settle_next(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Tell the verdict that has stood long enough; False when there is none."""
    now = uow.clock.now()
    rows = uow.run(_SETTLING, now=micros(now))
    found = reads.one(uow, integer(rows[0][0])) if rows else None
    if found is None:
        return False
    is_accepted = found.state is State.ACCEPTED
    is_first = is_accepted and found.accepted_at is None
    is_reversed = not is_accepted and found.accepted_at and found.reversed_at is None
    accepted_at = now if is_first else found.accepted_at
    reversed_at = now if is_reversed else found.reversed_at
    settled = uow.run(
        _SETTLED,
        number=found.number,
        accepted=micros(accepted_at) if accepted_at else None,
        reversed=micros(reversed_at) if reversed_at else None,
    )
    if settled and found.member is not None:
        if is_first:
            uow.publish(SubmissionAccepted(found.member, found.number))
        if is_reversed:
            uow.publish(SubmissionRejected(found.member, found.number))
        _forget_originals(uow, found)
        outreach.tell(uow, tools, found.member, _letter(found))
    return True


def _letter(found: View) -> Letter:
    decided = micros(found.decided_at) if found.decided_at else 0
    return Letter(
        key=f"ugc.verdict:{found.number}:{decided}",
        subject=f"投稿 {found.number} 的审核结果",
        purpose=Purpose.SERVICE,
        template="ugc/verdict.txt.j2",
        data={"view": found},
    )


def _forget_originals(uow: UnitOfWork, found: View) -> None:
    """Moderation is over: of each picture only the copy stays."""
    for picture in found.all_pictures:
        intake.unpin(uow, picture.id, copy=False)
        media.forget_update(uow, ChannelName(picture.channel), picture.update_key)


def next_settling(uow: UnitOfWork, after: datetime) -> datetime | None:
    """Return when the next verdict is told."""
    at = uow.run(_NEXT, after=micros(after))[0][0]
    return None if at is None else instant(at)


def drop_old(uow: UnitOfWork, settings: UgcSettings) -> bool:
    """Let go of the pictures of something rejected long ago; False when there is nothing."""
    before = uow.clock.now() - timedelta(days=settings.rejected_keep_days)
    rows = uow.run(_OLD, before=micros(before))
    for (number,) in rows:
        intake.let_go(uow, integer(number))
    return bool(rows)


# ── what its author says ────────────────────────────────────────────────────────────────


def choose(uow: UnitOfWork, member: MemberId, wish: Wish) -> View:
    """Let her say whether others may see it, and how she is named.

    Raises:
        NoSuchSubmission: she has none of this number that stands.
    """
    public = "yes" if wish.public else "no"
    credit, name = (wish.credit, wish.name) if wish.public else (Credit.ANONYMOUS, "")
    said = {"public": public, "credit": credit, "name": name}
    if not uow.run(_CHOOSE, number=wish.number, member=member, **said):
        raise NoSuchSubmission(f"submission {wish.number}", number=wish.number)
    audit.record(uow, "member", f"ugc.public.{public}", str(wish.number), member=member)
    found = reads.one(uow, wish.number)
    if found is None:
        raise NoSuchSubmission(f"submission {wish.number}", number=wish.number)
    return found


def withdraw(uow: UnitOfWork, member: MemberId, number: int) -> View:
    """Take a submission back: nobody sees it any more, and neither words nor pictures stay.

    Raises:
        NoSuchSubmission: she has none of this number that stands.
    """
    before = reads.of_member(uow, member, number)
    if before is None or not uow.run(_WITHDRAW, number=number, member=member):
        raise NoSuchSubmission(f"submission {number}", number=number)
    intake.let_go(uow, number)
    _forget_originals(uow, before)
    audit.record(uow, "member", "ugc.withdrawn", str(number), member=member)
    return before
