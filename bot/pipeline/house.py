"""The trip put together: writer, inbox, dispatch, outbox, sender, engine, clockwork.

Nothing here knows which rooms and which channels there are; `bot/app/` brings them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from bot.commons.notices import Notices
from bot.kernel.abilities import Abilities, Able, Errands
from bot.kernel.capability import Doors
from bot.kernel.clock import Clock, ShiftedClock, SystemClock
from bot.kernel.community import Community
from bot.kernel.desk import Answers, PipelineDesk
from bot.kernel.feature import Feature, Job
from bot.kernel.ids import ChannelName, InboxId
from bot.kernel.messages import Update
from bot.kernel.persons import NamesPersons, PersonKeys, TellsUnionid
from bot.kernel.ports import (
    Channel,
    Fetcher,
    LastHeard,
    Listening,
    Mailbox,
    Meaning,
    PassiveAnswers,
    Shown,
    StreamedAnswers,
    Words,
    Work,
    nothing_to_add,
)
from bot.kernel.transcript import Transcript
from bot.kernel.work import Toolbox, UnitOfWork
from bot.pipeline import afterwards, errands, fetching, inbox, outbox
from bot.pipeline.alarm import Alarm
from bot.pipeline.clockwork import Clockwork, Travel
from bot.pipeline.desk import Desk
from bot.pipeline.dispatch import Dispatch
from bot.pipeline.engine import Drain, DueKeys, Engine
from bot.pipeline.engine.embedded import EmbeddedEngine
from bot.pipeline.listening import Ground, Listenings
from bot.pipeline.passive import Passive
from bot.pipeline.said import Said
from bot.pipeline.sender import Sending
from bot.pipeline.transcript import Books
from bot.storage.columns import micros
from bot.storage.db import Database
from bot.storage.writer import Writer

_A_LITTLE_S = 0.5  # a response that was begun in time is on its way

MakeEngine = Callable[[Drain, DueKeys, Work], Engine]


def due_keys(uow: UnitOfWork) -> set[str]:
    """Ask the rows what is due: the engine's `DueKeys`."""
    now = micros(uow.clock.now())
    heard = {f"in:{conversation}" for (conversation,) in uow.run(inbox.DUE, now=now)}
    hinted = {f"fetch:{channel}:{book}" for channel, book in uow.run(fetching.DUE, now=now)}
    return heard | hinted | {f"out:{lane}" for (lane,) in uow.run(outbox.DUE, now=now)}


