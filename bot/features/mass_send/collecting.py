"""Drafts become tasks: those for one owner that say the same to one kind of audience.

As many in each as the platform takes.
"""

from collections.abc import Mapping
from datetime import timedelta

from bot.commons.notices import Notices
from bot.features.mass_send.rules import MassSendSettings, begin_of, quota_of
from bot.kernel.abilities import Audience, MassSendTasks
from bot.kernel.community import Community
from bot.kernel.ids import ChannelName
from bot.kernel.ports import Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

RIPE = Statement(
    "SELECT owner, digest, audience, min(drafted_at) FROM mass_targets"
    " WHERE task_id IS NULL AND status = 'drafted' AND channel = :channel"
    " GROUP BY owner, digest, audience HAVING max(drafted_at) <= :until ORDER BY min(id) LIMIT 50"
)
"""What is drafted for one owner and will not grow any more."""
FULL = Statement(
    "UPDATE mass_targets SET status = 'over_quota', reason = 'quota' WHERE task_id IS NULL"
    " AND status = 'drafted' AND channel = :channel AND owner = :owner AND digest = :digest"
    " AND audience = :audience AND (SELECT count(*) FROM mass_targets other"
    " WHERE other.channel = mass_targets.channel AND other.chat = mass_targets.chat"
    " AND other.drafted_at >= :oldest AND other.task_id IS NOT NULL"
    " AND (other.status IN ('drafted', 'creating', 'created', 'confirmed')"
    " OR (other.status = 'delivered' AND other.sent_at >= :since))) >= :quota RETURNING id"
)
"""Targets that have had, or will have, as many as they may get. What waits counts, whenever it
was drafted: it may be confirmed in this month."""
_FIRST = (
    "SELECT min(id) FROM mass_targets WHERE task_id IS NULL AND status = 'drafted'"
    " AND channel = :channel AND owner = :owner AND digest = :digest AND audience = :audience"
    " GROUP BY chat ORDER BY min(id) LIMIT :most"
)
"""One draft for each group or customer: a second one that says the same is another task."""
_COUNT = Statement(f"SELECT count(*) FROM ({_FIRST}) AS chosen")
_MAKE = Statement(
    "INSERT INTO mass_tasks (channel, owner, digest, audience, groups, status, drafted_at, next_at,"
    " tries, looks, nudges, wanted, wanted_by, candidates, error, error_code) VALUES (:channel,"
    " :owner, :digest, :audience, :groups, 'drafted', :since, :now, 0, 0, 0, '', '', '', '', 0)"
    " RETURNING id"
)
_JOIN = Statement(f"UPDATE mass_targets SET task_id = :task WHERE id IN ({_FIRST})")
OLDEST = timedelta(days=62)
"""What is older counts for no quota."""


def collect(uow: UnitOfWork, tools: Toolbox, channel: ChannelName, door: MassSendTasks) -> bool:
    """Make the next tasks out of drafts; False when there is nothing ripe."""
    uow.take_turns({f"mass_send:{channel}"})
    ripe = uow.clock.now() - timedelta(seconds=tools.use(MassSendSettings).collect_s)
    rows = uow.run(RIPE, channel=channel, until=micros(ripe))
    for owner, digest, audience, since in rows:
        whose = {"channel": str(channel), "owner": str(owner), "digest": str(digest)}
        whose["audience"] = str(audience)
        _leave_out_full(uow, tools, door, whose)
        _make(uow, whose, door.most[Audience(str(audience))], integer(since))
    return bool(rows)


def _make(uow: UnitOfWork, whose: Mapping[str, str], most: int, since: int) -> None:
    ((count,),) = uow.run(_COUNT, **whose, most=most)
    if count:
        now = micros(uow.clock.now())
        ((task,),) = uow.run(_MAKE, **whose, groups=count, since=since, now=now)
        uow.run(_JOIN, **whose, task=task, most=most)


def _leave_out_full(
    uow: UnitOfWork, tools: Toolbox, door: MassSendTasks, whose: Mapping[str, str]
) -> None:
    community, now = tools.use(Community), uow.clock.now()
    today = community.day_of(now)
    quota, first = quota_of(door.quota, today)
    since = micros(begin_of(first, community.zone))
    full = uow.run(FULL, **whose, quota=quota, since=since, oldest=micros(now - OLDEST))
    if full:
        text = tools.use(Words)(
            "mass_send/notice_over_quota.txt.j2",
            owner=whose["owner"],
            groups=len(full),
            audience=whose["audience"],
        )
        key = f"mass_send.over_quota:{whose['owner']}:{today}"
        tools.use(Notices).tell(uow, key=key, text=text)
