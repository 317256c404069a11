"""What a platform lets us answer: so many messages to each of hers, for so long (ADR 0015)."""

from dataclasses import dataclass

from bot.kernel.capability import Brief, Capability
from bot.kernel.errors import Undeliverable
from bot.kernel.ids import ChannelName, OutboxId
from bot.kernel.messages import Outgoing, update_json
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer

_DOINGS_READ = 20  # a phone that tells where it is does so every five seconds

_LAST_HEARD = Statement(
    "SELECT max(sent_at) FROM inbox WHERE channel = :channel AND sender = :sender"
    " AND conversation = :lane AND kind <> 'event'"
)
_DOINGS = Statement(
    "SELECT kind, sent_at, payload FROM inbox WHERE channel = :channel AND sender = :sender"
    f" AND conversation = :lane ORDER BY sent_at DESC, id DESC LIMIT {_DOINGS_READ}"
)
_ANSWERED = Statement(
    "SELECT count(*) FROM outbox WHERE lane = :lane AND claimed_at >= :since AND id <> :id"
    " AND status IN ('sending', 'sent', 'maybe')"
)


def over_budget(
    uow: UnitOfWork, item: OutboxId, message: Outgoing, lane: str, budget: Capability
) -> Undeliverable | None:
    """Return why a message may not leave any more, before its platform would say so."""
    heard = _heard(uow, message.channel, message.recipient, lane, budget)
    if _briefly_allowed(uow, item, lane, heard.brief_at, budget.brief):
        return None
    if heard.left:
        return Undeliverable("budget: she has left", quiet=True)
    return _used_up(uow, item, lane, heard.at, budget)


def _used_up(
    uow: UnitOfWork, item: OutboxId, lane: str, heard_at: object, budget: Capability
) -> Undeliverable | None:
    if heard_at is None:
        return Undeliverable("budget: she has not written, and may not be written to first")
    if (uow.clock.now() - instant(heard_at)).total_seconds() >= budget.reply_window_s:
        return Undeliverable(f"budget: she wrote more than {budget.reply_window_s / 3600:g} h ago")
    [[sent]] = uow.run(_ANSWERED, lane=lane, since=heard_at, id=item)
    if budget.max_replies and integer(sent) >= budget.max_replies:
        return Undeliverable(f"budget: her last message was answered {sent} times already")
    return None


@dataclass(frozen=True, slots=True)
class _Heard:
    """What somebody did last, as far as it says what she may be sent."""

    at: object = None
    """When she wrote."""
    brief_at: object = None
    """When she did what allows a little, since then."""
    left: bool = False


def _heard(
    uow: UnitOfWork, channel: ChannelName, sender: str, lane: str, budget: Capability
) -> _Heard:
    if budget.brief is None and not budget.leaving:
        [[at]] = uow.run(_LAST_HEARD, channel=channel, sender=sender, lane=lane)
        return _Heard(at)
    brief_at = None
    events = budget.brief.events if budget.brief else frozenset()
    for kind, at, payload in uow.run(_DOINGS, channel=channel, sender=sender, lane=lane):
        event = _event_in(str(payload))
        if event in budget.leaving:
            return _Heard(None, brief_at, left=brief_at is None)
        if event in events:
            brief_at = brief_at or at
        elif kind != "event":
            return _Heard(at, brief_at)
    [[at]] = uow.run(_LAST_HEARD, channel=channel, sender=sender, lane=lane)
    return _Heard(at, brief_at)


def _briefly_allowed(
    uow: UnitOfWork, item: OutboxId, lane: str, since: object, brief: Brief | None
) -> bool:
    if brief is None or since is None:
        return False
    if (uow.clock.now() - instant(since)).total_seconds() >= brief.within_s:
        return False
    [[sent]] = uow.run(_ANSWERED, lane=lane, since=since, id=item)
    return integer(sent) < brief.replies


def _event_in(payload: str) -> str:
    try:
        return update_json.validate_json(payload).event
    except ValueError:  # another version's, or taken out with her data
        return ""