@dataclass
class House:
    """Everything that runs, put together; what is not here does not know the others."""

    database: Database
    features: Sequence[Feature]
    tools: Toolbox
    words: Words
    clock: Clock = field(default_factory=lambda: ShiftedClock(SystemClock()))
    make_engine: MakeEngine = EmbeddedEngine
    jobs: Sequence[Job] = ()
    meaning: Meaning = nothing_to_add

    def __post_init__(self) -> None:
        self.writer = Writer(self.database, self.clock)
        self._is_worker = False
        self.inbox = inbox.Inbox(self.writer, self._answers, self._heard)
        self.passive = Passive(self.writer)
        self.engine = self.make_engine(self._drain, due_keys, self.writer)
        rooms = [job for feature in self.features for job in feature.jobs]
        self.clockwork = Clockwork([*rooms, *self.jobs], self.writer, self.tools)
        self.channels: Mapping[ChannelName, Channel] = {}

    def open_doors(self, channels: Sequence[Channel]) -> None:
        """Connect the channels; they may have needed `writer` to be built."""
        self.channels = {channel.name: channel for channel in channels}
        self._passive: dict[ChannelName, PassiveAnswers] = {}
        self._streamed: dict[ChannelName, StreamedAnswers] = {}
        for channel in channels:
            receiver = channel.receiver
            if isinstance(receiver, PassiveAnswers):
                self._passive[channel.name] = receiver
            if isinstance(receiver, StreamedAnswers):
                self._streamed[channel.name] = receiver
        doors = Doors({name: door.capability for name, door in self.channels.items()})
        keys = _keys_of(channels)
        self._offer(channels, doors, keys)
        alarm = Alarm(self.tools.use(Notices), self.words, self.meaning)
        senders = {name: door.sender for name, door in self.channels.items() if door.sender}
        self.sending = Sending(senders, doors, self.writer, alarm)
        self.fetching = fetching.Fetching(
            self._fetchers(channels), self.writer, self._answers, alarm
        )
        self.listening = self._listenings(channels, alarm)
        self.desk = Desk(list(self.channels))
        self.tools.add(PipelineDesk, self.desk)
        self.dispatch = Dispatch(
            self.features,
            self.tools,
            words=self.words,
            lanes=self.sending.lane,
            fit=self.sending.fit,
            within_budget=self.sending.within_budget,
            enlist=self.engine.enlist,
            hold_s=self._hold_s,
            sent_soon=self.sending.new.tell,
            alarm=alarm,
            keys=keys,
        )
        self.writer.settle = self.dispatch.settle

    def _offer(self, channels: Sequence[Channel], doors: Doors, keys: PersonKeys) -> None:
        """Put what the channels and the trip offer into the rooms' toolbox."""
        abilities = Abilities()
        for channel in channels:
            if isinstance(channel, Able):
                abilities.offer(channel.name, channel.abilities)
        self.tools.add(Abilities, abilities)
        self.tools.add(Doors, doors)
        self.tools.add(PersonKeys, keys)
        self.tools.add(LastHeard, inbox.last_heard)
        self.tools.add(Answers, Said())
        self.tools.add(Errands, errands.Messenger())
        self.tools.add(Mailbox, afterwards.Post())
        self.tools.add(Transcript, Books())

    def _fetchers(self, channels: Sequence[Channel]) -> Mapping[ChannelName, Fetcher]:
        tasks = [errand for feature in self.features for errand in feature.errands]
        found = {door.name: door for door in channels if isinstance(door, Fetcher)}
        return {**found, **errands.fetchers(tasks, self.writer, self.tools)}

    def _listenings(self, channels: Sequence[Channel], alarm: Alarm) -> Listenings:
        def shown(name: ChannelName) -> Shown:
            return partial(self.passive.shown, name)

        def serve(name: ChannelName, *, here: bool) -> None:
            self.engine.serve(f"out:{name}", here=here)

        ground = Ground(
            self.writer,
            self.inbox.accept,
            shown,
            alarm,
            serve,
            self.clock,
            self.tools.use(Community).zone,
        )
        found = {door.name: door for door in channels if isinstance(door, Listening)}
        return Listenings(found, ground)

    async def start(self, *, worker: bool = True, scheduler: bool = True) -> None:
        """Start what runs; what a crash left behind goes first."""
        self._is_worker = worker
        await self.writer.start()
        for channel in self.channels.values():
            await channel.start()
        if worker:
            if self.database.is_sqlite:  # nobody else can be sending
                await self.writer.do(lambda uow: outbox.recover(uow, lease_s=0))
            for name in self.listening.names:
                self.engine.serve(f"out:{name}", here=False)
            await self.engine.start()
            await self.writer.do(self.fetching.open)
            await self.listening.start(alone=self.database.is_sqlite)
        if scheduler:
            await self.clockwork.start()

    async def stop(self, within_s: float = 8.0) -> None:
        """Finish what is under way, or leave it to be found again."""
        await self.clockwork.stop()
        self.sending.close()
        self.fetching.close()
        await self.engine.stop(within_s)
        await self.listening.stop()
        for channel in self.channels.values():
            await channel.stop()
        await self.writer.stop()

    async def _drain(self, key: str) -> float | None:
        book, _, rest = key.partition(":")
        if book == "in":
            return await self.dispatch.drain(rest, self.writer)
        if book == "fetch":
            return await self.fetching.drain(rest)
        return await self.sending.drain(rest)

    def _answers(self, update: Update) -> bool:
        return self.dispatch.answers(update)

    def _heard(self, conversation: str, item: InboxId, update: Update) -> None:
        if self._is_worker:  # nobody else would ever take it
            self.dispatch.new.tell(conversation, item, update)

    def _hold_s(self, update: Update) -> float:
        receiver = self._passive.get(update.channel)
        if receiver is not None and receiver.wants_passive(update):
            return receiver.passive_wait_s + _A_LITTLE_S
        streams = self._streamed.get(update.channel)
        if streams is not None and (keeps_s := streams.keeps_s(update)) > 0:
            return keeps_s + _A_LITTLE_S
        return 0.0

    def travel(self) -> Travel:
        """Return what moves the simulator's clock.

        Raises:
            TypeError: the house runs on a clock that can't be moved.
        """
        if not isinstance(self.clock, ShiftedClock):
            raise TypeError("only a ShiftedClock can be moved")
        return Travel(self.clock, self.clockwork, self.engine)


def _keys_of(channels: Sequence[Channel]) -> PersonKeys:
    kinds = {
        door.name: (door.key_kind, door.key_scope)
        for door in channels
        if isinstance(door, NamesPersons)
    }
    return PersonKeys(
        kinds,
        frozenset(
            door.name for door in channels if isinstance(door, TellsUnionid) and door.tells_unionid
        ),
    )
