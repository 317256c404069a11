"""Which customers a mass send goes to, by whom, and who is left out and why."""

import collections
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.commons import customers
from bot.commons.customers import Friend
from bot.features.mass_send.collecting import OLDEST
from bot.features.mass_send.rules import MassSendSettings, begin_of, has_tags, quota_of, sender_of
from bot.features.mass_send.tasks import Task
from bot.kernel.abilities import SendQuota
from bot.kernel.community import Community
from bot.kernel.ids import ChannelName
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import micros

_WHO = (
    "(SELECT id AS member_id, 'erasing' AS why FROM members WHERE erase_after IS NOT NULL"
    " UNION ALL SELECT member_id, 'opted_out' FROM hushes"
    " UNION ALL SELECT member_id, 'complains' FROM cases WHERE state <> 'closed'"
    " AND kind IN ('complaint', 'safety')"
    " UNION ALL SELECT member_id, 'with_human' FROM conversation_owners) AS who"
    " JOIN identities i ON i.member_id = who.member_id"
)
"""Members to whom nothing is sent."""
_OUT = (
    f"SELECT i.identity AS name, who.why AS why FROM {_WHO} UNION SELECT k.value, who.why FROM"
    f" {_WHO} JOIN person_keys k ON k.identity_id = i.id WHERE k.kind = 'external_userid'"
)
_OUT_NAMES = Statement(_OUT)
_LEAVE_OUT = Statement(
    "UPDATE mass_targets SET status = 'cancelled', reason = 'opted_out' WHERE task_id = :task"
    f" AND status = 'drafted' AND chat IN (SELECT name FROM ({_OUT}) AS names)"
)
_TAGGED = Statement(
    "SELECT DISTINCT identity FROM friendships WHERE channel = :channel AND tags LIKE :mark"
)
_LEAVE_OUT_TAGGED = Statement(
    "UPDATE mass_targets SET status = 'cancelled', reason = 'opted_out' WHERE task_id = :task"
    " AND status = 'drafted' AND EXISTS (SELECT 1 FROM friendships f"
    " WHERE f.channel = mass_targets.channel AND f.identity = mass_targets.chat"
    " AND f.tags LIKE :mark)"
)
_OPEN = "('drafted', 'creating', 'created', 'confirmed')"
HAD = Statement(
    "SELECT t.chat,"
    f" sum(CASE WHEN t.status IN {_OPEN} OR t.sent_at >= :since THEN 1 ELSE 0 END),"
    " max(CASE WHEN t.digest = :digest THEN 1 ELSE 0 END) FROM friendships f"
    " JOIN mass_targets t ON t.channel = f.channel AND t.chat = f.identity"
    " WHERE f.channel = :channel AND f.colleague = :colleague AND t.drafted_at >= :oldest"
    f" AND (t.status IN {_OPEN} OR t.status = 'delivered') GROUP BY t.chat"
)
"""What the customers of a colleague have had, by whomever: how many that count, and whether the
same words. What waits counts, too."""


class LeftOut(StrEnum):
    """Why a customer gets nothing."""

    FULL = "full"
    """She has had as many as the platform allows."""
    SAME = "same"
    """She has had these words, or will have."""
    OPTED_OUT = "opted_out"
    COMPLAINS = "complains"
    """Humans have a complaint of hers that is not closed."""
    WITH_HUMAN = "with_human"
    """A human has her conversation, or is asked to take it."""
    ERASING = "erasing"
    """She asked to be forgotten."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom an operator means: customers of these colleagues, with tags of each of these groups."""

    colleagues: Sequence[str]
    tags: Sequence[frozenset[str]] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """Who gets it, and who does not."""

    chosen: Sequence[Friend] = ()
    left_out: Mapping[LeftOut, Sequence[Friend]] = field(default_factory=dict)

    @property
    def senders(self) -> Mapping[str, int]:
        """For how many customers each colleague is asked."""
        return collections.Counter(friend.colleague for friend in self.chosen)

    @property
    def left(self) -> int:
        """How many are left out."""
        return sum(map(len, self.left_out.values()))


@dataclass(frozen=True, slots=True)
class Counter:
    """Where mass sends to customers go out, and by which rule they are counted."""

    channel: ChannelName
    quota: SendQuota

    def choose(self, uow: UnitOfWork, tools: Toolbox, wish: Wish, digests: Sequence[str]) -> Choice:
        """Return who would get these matters now; each customer from one colleague."""
        community = tools.use(Community)
        quota, first = quota_of(self.quota, community.day_of(uow.clock.now()))
        begin = begin_of(first, community.zone)
        counts, had = self._had(uow, wish, since=begin, digest=digests[0])
        out: dict[str, LeftOut] = {}
        for name, why in uow.run(_OUT_NAMES):
            if str(name) not in out or out[str(name)] is LeftOut.WITH_HUMAN:  # the least of them
                out[str(name)] = LeftOut(str(why))
        for mark in _marks(uow, tools):
            for (identity,) in uow.run(_TAGGED, channel=self.channel, mark=mark):
                out.setdefault(str(identity), LeftOut.OPTED_OUT)
        chosen: list[Friend] = []
        left: dict[LeftOut, list[Friend]] = {}
        for friend in self._friends(uow, wish, tools.use(MassSendSettings).preferred_senders):
            why = out.get(friend.identity)
            if why is None and friend.identity in had:
                why = LeftOut.SAME
            elif why is None and counts.get(friend.identity, 0) + len(digests) > quota:
                why = LeftOut.FULL
            (chosen if why is None else left.setdefault(why, [])).append(friend)
        return Choice(chosen, left)

    def _friends(self, uow: UnitOfWork, wish: Wish, preferred: Sequence[str]) -> Iterator[Friend]:
        """Yield each customer who is meant once, with the colleague who is to send."""
        by_customer: dict[str, list[Friend]] = {}
        for colleague in wish.colleagues:
            for friend in customers.friends_of(uow, self.channel, colleague):
                by_customer.setdefault(friend.identity, []).append(friend)
        for known in by_customer.values():
            if has_tags([friend.tags for friend in known], wish.tags):
                yield sender_of(known, preferred)

    def _had(
        self, uow: UnitOfWork, wish: Wish, *, since: datetime, digest: str
    ) -> tuple[Mapping[str, int], set[str]]:
        """Return how many that count each customer has had, and who has had the same words."""
        values = {"channel": self.channel, "digest": digest, "since": micros(since)}
        oldest = micros(uow.clock.now() - OLDEST)
        counts: dict[str, int] = {}
        same: set[str] = set()
        for colleague in wish.colleagues:
            for chat, count, is_same in uow.run(HAD, **values, colleague=colleague, oldest=oldest):
                counts[str(chat)] = int(str(count))
                same |= {str(chat)} if is_same else set()
        return counts, same


def leave_out(uow: UnitOfWork, tools: Toolbox, task: Task) -> None:
    """Take those out of a task that is not made yet who meanwhile want nothing sent."""
    uow.run(_LEAVE_OUT, task=task.id)
    for mark in _marks(uow, tools):
        uow.run(_LEAVE_OUT_TAGGED, task=task.id, mark=mark)


def _marks(uow: UnitOfWork, tools: Toolbox) -> Sequence[str]:
    """Return what to look for in a customer's tags to find who wants nothing sent."""
    names = tools.use(MassSendSettings).opt_out_tags
    known = (tag for group in customers.tags(uow) for tag in group.tags)
    return [f"%,{tag.id},%" for tag in known if tag.name in names]
