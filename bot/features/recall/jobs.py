"""What the clock does: looks beside the writer who has stayed away, and recalls a few at once."""

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from bot.commons.content import look
from bot.features.recall import reads, service
from bot.features.recall.reads import Lapse
from bot.kernel.clock import is_day
from bot.kernel.community import Community
from bot.kernel.feature import Job
from bot.kernel.ids import MemberId
from bot.kernel.work import Toolbox, UnitOfWork

_BITE = 20
_LOOKED_AT = 500


@dataclass(slots=True)
class _Look:
    """Whom the last look found, and how far it came: the next one goes on behind that."""

    people: list[MemberId] = field(default_factory=list)
    behind: Lapse | None = None


_looks: "WeakKeyDictionary[Toolbox, _Look]" = WeakKeyDictionary()


def _find(uow: UnitOfWork, tools: Toolbox) -> None:
    """Find a few of those who have stayed away and for whom there is something."""
    look(uow, tools)
    last, local = _looks.get(tools), uow.clock.now().astimezone(tools.use(Community).zone)
    now = _looks[tools] = _Look()
    if not reads.switch(uow).is_on or not is_day(local) or not service.left_today(uow, tools):
        return
    counter, seen = service.Counter(uow, tools), 0
    for lapse in reads.all_lapsed(
        uow, tools, behind=last.behind if last else None, most=_LOOKED_AT
    ):
        seen += 1
        if service.is_left_alone(uow, lapse.member) or counter.look_at(lapse).offer is None:
            continue
        now.people.append(lapse.member)
        if len(now.people) == _BITE:
            break
    else:
        if seen < _LOOKED_AT:
            return  # that was everybody
    now.behind = lapse


def _recall(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Recall them; True when there may be more."""
    found = _looks.get(tools) or _Look()
    service.recall(uow, tools, found.people)
    return found.behind is not None


jobs = (Job("recall.send", _recall, every_s=300, before=_find),)
