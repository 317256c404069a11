"""The digest: what waits for an advisor, at set hours, in one card that rings once."""

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.commons import cases, clocks
from bot.features.cards import making, presence, service
from bot.features.cards.rules import (
    DOUBTS_KEPT,
    DUE_SOON,
    CardsSettings,
    digest_moment,
    next_digest,
)
from bot.kernel.community import Community
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

_DOUBT = Statement(
    "INSERT INTO card_doubts (hour, many) VALUES (:hour, 1)"
    " ON CONFLICT (hour) DO UPDATE SET many = card_doubts.many + 1"
)
_DOUBTS = Statement("SELECT COALESCE(sum(many), 0) FROM card_doubts WHERE hour >= :since")
_FORGET = Statement("DELETE FROM card_doubts WHERE hour < :before")
_TOLD = Statement("SELECT 1 FROM outbox WHERE key = :key")


def doubt(uow: UnitOfWork) -> None:
    """Count one message that somebody should look at."""
    hour = uow.clock.now().replace(minute=0, second=0, microsecond=0)
    uow.run(_DOUBT, hour=micros(hour))


def send_digests(uow: UnitOfWork, tools: Toolbox) -> None:
    """Tell every advisor at work what waits for her, if it is time and something does."""
    settings, community, now = tools.use(CardsSettings), tools.use(Community), uow.clock.now()
    due = digest_moment(settings, now, community.zone)
    if due is None or service.way_to(tools) is None:
        return
    uow.run(_FORGET, before=micros(now - DOUBTS_KEPT))
    everybodys = {"doubts": _doubts(uow, now), "hours": int(DUE_SOON / timedelta(hours=1))}
    for one in presence.everybody(uow, tools):
        key = f"cards.digest:{one.userid}:{due.isoformat()}"
        if not presence.is_there(one) or uow.run(_TOLD, key=key):
            continue
        facts = everybodys | _waiting(uow, one.names)
        if any(facts[name] for name in ("waiting", "mine", "due", "doubts")):
            at = f"{due.astimezone(community.zone):%H:%M}"
            card = making.digest_card(tools, {**facts, "at": at})
            service.send(uow, tools, one.userid, card, key)


def next_due(_uow: UnitOfWork, tools: Toolbox, after: datetime) -> datetime | None:
    """Return when the next digest is due."""
    return next_digest(tools.use(CardsSettings), after, tools.use(Community).zone)


def _waiting(uow: UnitOfWork, names: Collection[str]) -> dict[str, int]:
    """Return how much waits for an advisor: to be taken, to be answered, due soon."""
    hers = [one for one in cases.with_humans(uow) if one.advisor in names]
    soon, due = uow.clock.now() + DUE_SOON, clocks.dues(uow)
    return {
        "waiting": sum(one.state is cases.State.ASSIGNED for one in hers),
        "mine": sum(one.state is cases.State.ACCEPTED for one in hers),
        "due": sum(one.id in due and due[one.id].at <= soon for one in hers),
    }


def _doubts(uow: UnitOfWork, now: datetime) -> int:
    """Return how many messages of the last 24 hours are doubtful."""
    since = micros(now - timedelta(days=1))
    return integer(uow.run(_DOUBTS, since=since)[0][0])
