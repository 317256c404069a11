"""Asks the detector about what a member wrote: alone first, then with what was said before."""

from collections.abc import Sequence
from datetime import timedelta
from weakref import WeakKeyDictionary

from bot.commons import cases
from bot.commons.content import Shelf
from bot.commons.detection import Context as Known
from bot.commons.detection import Detector, Finding, OwnRules, Role, Turn
from bot.features.care.rules import TURNS, TURNS_HOURS
from bot.kernel.ids import MemberId
from bot.kernel.transcript import Speaker, Transcript, Utterance
from bot.kernel.work import Context, Toolbox, UnitOfWork

_ROLES = {Speaker.MEMBER: Role.USER, Speaker.BOT: Role.AGENT, Speaker.ADVISOR: Role.AGENT}
FILE = "detection.toml"
_COMPLAINT_DAYS = timedelta(days=30)
_made: "WeakKeyDictionary[Toolbox, tuple[OwnRules | None, Detector]]" = WeakKeyDictionary()


def detector(uow: UnitOfWork, tools: Toolbox) -> Detector:
    """Return the detector with the operators' rules as they were read last.

    While there is a mistake in their file the rules before it count. To make one takes some
    tenths of a second: a job does it before anybody writes, beside the writer.
    """
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    own = library.table(OwnRules)
    if tools in _made and (own == _made[tools][0] or (own is None and FILE in library.broken)):
        return _made[tools][1]
    _made[tools] = (own, Detector(own))
    return _made[tools][1]


def judge(ctx: Context) -> Finding:
    """Return what was found in a message, and in the 1:1 conversation that it belongs to."""
    at_hand = detector(ctx.uow, ctx.tools)
    alone = at_hand.detect([Turn(Role.USER, ctx.update.text)])
    if ctx.update.in_group or alone.alerts:
        return alone
    now = ctx.uow.clock.now()
    since = now - timedelta(hours=TURNS_HOURS)
    said = ctx.tools.use(Transcript).latest(ctx.uow, ctx.member, most=TURNS, since=since)
    turns = [
        Turn(_ROLES[one.by], one.words, max(0.0, (now - one.at).total_seconds()))
        for one in said
        if one.words
    ]
    if len(turns) < 2:  # noqa: PLR2004 - nothing was said before
        return alone
    together = at_hand.detect(turns, _known(ctx.uow, ctx.member, said))
    return max(alone, together, key=lambda one: one.score)


def _known(uow: UnitOfWork, member: MemberId, said: Sequence[Utterance]) -> Known:
    """Return what else is known of her: an open complaint, how long she has waited."""
    now, waits_since = uow.clock.now(), None
    for one in reversed(said):
        if one.by is not Speaker.MEMBER:
            break
        waits_since = one.at
    complaint = any(
        one.kind is cases.Kind.COMPLAINT and now - one.opened_at <= _COMPLAINT_DAYS
        for one in cases.of_member(uow, member)
    )
    waited_s = 0.0 if waits_since is None else (now - waits_since).total_seconds()
    return Known(unanswered_s=max(0.0, waited_s), has_open_complaint=complaint)
