"""Hands one update to its handler, and what comes of it to the other rooms and the outbox.

Everything happens in one savepoint: the handler's rows, the listeners' rows, the answers
and the mark "done" are committed together or not at all.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import structlog

from bot.commons import audience, members
from bot.kernel import crash
from bot.kernel.capability import Doors
from bot.kernel.errors import CannotStore, NeedsFence, Refusal
from bot.kernel.events import Event, HumanWanted, MemberErased
from bot.kernel.feature import Feature, Listener
from bot.kernel.ids import ChannelName, InboxId, MemberId, trace_of
from bot.kernel.messages import (
    NotArrived,
    Outgoing,
    Reply,
    Text,
    Update,
    UpdateKind,
    Voice,
)
from bot.kernel.metrics import HANDLED, HANDLER_FAILURES
from bot.kernel.persons import PersonKeys
from bot.kernel.ports import Words, Work
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.router import Answer, Handler, Match, Overheard, Switchboard
from bot.kernel.work import Context, Toolbox, UnitOfWork
from bot.pipeline import inbox, outbox
from bot.pipeline.afterwards import not_arrived
from bot.pipeline.alarm import Alarm
from bot.pipeline.fresh import Fresh

log = structlog.get_logger(__name__)

_STORE_AGAIN_S = 1.0
_UNSPOKEN = frozenset({UpdateKind.EVENT, UpdateKind.TAP, UpdateKind.UNKNOWN})
_CARE = "care"


class Dispatch:
    """Knows which room answers what, and who listens to whom."""

    def __init__(
        self,
        features: Iterable[Feature],
        tools: Toolbox,
        *,
        words: Words,
        lanes: outbox.Lanes,
        fit: outbox.Fit,
        within_budget: Callable[[Sequence[Outgoing]], Sequence[Outgoing]],
        enlist: Callable[[UnitOfWork], None],
        hold_s: Callable[[Update], float],
        sent_soon: outbox.Told,
        alarm: Alarm,
        keys: PersonKeys,
    ) -> None:
        rooms = list(features)
        self._switchboard = Switchboard(room.router for room in rooms)
        self._listeners: dict[type[Event], list[Listener]] = defaultdict(list)
        for room in rooms:
            for event, listeners in room.listeners.items():
                self._listeners[event] += listeners
        self._tools = tools
        self._words = words
        self._lanes = lanes
        self._fit = fit
        self._within_budget = within_budget
        self._enlist = enlist
        self._hold_s = hold_s
        self._sent_soon = sent_soon
        self._alarm = alarm
        self._keys = keys
        self.new = Fresh[InboxId, Update]()
        """By conversation, what was written down a moment ago."""
        self._fenced: set[Handler] = set()
        """Who has refused after writing once: a savepoint is ready to take it back."""

    async def drain(self, conversation: str, work: Work) -> float | None:
        """Handle what waits in one conversation, in order.

        Returns:
            The seconds after which there is more to do; None when it is empty.
        """
        while True:
            taken: list[inbox.Taken] = []
            try:
                wait = await work.do(lambda uow: self._handle_next(uow, conversation, taken))  # noqa: B023 - awaited here
            except CannotStore:
                return _STORE_AGAIN_S
            except NeedsFence:
                continue  # has it now
            except Exception as exc:
                if not taken:
                    raise
                wait = await self._record_failure(taken[0], conversation, exc, work)
            else:
                if taken:
                    HANDLED.inc()
            crash.step("inbox.handled")
            if wait is None or wait > 0:
                return wait

    def _handle_next(
        self, uow: UnitOfWork, conversation: str, taken: list[inbox.Taken]
    ) -> float | None:
        taken.clear()  # the database may have run us before, and taken it all back
        item = inbox.take(uow, conversation, self._unreadable, self.new.take(conversation))
        if item is None:
            return inbox.wait_s(uow, conversation)
        taken.append(item)
        self.handle(uow, item)
        crash.step("inbox.handling")
        return inbox.until_s(uow, item.next_due_at)

    def _unreadable(self, uow: UnitOfWork, item: InboxId, channel: str) -> None:
        log.error("inbox.unreadable", trace=trace_of(item), channel=channel)
        self._alarm.update_parked(uow, item, channel, uow.clock.now(), unreadable=True)

    async def _record_failure(
        self, taken: inbox.Taken, conversation: str, error: Exception, work: Work
    ) -> float | None:
        HANDLER_FAILURES.inc()
        log.error("inbox.failed", trace=trace_of(taken.id), tries=taken.tries + 1, exc_info=error)

        def record(uow: UnitOfWork) -> float | None:
            if inbox.record_failure(uow, taken, error):
                log.error("inbox.parked", trace=trace_of(taken.id))
                channel = taken.update.channel
                self._alarm.update_parked(uow, taken.id, channel, uow.clock.now())
            return inbox.wait_s(uow, conversation)

        try:
            return await work.do(record)
        except CannotStore:
            return _STORE_AGAIN_S

    def answers(self, update: Update) -> bool:
        """Return True when a room wants to hear of this update."""
        if self._switchboard.news(update) or isinstance(update.changes, NotArrived):
            return True
        found = self._is_watched(update) or self._switchboard.find(update) is not None
        return found and update.sender is not None

    def handle(self, uow: UnitOfWork, taken: inbox.Taken) -> None:
        """Find the handler of one update and queue what it answers."""
        update = taken.update
        match, watched = self._switchboard.find(update), self._is_watched(update)
        if update.sender is None or (match is None and not watched):
            self._hear(uow, taken)
            log.info("inbox.unanswered", trace=trace_of(taken.id), kind=update.kind)
            return
        member = self._member(uow, update, update.sender, match)
        self._hear(uow, taken)  # by whoever she is now: a platform may have told us
        if member is None:
            log.info("inbox.of_a_stranger", trace=trace_of(taken.id), kind=update.kind)
            return
        if update.group is not None:
            audience.spoke(uow, update.channel, update.group, member, update.at)
        ctx = Context(uow, update, member, self._tools, match.argument if match else "")
        held = any(look(ctx) for look in self._switchboard.watches)
        taken_up = self._overhear(ctx, match, held=held)
        answers = self._answers(taken, ctx, match, held=held, taken_up=taken_up)
        if answers is None:
            said = "inbox.left_to_a_human" if held else "inbox.unanswered"
            log.info(said, trace=trace_of(taken.id), kind=update.kind)
            return
        self._answer(uow, taken, member, answers)
        # what is answered shows again when the answer is sent
        say = log.debug if answers else log.info
        say("inbox.handled", trace=trace_of(taken.id), member=member, answers=len(answers))

    def _overhear(self, ctx: Context, match: Match | None, *, held: bool) -> Sequence[Reply] | None:
        """Show what she said to whoever listens; return what the first who takes it up says."""
        if ctx.update.kind in _UNSPOKEN:
            return None
        in_command = self._switchboard.is_understood(match)
        if in_command and not ctx.argument:
            return None  # nothing but a command
        heard = Overheard(held, in_command)
        said = (listen(ctx, heard) for listen in self._switchboard.overhears)
        return next((replies for replies in said if replies is not None), None)

    def _answers(
        self,
        taken: inbox.Taken,
        ctx: Context,
        match: Match | None,
        *,
        held: bool,
        taken_up: Sequence[Reply] | None,
    ) -> Sequence[Outgoing] | None:
        """Return what is answered; None when nobody is asked to answer.

        What she is told in the moment of the handing over, and whoever has the conversation, is
        said in another voice than the bot's: the sender lets it pass.
        """
        board = self._switchboard
        understood = match if board.is_understood(match) else None
        asked = match if taken_up is None else understood
        loud = held and asked is not None and board.is_undisturbed(asked)
        spoken = not held or (asked is not None and (loud or board.is_always(asked)))
        replies: list[tuple[Reply, str]] = []
        if asked is not None and (spoken or board.is_quiet(asked)):
            said = self._ask(ctx, asked)
            replies += [(reply, _name(asked.handler)) for reply in said if spoken]
        elif taken_up is None:
            return None
        replies += [(reply, _CARE) for reply in taken_up or ()]
        pass_by = taken_up is not None or (
            asked is not None and (board.is_undisturbed(asked) or board.is_always(asked))
        )
        pass_by = pass_by or any(isinstance(each, HumanWanted) for each in ctx.uow.events)
        voice = Voice.CARE if pass_by else Voice.BOT
        return [
            self._outgoing(taken, reply, number, why, voice=voice, loud=loud)
            for number, (reply, why) in enumerate(replies)
        ]

    def _hear(self, uow: UnitOfWork, taken: inbox.Taken) -> None:
        """Tell the rooms what a platform tells, and what became of a message."""
        update = taken.update
        if isinstance(update.changes, NotArrived):
            not_arrived(uow, update.channel, update.changes, self._alarm)
        news = self._switchboard.news(update)
        for hear in news:
            hear(uow, update, self._tools)
        if news and update.sender is None and not update.about:
            inbox.forget_words(uow, taken.id)

    def _joining(
        self, channel: ChannelName, sender: str, extra: Mapping[str, str]
    ) -> members.Joining | None:
        """Return what platforms name a sender by; None for most."""
        told = self._keys.told(channel, extra)
        in_name = self._keys.in_name(channel, sender)
        if not told and not in_name:
            return None
        return members.Joining(self._tools.use(PersonalRegistry), in_name, told)

    def _is_watched(self, update: Update) -> bool:
        """Return True where a human can have the conversation, and a room knows of it."""
        return (
            bool(self._switchboard.watches) and self._tools.use(Doors).of(update.channel).hands_over
        )

    def _member(
        self, uow: UnitOfWork, update: Update, sender: str, match: Match | None
    ) -> MemberId | None:
        if match is not None and not match.strangers:
            return members.find(uow, update.channel, sender)
        uow.take_turns({members.turn_of(update.channel, sender)})
        return members.resolve(
            uow,
            update.channel,
            sender,
            update.at,
            name=update.nickname,
            joining=self._joining(update.channel, sender, update.extra),
        )

    def _answer(
        self,
        uow: UnitOfWork,
        taken: inbox.Taken,
        member: MemberId,
        answers: Sequence[Outgoing],
    ) -> None:
        """Queue the answers to an update; the last words to a member who left are not kept."""
        hold_s = self._hold_s(taken.update)
        outbox.put(
            uow,
            self._within_budget(answers),
            self._lanes,
            self._fit,
            member=member,
            last_words=any(isinstance(event, MemberErased) for event in uow.events),
            inbox_id=taken.id if hold_s else None,
            hold_s=hold_s,
            told=self._sent_soon,
        )

    def _ask(self, ctx: Context, match: Match) -> Sequence[Reply]:
        fenced = match.handler in self._fenced
        try:
            with ctx.uow.attempt() if fenced else ctx.uow.attempt_boldly():
                return _several(match.handler(ctx))
        except NeedsFence:
            self._fenced.add(match.handler)
            raise
        except Refusal as refusal:
            log.info("inbox.refused", member=ctx.member, refusal=type(refusal).__name__)
            return [Reply(refusal.template, refusal.words)]

    def _outgoing(
        self, taken: inbox.Taken, reply: Reply, number: int, why: str, *, voice: Voice, loud: bool
    ) -> Outgoing:
        update = taken.update
        part = reply.part or Text(self._words(reply.template, **reply.data))
        return Outgoing(
            channel=update.channel,
            recipient=update.group or update.sender or "",
            part=part,
            key=f"reply:{taken.id}:{number}",
            trace=trace_of(taken.id),
            why=why,
            to_group=update.in_group,
            reply_to=update.reply_to,
            via=update.via,
            ticket=None if number else update.ticket,
            voice=voice,
            loud=loud,
        )

    def settle(self, uow: UnitOfWork) -> None:
        """Finish a unit of work: tell its events, queue its messages, enlist its wakes.

        A listener may publish in its turn; the list grows while we walk it.
        """
        for event in uow.events:
            uow.wipes = uow.wipes or isinstance(event, MemberErased)
            for listener in self._listeners[type(event)]:
                listener(uow, event, self._tools)
        if uow.outgoing:
            outbox.put(uow, uow.outgoing, self._lanes, self._fit)
        if uow.wakes:
            self._enlist(uow)


def _name(handler: Handler) -> str:
    return f"{handler.__module__}.{handler.__name__}".removeprefix("bot.")


def _several(answer: Answer) -> Sequence[Reply]:
    if answer is None:
        return ()
    return (answer,) if isinstance(answer, Reply) else answer
