"""What becomes of a message that came or went before: taken back, or not arrived after all."""

from dataclasses import replace
from datetime import datetime

import structlog
from typing_extensions import override

from bot.commons import audit
from bot.kernel.errors import Undeliverable
from bot.kernel.events import MessageTakenBack
from bot.kernel.ids import ChannelName, MemberId, OutboxId
from bot.kernel.messages import NotArrived, Outgoing, TakenBack, Update, update_json
from bot.kernel.metrics import PARKED
from bot.kernel.ports import Mailbox
from bot.kernel.work import Statement, UnitOfWork
from bot.pipeline.alarm import Alarm
from bot.pipeline.outbox import outgoing_json
from bot.storage.columns import integer, micros

log = structlog.get_logger(__name__)

# The key stays, as with somebody who was erased: else a late repeat would count as new.
_TAKE_BACK = Statement(
    "UPDATE inbox SET payload = '', error = NULL,"
    " status = CASE status WHEN 'waiting' THEN 'dropped' WHEN 'parked' THEN 'dropped'"
    " ELSE status END WHERE channel = :channel AND key = :key AND sender = :sender RETURNING id"
)
_SENT = Statement(
    "SELECT id, payload FROM outbox WHERE channel = :channel AND recipient = :recipient"
    " AND platform_id = :platform_id AND status = 'sent' AND payload <> ''"
)
_PARK = Statement(
    "UPDATE outbox SET status = 'parked', payload = :payload, platform_id = '', error = :error"
    " WHERE id = :id"
)
_TOLD_SINCE = Statement(
    "SELECT payload FROM inbox WHERE channel = :channel AND sender = :recipient"
    " AND kind = 'event' AND received_at >= :since AND payload <> '' ORDER BY id"
)
_LEAVING = Statement(
    "SELECT 1 FROM outbox WHERE channel = :channel AND recipient = :recipient"
    " AND status IN ('queued', 'sending') LIMIT 1"
)
_UNSENT = Statement(
    "SELECT count(*) FROM outbox WHERE status IN ('parked', 'maybe') AND channel = :channel"
)

_HELD_UP = (
    "channel = :channel AND recipient = :recipient AND status = 'parked' AND payload LIKE :loud"
)
_LOUD = '%"loud":true%'
_COUNT_HELD_UP = Statement(f"SELECT count(*) FROM outbox WHERE {_HELD_UP}")
_LET_GO = Statement(f"UPDATE outbox SET status = 'dropped' WHERE {_HELD_UP} RETURNING id")
_BOT = '%"voice":"bot"%'
_ALONE = '%"to_group":false%"ticket":null%'
# What is being sent has left our hands.
_WITHDRAW = Statement(
    "UPDATE outbox SET status = 'withdrawn' WHERE status = 'queued' AND payload LIKE :bot"
    " AND payload LIKE :alone AND (channel, recipient) IN"
    " (SELECT channel, identity FROM identities WHERE member_id = :member) RETURNING id"
)

_WAITING = Statement(
    "SELECT id, lane, payload FROM outbox WHERE status = 'queued' AND channel = :channel"
    " AND lower(recipient) = :recipient AND payload <> '' ORDER BY id"
)
_READDRESS = Statement(
    "UPDATE outbox SET payload = :payload, recipient = :recipient, lane = :lane WHERE id = :id"
)


class Post(Mailbox):
    """The kernel's `Mailbox` on the outbox."""

    @override
    def is_leaving(self, uow: UnitOfWork, channel: ChannelName, recipient: str) -> bool:
        return bool(uow.run(_LEAVING, channel=channel, recipient=recipient))

    @override
    def unsent(self, uow: UnitOfWork, channel: ChannelName) -> int:
        return integer(uow.run(_UNSENT, channel=channel)[0][0])

    @override
    def held_up(self, uow: UnitOfWork, channel: ChannelName, recipient: str) -> int:
        return integer(
            uow.run(_COUNT_HELD_UP, channel=channel, recipient=recipient, loud=_LOUD)[0][0]
        )

    @override
    def readdress(self, uow: UnitOfWork, channel: ChannelName, old: str, new: str) -> int:
        old = old.lower()
        found = uow.run(_WAITING, channel=channel, recipient=old)
        for number, lane, payload in found:
            message = replace(outgoing_json.validate_json(str(payload)), recipient=new)
            hers = str(lane).removesuffix(old)  # else a lane that she shares with others
            values = {"lane": str(lane) if hers == lane else hers + new, "recipient": new}
            uow.run(
                _READDRESS, id=number, payload=outgoing_json.dump_json(message).decode(), **values
            )
            uow.wake(f"out:{values['lane']}")
        return len(found)

    @override
    def withdraw(self, uow: UnitOfWork, member: MemberId) -> int:
        return len(uow.run(_WITHDRAW, member=member, bot=_BOT, alone=_ALONE))

    @override
    def let_go(self, uow: UnitOfWork, channel: ChannelName, recipient: str) -> int:
        gone = uow.run(_LET_GO, channel=channel, recipient=recipient, loud=_LOUD)
        for (item,) in gone:
            audit.record(uow, "bot", "outbox.dropped", f"item {item}: she is told to ask again")
        return len(gone)


def take_back(uow: UnitOfWork, update: Update) -> None:
    """Forget what an update takes back; what was not answered yet never will be."""
    if isinstance(update.changes, TakenBack):
        sender = update.sender or update.about
        gone = uow.run(_TAKE_BACK, channel=update.channel, key=update.changes.key, sender=sender)
        uow.wipes = uow.wipes or bool(gone)
        if gone:
            uow.publish(MessageTakenBack(update.channel, update.changes.key))


def not_arrived(uow: UnitOfWork, channel: ChannelName, change: NotArrived, alarm: Alarm) -> None:
    """Park a message that did not arrive after all; nothing sends it again by itself.

    Its key is changed, so that the platform takes it for another one if an operator sends it
    again.
    """
    rows = uow.run(
        _SENT, channel=channel, recipient=change.recipient, platform_id=change.platform_id
    )
    if not rows:  # of somebody who was erased, or of another program
        log.info("outbox.stranger_failed", channel=channel)
    for number, payload in rows:
        message = outgoing_json.validate_json(str(payload))
        again = replace(message, key=f"{message.key}~", ticket=None)
        uow.run(
            _PARK, id=number, payload=outgoing_json.dump_json(again).decode(), error=change.reason
        )
        if change.tell:
            item, error = OutboxId(integer(number)), Undeliverable(change.reason)
            alarm.message_ended(uow, item, message, "parked", error)
        else:
            PARKED.labels("outbox").inc()


def failed_meanwhile(
    uow: UnitOfWork, message: Outgoing, platform_id: str, since: datetime, alarm: Alarm
) -> None:
    """Park a message of which we were told that it did not arrive while we were in doubt.

    Its row did not say yet under which id the platform knows it, so nobody could find it then.
    """
    to = message.recipient
    rows = uow.run(_TOLD_SINCE, channel=message.channel, recipient=to, since=micros(since))
    for (payload,) in rows:
        change = _change_in(str(payload))
        if isinstance(change, NotArrived) and change.platform_id == platform_id:
            not_arrived(uow, message.channel, change, alarm)


def _change_in(payload: str) -> TakenBack | NotArrived | None:
    try:
        return update_json.validate_json(payload).changes
    except ValueError:  # another version's
        return None
