"""What advisors press: 接手, 转给, 稍后, and whom to give a case to."""

from collections.abc import Callable

from bot.commons import cases, staff
from bot.features.cards import making, presence, service
from bot.features.cards.rules import COLLEAGUES, MOST_SNOOZES, SNOOZE_S, State
from bot.kernel.messages import CardUpdate, Reply, Tap, Text
from bot.kernel.router import Router
from bot.kernel.work import Context

router = Router()
_GIVE = "give"
_CHOICE_LASTS_S = 600


@router.tap(making.TAP)
def press(ctx: Context) -> Reply | None:
    """Do what a button says, if it was hers to press; the card says what came of it."""
    what, _, rest = ctx.argument.partition(":")
    ref, _, chosen = rest.partition(":")
    tap, who = ctx.update.tap, (ctx.update.sender or "").lower()
    if tap is None or what not in {*_DOES, _GIVE}:
        return None
    card = service.find(ctx.uow, ref)
    if card is None or card.advisor != who or not _is_advisor(ctx, who):
        return _ended(tap, service.say_over(ctx.uow, ctx.tools, "not_yours"))
    case = cases.get(ctx.uow, card.case)
    if case is None or not service.is_hers(case, who):
        if what != _GIVE:
            service.forget(ctx.uow, card)
        return _ended(tap, service.outcome(ctx.uow, ctx.tools, card))
    if what == _GIVE:
        return _give(ctx, tap, card, case, chosen)
    return _DOES[what](ctx, tap, card, case)


def _is_advisor(ctx: Context, who: str) -> bool:
    """Return True for an advisor; on other channels somebody else may bear her name."""
    is_here = ctx.update.channel == service.way_to(ctx.tools) and not ctx.update.in_group
    return is_here and staff.find(ctx.uow, ctx.tools, who) is not None


def _take(ctx: Context, tap: Tap, card: service.Issued, case: cases.Case) -> Reply:
    """Let her have the case; a second time changes nothing."""
    taken = cases.accept(ctx.uow, case.id, case.advisor)
    return _shown(ctx, tap, card, taken, service.say(ctx.tools, "taken", taken.accepted_at))


def _hand_on(ctx: Context, tap: Tap, card: service.Issued, case: cases.Case) -> Reply:
    """Send her a card with whoever else is there; within ten minutes one."""
    who, now = card.advisor, ctx.uow.clock.now()
    ones = presence.colleagues(ctx.uow, ctx.tools, without=who, most=COLLEAGUES)
    if ones:
        turn = int(now.timestamp()) // _CHOICE_LASTS_S
        choice = making.choice_card(ctx.uow, ctx.tools, case, ones, ref=card.ref, turn=turn)
        service.send(ctx.uow, ctx.tools, who, choice, f"cards:{card.id}:to:{turn}")
    standing = service.say(ctx.tools, "choosing" if ones else "nobody_else")
    return _shown(ctx, tap, card, case, standing)


def _give(ctx: Context, tap: Tap, card: service.Issued, case: cases.Case, chosen: str) -> Reply:
    """Ask the colleague whom she chose."""
    found = staff.find(ctx.uow, ctx.tools, chosen)
    if found is None or found.userid == card.advisor:
        return _ended(tap, service.say_over(ctx.uow, ctx.tools, "stranger"))
    cases.assign(ctx.uow, case.id, found.userid, who=card.advisor, why="transferred")
    return _ended(tap, service.outcome(ctx.uow, ctx.tools, card))


def _later(ctx: Context, tap: Tap, card: service.Issued, case: cases.Case) -> Reply:
    """Put the card off, twice at most; what was promised to the member goes on."""
    if case.accepted_at is not None:
        return _take(ctx, tap, card, case)
    until, times = card.snoozed_until, card.snoozes
    if until is None or until <= ctx.uow.clock.now():
        if times >= MOST_SNOOZES:
            return _shown(ctx, tap, card, case, service.say(ctx.tools, "no_more_snoozes"))
        until, times = presence.after(ctx.uow, ctx.tools, card.advisor, SNOOZE_S), times + 1
        service.snooze(ctx.uow, card, until)
        words = f"{until.isoformat()} {times}/{MOST_SNOOZES}"
        cases.step(ctx.uow, case, case.advisor, cases.Did.SNOOZED, words)
    return _shown(ctx, tap, card, case, service.say(ctx.tools, "snoozed", until, times))


_Does = Callable[[Context, Tap, service.Issued, cases.Case], Reply]


def _shown(ctx: Context, tap: Tap, card: service.Issued, case: cases.Case, standing: str) -> Reply:
    """Return the card as it looks now, in its place; the press allows one more change later."""
    state = State.LIVE if case.accepted_at is None else State.TAKEN
    now = service.pressed(ctx.uow, card, tap.handle, state)
    buttons = service.buttons_of(ctx.uow, now, case)
    part = making.case_card(ctx.uow, ctx.tools, case, card.ref, buttons=buttons, standing=standing)
    if not tap.handle:  # this channel changes no card
        return Reply(part=Text(standing))
    return Reply(part=CardUpdate(tap.handle, "", part))


def _ended(tap: Tap, words: str) -> Reply:
    return Reply(part=CardUpdate(tap.handle, words) if tap.handle else Text(words))


_DOES: dict[str, _Does] = {"take": _take, "to": _hand_on, "later": _later}
