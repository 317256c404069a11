"""What the room asks of a platform: to give conversations over, and how things stand there.

A wish is a row before anything is asked. Who has a conversation is asked before it is moved, so a
death or a lost answer in between moves nothing twice.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from bot.commons import cases
from bot.commons.notices import Notices
from bot.features.handoff import service, staff, words
from bot.features.handoff.rules import MOVE, SURVEY, Wish
from bot.kernel import crash
from bot.kernel.abilities import Abilities
from bot.kernel.errors import PlatformError, Undeliverable, is_everybodys
from bot.kernel.feature import Errand
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Ticket
from bot.kernel.ports import Mailbox, Work
from bot.kernel.ports import Words as Say
from bot.kernel.reception import Conversations, Held, Holder, Outcome, Staff
from bot.kernel.work import Toolbox, UnitOfWork

log = structlog.get_logger(__name__)

_MOST = 200
_STALE = timedelta(minutes=10)
_LINE_LEAVES_WITHIN = timedelta(seconds=30)
_LOOK_AGAIN_S = 1.0
_TROUBLED_S = 10.0
_FEW = 3  # so many in a row, and none that worked


async def move(work: Work, tools: Toolbox) -> float | None:
    """Fulfil every wish, the oldest first."""
    again_s: float | None = None
    for channel, desk in tools.use(Abilities).of(Conversations).items():
        hands = [_Hand(work, tools, desk, talk) for talk in await _wished(work, channel)]
        ready = [hand for hand in hands if not await hand.is_speaking()]
        if len(ready) < len(hands):
            again_s = _LOOK_AGAIN_S
        if lists := tools.use(Abilities).of(Staff).get(channel):
            for account in sorted({hand.account for hand in ready if hand.wants_a_human}):
                await _list(work, channel, account, lists)
        if await _fulfil(ready):
            again_s = _TROUBLED_S
    return again_s


async def _fulfil(hands: Sequence["_Hand"]) -> bool:
    """Fulfil wishes; True when some have to wait for another try.

    Raises:
        PlatformError: it is the platform itself: nothing works, or it says so.
    """
    troubled = 0
    for tried, hand in enumerate(hands, start=1):
        try:
            await hand.fulfil()
        except Undeliverable as exc:
            if exc.channel_off:
                raise
            await hand.fail(str(exc))
        except PlatformError as exc:
            troubled += 1
            if is_everybodys(exc) or (troubled == tried and tried in {_FEW, len(hands)}):
                raise
            log.warning("handoff.put_off", code=exc.code)
    return troubled > 0


async def _wished(work: Work, channel: ChannelName) -> list[service.Talk]:
    return await work.look(lambda uow: service.wished(uow, channel, most=_MOST))


class _Hand:
    """Takes one conversation from hand to hand."""

    def __init__(self, work: Work, tools: Toolbox, desk: Conversations, talk: service.Talk) -> None:
        self._work = work
        self._tools = tools
        self._desk = desk
        self._talk = talk

    @property
    def account(self) -> str:
        """Which account she talks with."""
        return self._talk.account

    @property
    def wants_a_human(self) -> bool:
        """True unless the conversation is to end."""
        return self._talk.wish is Wish.HUMAN

    async def is_speaking(self) -> bool:
        """Return True while our last line to her is on its way: a human's session stops it."""

        def look(uow: UnitOfWork) -> bool:
            talk = self._talk
            if talk.wish is Wish.END or uow.clock.now() - talk.since > _LINE_LEAVES_WITHIN:
                return False
            mailbox = self._tools.use(Mailbox)
            return mailbox.is_leaving(uow, talk.channel, talk.identity)

        return await self._work.look(look)

    async def fulfil(self) -> None:
        """Do what is wished for, as things stand at the platform."""
        held, asked_at = await self._ask()
        if self._talk.wish is Wish.END:
            await self._end(held, asked_at)
        elif held.by is not Holder.BOT:
            await self._settle(held, asked_at)
        else:
            await self._to_a_human(asked_at)

    async def _ask(self) -> tuple[Held, datetime]:
        asked_at = await self._work.look(lambda uow: uow.clock.now())
        return await self._desk.held(self._talk.account, self._talk.identity), asked_at

    async def _settle(self, held: Held, asked_at: datetime) -> None:
        """Take over what somebody else has done; one that has ended is asked for again later."""
        wish = Wish.HUMAN if held.by is Holder.NOBODY else Wish.NONE
        await self._work.do(lambda uow: service.settle(uow, self._talk, held, asked_at, wish=wish))

    async def _to_a_human(self, asked_at: datetime) -> None:
        talk, tools = self._talk, self._tools
        choice = await self._work.look(
            lambda uow: staff.next_in_turn(
                uow, tools, talk.channel, talk.account, first=_asked(uow, talk)
            )
        )
        for human in choice:
            moved = await self._desk.move(talk.account, talk.identity, Holder.HUMAN, human)
            crash.step("handoff.moved")
            if moved.outcome is Outcome.MOVED:
                held = Held(Holder.HUMAN, human)
                await self._work.do(lambda uow: service.give(uow, talk, held, asked_at))  # noqa: B023 - awaited here
                return
            if moved.outcome is Outcome.CHANGED:
                await self._decide_again()
                return
            await self._work.do(
                lambda uow: staff.is_off(uow, talk.channel, talk.account, human)  # noqa: B023 - awaited here
            )
        await self._into_the_queue(asked_at, on_duty=len(choice))

    async def _into_the_queue(self, asked_at: datetime, *, on_duty: int) -> None:
        talk = self._talk
        moved = await self._desk.move(talk.account, talk.identity, Holder.QUEUE)
        crash.step("handoff.moved")
        if moved.outcome is not Outcome.MOVED:
            await self._decide_again()
            return

        def record(uow: UnitOfWork) -> None:
            if service.give(uow, talk, Held(Holder.QUEUE), asked_at) and moved.ticket:
                words.queued(uow, self._tools, talk, moved.ticket, on_duty=on_duty)

        await self._work.do(record)

    async def _decide_again(self) -> None:
        """The state was not what it seemed: what it is now counts."""
        held, asked_at = await self._ask()
        if held.by is Holder.BOT:
            await self.fail(self._tools.use(Say)("handoff/not_moved.txt.j2"))
        else:
            await self._settle(held, asked_at)

    async def _end(self, held: Held, asked_at: datetime) -> None:
        talk, ticket = self._talk, None
        if held.by in {Holder.QUEUE, Holder.HUMAN}:
            moved = await self._desk.move(talk.account, talk.identity, Holder.NOBODY)
            if moved.outcome is not Outcome.MOVED:
                await self.fail(self._tools.use(Say)("handoff/not_ended.txt.j2"))
                return
            held, ticket = Held(Holder.NOBODY), moved.ticket
        await self._work.do(lambda uow: self._ended(uow, held, asked_at, ticket))

    def _ended(
        self, uow: UnitOfWork, held: Held, asked_at: datetime, ticket: Ticket | None
    ) -> None:
        talk = self._talk
        if service.settle(uow, talk, held, asked_at) and ticket:
            words.ended(uow, self._tools, talk.party, ticket)

    async def fail(self, error: str) -> None:
        """Keep why it did not work; tell operators the first time."""

        def keep(uow: UnitOfWork) -> None:
            if service.fail(uow, self._talk, error) == 1:
                text = self._tools.use(Say)("handoff/failed.txt.j2", member=self._talk.member)
                key = f"handoff.failed:{self._talk.id}:{uow.clock.now().isoformat()}"
                self._tools.use(Notices).tell(uow, key=key, text=text)

        await self._work.do(keep)


