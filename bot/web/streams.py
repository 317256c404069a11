"""Answers a platform that asks for an answer again and again, out of the rows alone.

Any process can answer any of these callbacks: what was asked is in the inbox, what is said in
the outbox, and nothing is remembered in between.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from bot.kernel.ids import ChannelName, InboxId, OutboxId
from bot.kernel.messages import Card, Outgoing, RawCallback, Receipt, Received, Update
from bot.kernel.ports import Accepted, Carried, StreamDesk, StreamedAnswers

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Response:
    """A body, and what becomes of which answers once it has been read."""

    body: bytes
    receipts: Mapping[OutboxId, Receipt] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which update is to be answered now."""

    id: InboxId
    update: Update
    again: bool


@dataclass(frozen=True, slots=True)
class Streams:
    """The responses of one channel."""

    channel: ChannelName
    receiver: StreamedAnswers
    desk: StreamDesk

    async def respond(
        self, raw: RawCallback, received: Received, accepted: Sequence[Accepted]
    ) -> Response | None:
        """Return the response to a callback; None when it is only acknowledged.

        Raises:
            CannotStore: the answer is there, but can't be taken now.
        """
        asked = await self._asked(received, accepted)
        if asked is not None and self.receiver.keeps_s(asked.update) > 0:
            response = await self._answer(raw, asked)
            if response is not None:
                return response
        return Response(self.receiver.over(raw, received.asks)) if received.asks else None

    async def _asked(self, received: Received, accepted: Sequence[Accepted]) -> _Asked | None:
        key = received.asks
        if len(accepted) == 1:
            if accepted[0].id is not None:
                return _Asked(accepted[0].id, accepted[0].update, again=False)
            key = accepted[0].update.key
        found = await self.desk.find(self.channel, key) if key else None
        if found is None:
            return None
        if received.asks_in and received.asks_in not in {found[1].group, found[1].sender}:
            log.warning("stream.asked_elsewhere", channel=self.channel)
            return None
        return _Asked(*found, again=True)

    async def _answer(self, raw: RawCallback, asked: _Asked) -> Response | None:
        receiver, update, again = self.receiver, asked.update, asked.again
        wait_s = receiver.again_wait_s if again else receiver.first_wait_s
        found, coming = await self.desk.collect(asked.id, wait_s)
        if not found:
            words = receiver.waiting(raw, update, again=again) if coming else None
            return None if words is None else Response(words)
        carried = await self._carry([outgoing for _, outgoing in found], raw, asked)
        if carried is None:
            await self.desk.release(found[0][0])
            return None
        receipts = {found[place][0]: receipt for place, receipt in carried.receipts.items()}
        return Response(carried.body, receipts)

    async def _carry(
        self, answers: Sequence[Outgoing], raw: RawCallback, asked: _Asked
    ) -> Carried | None:
        """Return the response; whatever fails in making it, the sender brings the answers."""
        try:
            return await self.receiver.carry(
                answers, raw, asked.update, self._shown, again=asked.again
            )
        except Exception:
            log.exception("stream.not_carried", channel=self.channel)
            return None

    async def _shown(self, handle: str) -> Card | None:
        return await self.desk.shown(self.channel, handle)

    async def written(self, response: Response, *, arrived: bool) -> None:
        """Record what became of a response.

        Raises:
            CannotStore: it can't be recorded; the next response carries the same.
        """
        if not response.receipts:
            return
        if arrived:
            await self.desk.carried(response.receipts)
        else:
            await self.desk.hand_back(list(response.receipts))
