"""Sends what waits in a lane, one by one: claim, call the platform, keep its receipt.

The claim is committed before the platform is called. A crash in between leaves a message
that may have arrived: it is sent again only while the platform drops its twin, else an
operator decides.
"""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from time import monotonic

import structlog
from typing_extensions import override

from bot.kernel import crash
from bot.kernel.capability import Doors
from bot.kernel.errors import Ambiguous, CannotStore, PlatformError, Undeliverable
from bot.kernel.fitting import fit, fit_budget, join, permit_first
from bot.kernel.ids import ChannelName, OutboxId
from bot.kernel.messages import Outgoing, Receipt
from bot.kernel.metrics import SEND_ERRORS, SENT
from bot.kernel.ports import Limit, Sender, Work
from bot.kernel.work import UnitOfWork
from bot.pipeline import outbox
from bot.pipeline.afterwards import failed_meanwhile
from bot.pipeline.alarm import Alarm
from bot.pipeline.fresh import Fresh
from bot.pipeline.limiter import ChannelLimiter

log = structlog.get_logger(__name__)
Claim = Callable[[UnitOfWork], outbox.Claimed | outbox.Wait | None]

_STORE_AGAIN_S = 1.0


class Sending:
    """The senders of all channels, with what their platforms count."""

    def __init__(
        self, senders: Mapping[ChannelName, Sender], doors: Doors, work: Work, alarm: Alarm
    ) -> None:
        self._alarm = alarm
        self._senders = senders
        self._doors = doors
        self._work = work
        self._limiters = {
            name: ChannelLimiter(sender.channel_limits) for name, sender in senders.items()
        }
        self._gates = {
            name: asyncio.Semaphore(sender.concurrency) for name, sender in senders.items()
        }
        doors_of = {name: doors.of(name) for name in senders}
        self._budgets = {name: door for name, door in doors_of.items() if door.has_budget}
        self._sent = {name: SENT.labels(name) for name in senders}
        self._unsure: dict[str, outbox.Claimed] = {}
        self.new = Fresh[OutboxId, Outgoing]()
        """By lane, what was queued a moment ago."""
        self._closed = False

    def close(self) -> None:
        """Begin no further message; those under way are finished and written down.

        A message claimed and then not sent would look as if it might have arrived.
        """
        self._closed = True

    def fit(self, outgoing: Outgoing) -> Sequence[Outgoing]:
        """Return the messages that carry `outgoing` through its channel, most often itself."""
        if outgoing.channel not in self._senders:
            return (outgoing,)  # it stays as it was said until somebody can send it
        return fit(outgoing, self._doors.of(outgoing.channel))

    def within_budget(self, answers: Sequence[Outgoing]) -> Sequence[Outgoing]:
        """Return the answers to one message as its channel lets them leave."""
        if not answers:
            return answers
        door = self._doors.of(answers[0].channel)
        if door.together:
            return permit_first(join(answers)) if door.can_push else join(answers)
        if not door.has_budget:
            return answers
        return fit_budget([piece for answer in answers for piece in self.fit(answer)], door)

    def lane(self, outgoing: Outgoing) -> str:
        """Return the lane of a message, the channel in front."""
        sender = self._senders.get(outgoing.channel)
        return f"{outgoing.channel}:{sender.lane(outgoing) if sender else outgoing.recipient}"

    async def drain(self, lane: str) -> float | None:
        """Send what waits in one lane.

        Returns:
            The seconds after which there is more to do; None when the lane is empty.
        """
        name = ChannelName(lane.partition(":")[0])
        sender = self._senders.get(name) or _NOBODY
        try:
            async with self._gates.setdefault(name, asyncio.Semaphore(1)):
                return await self._drain(lane, name, sender)
        except CannotStore:
            return _STORE_AGAIN_S

    async def _drain(self, lane: str, name: ChannelName, sender: Sender) -> float | None:
        def claim(uow: UnitOfWork) -> outbox.Claimed | outbox.Wait | None:
            return self._claim(uow, lane, name, sender)

        claimed = await self._work.do(claim)
        while isinstance(claimed, outbox.Claimed):
            self._unsure.pop(lane, None)
            crash.step("outbox.claimed")
            result = await self._send(claimed, name, sender)
            crash.step("outbox.sent")
            claimed = await self._record_and_claim(claimed, lane, result, sender, claim)
            crash.step("outbox.recorded")
        return claimed.seconds if claimed else None

    def _claim(
        self, uow: UnitOfWork, lane: str, name: ChannelName, sender: Sender
    ) -> outbox.Claimed | outbox.Wait | None:
        """Claim the next message of a lane.

        One that we have claimed without hearing of the commit is ours if the commit was; what was
        written behind it since may have woken us now.
        """
        if self._closed:
            return None
        unsure = self._unsure.get(lane)
        if unsure is not None and outbox.is_ours(uow, unsure):
            return replace(unsure, is_alone=False)
        claimed = self._claim_new(uow, lane, name, sender) or outbox.claim(
            uow,
            lane,
            name,
            sender.lane_limits(lane.removeprefix(f"{name}:")),
            reserve_s=lambda: self._limiters.get(name, _NO_LIMIT).reserve(monotonic()),
            drops_twins_s=sender.drops_twins_s,
            alarm=self._alarm,
            budget=self._budgets.get(name),
        )
        if isinstance(claimed, outbox.Claimed):
            self._unsure[lane] = claimed
        return claimed

    def _claim_new(
        self, uow: UnitOfWork, lane: str, name: ChannelName, sender: Sender
    ) -> outbox.Claimed | None:
        """Claim what is new in this lane; None when the rows have to be read.

        Should it not be ours then, its reservation is lost: the channel leaves a little later.
        """
        new = self.new.take(lane)
        if new is None or name in self._budgets or name not in self._limiters:
            return None
        if self._limiters[name].reserve(monotonic()) > 0:
            return None
        return outbox.claim_alone(
            uow, lane, *new, sender.lane_limits(lane.removeprefix(f"{name}:"))
        )

    async def _send(
        self, claimed: outbox.Claimed, name: ChannelName, sender: Sender
    ) -> Receipt | PlatformError:
        """Call the platform; everything that can go wrong there becomes a PlatformError."""
        try:
            receipt = await sender.send(claimed.outgoing, doubt_since=claimed.doubt_since)
        except PlatformError as exc:
            SEND_ERRORS.labels(name, str(exc.code), type(exc).__name__).inc()
            log.warning(
                "outbox.refused",
                item=claimed.id,
                trace=claimed.outgoing.trace,
                channel=name,
                code=exc.code,
                tries=claimed.tries + 1,
                kind=type(exc).__name__,
            )
            return exc
        except Exception as exc:
            log.exception("outbox.failed", item=claimed.id, channel=name)
            SEND_ERRORS.labels(name, "0", type(exc).__name__).inc()
            return Ambiguous(f"{type(exc).__name__} in the channel's own code")
        self._sent[name].inc()
        log.info(
            "outbox.sent",
            item=claimed.id,
            channel=name,
            key=claimed.outgoing.key,
            trace=claimed.outgoing.trace,
        )
        return receipt

    async def _record_and_claim(
        self,
        sent: outbox.Claimed,
        lane: str,
        result: Receipt | PlatformError,
        sender: Sender,
        claim: Claim,
    ) -> outbox.Claimed | outbox.Wait | None:
        """Write a result down, however long the database refuses: the message is out."""
        refused = False

        def keep(uow: UnitOfWork) -> outbox.Claimed | outbox.Wait | None:
            # a receipt counts even when somebody has given us up for dead meanwhile; an error only
            # while the message is ours, else it was written down after all
            if not refused or isinstance(result, Receipt) or outbox.is_ours(uow, sent):
                self._record(uow, sent, lane, result, sender)
            if sent.is_alone and isinstance(result, Receipt):
                return None  # what was written since has woken the lane anew
            return claim(uow)

        while True:
            try:
                return await self._work.do(keep)
            except CannotStore:
                refused = True
                await asyncio.sleep(_STORE_AGAIN_S)

    def _record(
        self,
        uow: UnitOfWork,
        claimed: outbox.Claimed,
        lane: str,
        result: Receipt | PlatformError,
        sender: Sender,
    ) -> None:
        if isinstance(result, Receipt):
            outbox.record(uow, claimed.id, result)
            if claimed.last_words:
                outbox.forget_last_words(uow, claimed.id)
            elif (since := claimed.doubt_since) and (known_as := result.platform_id):
                failed_meanwhile(uow, claimed.outgoing, known_as, since, self._alarm)
            return
        known_s = sender.drops_twins_s
        status = outbox.record_error(uow, claimed, lane, result, drops_twins_s=known_s)
        if status != "queued" and claimed.last_words:
            outbox.forget_last_words(uow, claimed.id)  # nobody could send it again
        elif status not in {"queued", "dropped"}:
            self._alarm.message_ended(uow, claimed.id, claimed.outgoing, status, result)


class _Nobody(Sender):
    """Stands in for a channel that is no longer configured."""

    drops_twins_s = math.inf
    concurrency = 1
    channel_limits = ()

    @override
    def lane(self, outgoing: Outgoing) -> str:
        return outgoing.recipient

    @override
    def lane_limits(self, lane: str) -> tuple[Limit, ...]:
        return ()

    @override
    async def send(self, outgoing: Outgoing, *, doubt_since: datetime | None) -> Receipt:
        del doubt_since
        raise Undeliverable(f"channel {outgoing.channel} is not configured")


_NOBODY = _Nobody()
_NO_LIMIT = ChannelLimiter(())
