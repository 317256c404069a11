"""Cards that tell an owner or colleague what waits for her, where a channel reaches colleagues."""

from bot.commons.mass_send import OPEN
from bot.features.mass_send.rules import MassSendSettings, quiet_until
from bot.kernel.capability import Chat, Doors
from bot.kernel.community import Community
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Button, Card, CardKind, Outgoing, Voice
from bot.kernel.ports import Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

SEEN = "mass_send"
"""The button's key."""

NEW = Statement(
    f"SELECT owner FROM mass_tasks WHERE {OPEN} AND status = 'created' AND nudges = 0"
    " AND channel = :channel GROUP BY owner ORDER BY owner"
)
_TOLD = Statement(
    f"UPDATE mass_tasks SET nudges = nudges + 1 WHERE {OPEN} AND status = 'created'"
    " AND owner = :owner AND channel = :channel"
)
WAITING = Statement(
    "SELECT count(*), sum(CASE audience WHEN 'groups' THEN groups ELSE 0 END),"
    " sum(CASE audience WHEN 'groups' THEN 0 ELSE groups END), min(created_at), max(id)"
    " FROM mass_tasks"
    f" WHERE {OPEN} AND status = 'created' AND owner = :owner AND channel = :channel"
)


def tell_new(uow: UnitOfWork, tools: Toolbox, channel: ChannelName) -> None:
    """Tell owners of tasks that they have not heard of; nobody is woken at night."""
    settings, zone = tools.use(MassSendSettings), tools.use(Community).zone
    if quiet_until(settings.quiet_hours, uow.clock.now(), zone):
        return
    for (owner,) in uow.run(NEW, channel=channel):
        nudge(uow, tools, channel, str(owner))


def nudge(uow: UnitOfWork, tools: Toolbox, channel: ChannelName, owner: str) -> None:
    """Tell an owner how many groups and customers wait for her; the same once in an hour."""
    ((count, groups, customers, since, newest),) = uow.run(WAITING, owner=owner, channel=channel)
    uow.run(_TOLD, owner=owner, channel=channel)
    way = _way(tools.use(Doors))
    if way is None or not count:
        return
    now = uow.clock.now()
    data = {
        "tasks": integer(count),
        "groups": int(str(groups)),
        "customers": int(str(customers)),
        "since": instant(since).astimezone(tools.use(Community).zone),
    }
    words = tools.use(Words)
    key = f"mass_send.nudge:{channel}:{owner}:{newest}:{now:%Y-%m-%d %H}"
    card = Card(
        id=f"mass-send-{newest}-{micros(now)}",
        shape=CardKind.BUTTONS,
        title=words("mass_send/nudge_title.txt.j2", **data),
        body=words("mass_send/nudge.txt.j2", **data),
        source=tools.use(Community).name,
        buttons=(Button(words("mass_send/nudge_button.txt.j2"), f"{SEEN}:seen"),),
        fallback=words("mass_send/nudge.txt.j2", **data),
    )
    uow.send(Outgoing(way, owner, card, key, why="mass_send", voice=Voice.CARE))


def _way(doors: Doors) -> ChannelName | None:
    """Return the channel that can begin to speak with a colleague, and shows her a card."""
    for name, door in doors.by_name.items():
        if Chat.COLLEAGUE in door.chats and door.can_push and CardKind.BUTTONS in door.cards:
            return name
    return None