def _asked(uow: UnitOfWork, talk: service.Talk) -> str:
    """Return the userid of whom the rules have asked for her; empty for nobody."""
    case = cases.open_of(uow, talk.member)
    return case.advisor if case and case.state.is_with_humans else ""


async def survey(work: Work, tools: Toolbox) -> None:
    """Compare what is written down with the platform: callbacks get lost."""
    abilities = tools.use(Abilities)
    for channel, lists in abilities.of(Staff).items():
        await _hire(work, channel, lists)
        for account in lists.accounts:
            await _list(work, channel, account, lists)
    for channel, desk in abilities.of(Conversations).items():
        await _surprises(work, channel, desk)
        await _stale(work, channel, desk)


async def _list(work: Work, channel: ChannelName, account: str, lists: Staff) -> None:
    asked_at = await work.look(lambda uow: uow.clock.now())
    try:
        listed = await lists.listed(account)
    except PlatformError as exc:
        if is_everybodys(exc):
            raise
        log.warning("handoff.unlisted", code=exc.code)  # one account: the others go on
        return
    await work.do(lambda uow: staff.replace(uow, channel, account, listed, asked_at))


async def _hire(work: Work, channel: ChannelName, lists: Staff) -> None:
    """Do what operators wish for about the humans of the accounts."""
    for account, human, wish in await work.look(lambda uow: staff.wished(uow, channel)):
        change = lists.add if wish == "add" else lists.remove
        try:
            error = await change(account, human)
        except Undeliverable as exc:
            if exc.channel_off:
                raise
            error = str(exc)
        if error or wish == "add":
            await work.do(lambda uow: staff.done(uow, channel, account, human, error))  # noqa: B023 - awaited here
        else:
            await work.do(lambda uow: staff.gone(uow, channel, account, human))  # noqa: B023 - awaited here


async def _surprises(work: Work, channel: ChannelName, desk: Conversations) -> None:
    for account, customer, held in desk.surprises():

        def keep(uow: UnitOfWork) -> None:
            if party := service.known(uow, channel, account, customer):  # noqa: B023 - awaited here
                service.found(uow, party, held)  # noqa: B023 - awaited here

        await work.do(keep)


async def _stale(work: Work, channel: ChannelName, desk: Conversations) -> None:
    talks = await work.look(lambda uow: service.stale(uow, channel, after=_STALE, most=_MOST))
    for talk in talks:
        asked_at = await work.look(lambda uow: uow.clock.now())
        try:
            held = await desk.held(talk.account, talk.identity)
        except Undeliverable as exc:
            if exc.channel_off:
                raise
            error = str(exc)
            await work.do(lambda uow: service.fail(uow, talk, error))  # noqa: B023 - awaited here
            continue
        except PlatformError as exc:  # the others are asked first next time
            error = str(exc)
            await work.do(lambda uow: service.fail(uow, talk, error))  # noqa: B023 - awaited here
            raise
        await work.do(lambda uow: service.settle(uow, talk, held, asked_at, wish=talk.wish))  # noqa: B023 - awaited here


errands = (Errand(MOVE, move, every_s=60), Errand(SURVEY, survey, every_s=300))
