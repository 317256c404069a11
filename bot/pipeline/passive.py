"""Lets the response to a callback carry the answer, without memory that a crash could lose.

The answer is an ordinary outbox row that the sender leaves alone for some seconds. Whoever
holds the callback open claims it; when nobody does, it leaves like any other.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import chain, repeat

from bot.kernel import crash
from bot.kernel.ids import ChannelName, InboxId, OutboxId
from bot.kernel.messages import Card, Outgoing, Receipt, Update, update_json
from bot.kernel.ports import Work
from bot.kernel.work import Statement, UnitOfWork
from bot.pipeline import outbox
from bot.storage.columns import integer, micros

_LOOK_AGAIN_S = (0.02, 0.04, 0.08, 0.16, 0.32)
"""Most answers are ready at once; when they are not, looking often would make them later."""
_PASSIVE = "passive"
_DELIVERED_AGAIN = timedelta(minutes=1)  # WeChat's platforms: twice, after 5 s each

_CLAIM = Statement(
    "UPDATE outbox SET status = 'sending', claimed_at = :now"
    " WHERE id = (SELECT id FROM outbox WHERE inbox_id = :inbox_id AND status = 'queued'"
    " ORDER BY id LIMIT 1) AND status = 'queued' RETURNING id, payload"
)
_OPEN = Statement("SELECT id FROM inbox WHERE id = :inbox_id AND status = 'waiting'")
_RELEASE = Statement(
    "UPDATE outbox SET status = 'queued', claimed_at = NULL, due_at = :now, inbox_id = NULL"
    " WHERE inbox_id = (SELECT inbox_id FROM outbox WHERE id = :id)"
    " AND status IN ('queued', 'sending') RETURNING lane"
)
_AGAIN = Statement(
    "SELECT payload FROM outbox WHERE key = 'reply:' ||"
    " CAST((SELECT id FROM inbox WHERE channel = :channel AND key = :key) AS TEXT) || ':0'"
    f" AND status = 'sent' AND note = '{_PASSIVE}' AND payload <> '' AND sent_at > :since"
)
"""The first answer to an update (`Dispatch` makes its key), which is the one that was claimed."""

_FIND = Statement("SELECT id, payload FROM inbox WHERE channel = :channel AND key = :key")
_THERE = Statement(
    "SELECT 1 FROM outbox WHERE inbox_id = :inbox_id AND status IN ('queued', 'sending', 'sent')"
    " LIMIT 1"
)
_TAKE_ALL = Statement(
    "UPDATE outbox SET status = 'sending', claimed_at = :now"
    " WHERE inbox_id = :inbox_id AND status IN ('queued', 'sending')"
)
_ALL = Statement(
    "SELECT id, payload, status FROM outbox WHERE inbox_id = :inbox_id AND payload <> ''"
    " AND status IN ('sending', 'sent') ORDER BY id"
)
_HAND_BACK = Statement(
    "UPDATE outbox SET status = 'queued', claimed_at = NULL WHERE id = :id AND status = 'sending'"
)
_SHOWN = Statement(
    "SELECT payload FROM outbox WHERE channel = :channel AND handle = :handle AND handle <> ''"
    " AND payload <> '' ORDER BY id DESC LIMIT 1"
)


class Passive:
    """Implements the kernel's `PassiveDesk` and `StreamDesk`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def claim(self, inbox_id: InboxId, wait_s: float) -> tuple[OutboxId, Outgoing] | None:
        """Wait for the answer to an update and take it; None when there is none in time."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait_s
        pauses_s = chain(_LOOK_AGAIN_S, repeat(_LOOK_AGAIN_S[-1]))
        while True:
            claimed, expected = await self._work.do(lambda uow: _claim(uow, inbox_id))
            if claimed is not None or not expected or loop.time() >= deadline:
                return claimed
            await asyncio.sleep(min(next(pauses_s), deadline - loop.time()))

    async def delivered(self, item: OutboxId) -> None:
        """Record that the response carried the answer; what was held with it may leave now."""

        def note(uow: UnitOfWork) -> None:
            outbox.record(uow, item, Receipt(note=_PASSIVE))
            outbox.forget_last_words(uow, item)
            _release(uow, item)

        await self._work.do(note)

    async def again(self, update: Update) -> Outgoing | None:
        """Return the answer that an earlier response carried; None when none did lately."""
        return await self._work.look(lambda uow: answered(uow, update))

    async def release(self, item: OutboxId) -> None:
        """Leave the answers to the sender after all."""
        await self._work.do(lambda uow: _release(uow, item))

    async def find(self, channel: ChannelName, key: str) -> tuple[InboxId, Update] | None:
        """Return an update that was written down earlier; None when it is not there any more."""
        rows = await self._work.look(lambda uow: uow.run(_FIND, channel=channel, key=key))
        for number, payload in rows:
            try:
                return InboxId(integer(number)), update_json.validate_json(str(payload))
            except ValueError:  # deleted with its member, or written by another version
                return None
        return None

    async def collect(
        self, inbox_id: InboxId, wait_s: float
    ) -> tuple[Sequence[tuple[OutboxId, Outgoing]], bool]:
        """Wait for the answers to an update and take them; also tell whether some may come."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait_s
        pauses_s = chain(_LOOK_AGAIN_S, repeat(_LOOK_AGAIN_S[-1]))
        while True:
            there, expected = await self._work.look(lambda uow: _outlook(uow, inbox_id))
            if there:
                return await self._work.do(lambda uow: _take_all(uow, inbox_id)), False
            if not expected or loop.time() >= deadline:
                return (), expected
            await asyncio.sleep(min(next(pauses_s), deadline - loop.time()))

    async def carried(self, receipts: Mapping[OutboxId, Receipt]) -> None:
        """Record that a response carried answers; what was held with them may leave now."""

        def note(uow: UnitOfWork) -> None:
            for item, receipt in receipts.items():
                outbox.record(uow, item, receipt)
                outbox.forget_last_words(uow, item)
            for item in receipts:
                _release(uow, item)

        crash.step("stream.answered")
        await self._work.do(note)

    async def hand_back(self, items: Sequence[OutboxId]) -> None:
        """Keep answers for the next response."""

        def keep(uow: UnitOfWork) -> None:
            for item in items:
                uow.run(_HAND_BACK, id=item)

        await self._work.do(keep)

    async def shown(self, channel: ChannelName, handle: str) -> Card | None:
        """Return the card that was sent last with a receipt of this handle."""
        rows = await self._work.look(lambda uow: uow.run(_SHOWN, channel=channel, handle=handle))
        for (payload,) in rows:
            part = outbox.outgoing_json.validate_json(str(payload)).part
            return part if isinstance(part, Card) else None
        return None


