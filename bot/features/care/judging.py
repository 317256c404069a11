"""Asks the detector about what a member wrote: alone first, then with what was said before."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.commons import answers, cases, ratings
from bot.commons.detection import Context as Known
from bot.commons.detection import Finding, Role, Turn
from bot.commons.learning import in_use
from bot.features.care.rules import RATED_HOURS, TURNS, TURNS_HOURS, CareSettings
from bot.kernel.ids import MemberId
from bot.kernel.transcript import Speaker, Transcript, Utterance
from bot.kernel.work import Context, UnitOfWork

_ROLES = {Speaker.MEMBER: Role.USER, Speaker.BOT: Role.AGENT, Speaker.ADVISOR: Role.AGENT}
_NEVER = datetime.min.replace(tzinfo=UTC)
_REMEMBERED = timedelta(days=30)
"""So long a complaint and a broken promise raise what she says."""


def judge(ctx: Context, *, held: bool) -> Finding:
    """Return what was found in a message, and in the 1:1 conversation that it belongs to.

    What was said before a case of hers has ended is over.

    While a human has the conversation each message stands for itself: what was said before is
    known to her.
    """
    at_hand = in_use.detector(ctx.uow, ctx.tools)
    large_yuan = ctx.tools.use(CareSettings).large_yuan
    alone = at_hand.detect([Turn(Role.USER, ctx.update.text)], Known(large_yuan=large_yuan))
    if held or ctx.update.in_group or alone.alerts:
        return alone
    now = ctx.uow.clock.now()
    ended = (one.ended_at for one in cases.of_member(ctx.uow, ctx.member, most=1))
    over = (next(ended, None) or _NEVER) + timedelta(microseconds=1)
    since = max(over, now - timedelta(hours=TURNS_HOURS))
    said = ctx.tools.use(Transcript).latest(ctx.uow, ctx.member, most=TURNS, since=since)
    if not answers.is_lost(ctx.uow, ctx.member):
        said = _unanswered(said)
    turns = [
        Turn(_ROLES[one.by], one.words, max(0.0, (now - one.at).total_seconds()))
        for one in said
        if one.words
    ]
    known = replace(_known(ctx.uow, ctx.member, said), large_yuan=large_yuan)
    if len(turns) < 2 and not _tells(known):  # noqa: PLR2004 - nothing was said before
        return alone
    together = at_hand.detect(turns or [Turn(Role.USER, ctx.update.text)], known)
    return max(alone, together, key=lambda one: one.score)


def _unanswered(said: Sequence[Utterance]) -> Sequence[Utterance]:
    """Return what was said since the bot has answered: that answer was to the point."""
    places = (place for place, one in enumerate(said, start=1) if one.by is Speaker.BOT)
    return said[max(places, default=0) :]


def _tells(known: Known) -> bool:
    """Return True when what is known of her may make more of a lone message."""
    return known.csat is not None or known.has_open_complaint or known.promises_broken > 0


def _known(uow: UnitOfWork, member: MemberId, said: Sequence[Utterance]) -> Known:
    """Return what else is known of her: complaints, broken promises, her rating, her waiting."""
    now, waits_since = uow.clock.now(), None
    for one in reversed(said):
        if one.by is not Speaker.MEMBER:
            break
        waits_since = one.at
    complaint = any(
        one.kind is cases.Kind.COMPLAINT and now - one.opened_at <= _REMEMBERED
        for one in cases.of_member(uow, member)
    )
    waited_s = 0.0 if waits_since is None else (now - waits_since).total_seconds()
    return Known(
        unanswered_s=max(0.0, waited_s),
        csat=ratings.latest_score(uow, member, now - timedelta(hours=RATED_HOURS)),
        has_open_complaint=complaint,
        promises_broken=cases.broken_to(uow, member, now - _REMEMBERED),
    )