def _outlook(uow: UnitOfWork, inbox_id: InboxId) -> tuple[bool, bool]:
    """Return whether there are answers, and whether some may still come."""
    # in this order: an update is done in the transaction that writes its answers
    expected = bool(uow.run(_OPEN, inbox_id=inbox_id))
    return bool(uow.run(_THERE, inbox_id=inbox_id)), expected


def _take_all(uow: UnitOfWork, inbox_id: InboxId) -> list[tuple[OutboxId, Outgoing]]:
    uow.run(_TAKE_ALL, inbox_id=inbox_id, now=micros(uow.clock.now()))
    found = [
        (OutboxId(integer(number)), outbox.outgoing_json.validate_json(str(payload)), str(status))
        for number, payload, status in uow.run(_ALL, inbox_id=inbox_id)
    ]
    return [
        (item, answer)
        for item, answer, status in found
        if status == "sent" or not outbox.withdraw(uow, item, answer)
    ]


def answered(uow: UnitOfWork, update: Update) -> Outgoing | None:
    """Return what a response of the last minute said to an update; None for nothing.

    The bot says nothing twice to whom a human has taken meanwhile.
    """
    since = micros(uow.clock.now() - _DELIVERED_AGAIN)
    rows = uow.run(_AGAIN, channel=update.channel, key=update.key, since=since)
    said = outbox.outgoing_json.validate_json(str(rows[0][0])) if rows else None
    return None if said is None or outbox.must_not_leave(uow, said) else said


def _claim(uow: UnitOfWork, inbox_id: InboxId) -> tuple[tuple[OutboxId, Outgoing] | None, bool]:
    """Return the claimed answer, and whether one may still come."""
    rows = uow.run(_CLAIM, inbox_id=inbox_id, now=micros(uow.clock.now()))
    if not rows:
        return None, bool(uow.run(_OPEN, inbox_id=inbox_id))
    number, payload = rows[0]
    item, answer = OutboxId(integer(number)), outbox.outgoing_json.validate_json(str(payload))
    if outbox.withdraw(uow, item, answer):
        return _claim(uow, inbox_id)
    return (item, answer), False


def _release(uow: UnitOfWork, item: OutboxId) -> None:
    for (lane,) in uow.run(_RELEASE, id=item, now=micros(uow.clock.now())):
        uow.wake(f"out:{lane}")
