"""The operators' page of posts: what comes, what went, what waits for a decision."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.features.posts import foresight, service
from bot.features.posts.service import Decision
from bot.features.posts.supply import Supply
from bot.kernel.community import Community
from bot.kernel.console import Act, Aisle, Page, number_in
from bot.kernel.feature import Metric
from bot.kernel.ids import GroupId
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

_DAYS_AHEAD = 7
_COMING_SHOWN = 200
_PAST_SHOWN = 50
_ASKED_SHOWN = 20
_GROUPS_NAMED = 3
_WEEKDAYS = "一二三四五六日"

Decide = Callable[[UnitOfWork, Supply, str, datetime, str], object]


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    supply = Supply.looked_up(tools, uow.clock.now())
    before = number_in(query.get("before", ""))
    past = service.recent(uow, before=before, most=_PAST_SHOWN + 1)
    coming = foresight.coming(uow, supply, uow.clock.now() + timedelta(days=_DAYS_AHEAD))
    return {
        "asked": [_asked(supply, each) for each in service.asked(uow, most=_ASKED_SHOWN)],
        "coming": [_coming(supply, each) for each in coming[:_COMING_SHOWN]],
        "more_coming": max(0, len(coming) - _COMING_SHOWN),
        "paused": sorted(s.name for s in supply.schedules.values() if s.paused),
        "past": [_past(supply, each) for each in past[:_PAST_SHOWN]],
        "before": before,
        "older": past[_PAST_SHOWN - 1].id if len(past) > _PAST_SHOWN else None,
        "problems": [
            str(problem) for file in foresight.wrong_files(supply) for problem in file.problems
        ],
    }


def _when(at: datetime, community: Community) -> str:
    """Return an instant as people in the community say it: 08-24 周一 08:30."""
    wall = at.astimezone(community.zone)
    return f"{wall:%m-%d} 周{_WEEKDAYS[wall.weekday()]} {wall:%H:%M}"


def _asked(supply: Supply, each: service.Asked) -> Mapping[str, object]:
    return {
        "schedule": each.schedule,
        "fire_at": each.fire_at.isoformat(),
        "when": _when(each.fire_at, supply.community),
        "groups": each.groups,
    }


def _coming(supply: Supply, each: foresight.Coming) -> Mapping[str, object]:
    others = len(each.schedule.audience) - len(each.groups)
    watched = min(len(each.schedule.audience), foresight.GROUPS_WATCHED)
    everyone = len(each.groups) == watched
    return {
        "schedule": each.schedule.name,
        "fire_at": each.fire_at.isoformat(),
        "when": _when(each.due_at, supply.community),
        "is_held": each.due_at != each.fire_at,
        "slot": _slot(each, supply.community),
        "groups": [_group(supply, target) for target in each.groups[:_GROUPS_NAMED]],
        "count": len(each.groups) + (others if everyone else 0),
        "title": each.file.title if each.file else "",
        "file": each.file.path if each.file else "",
        "called_off_by": each.called_off_by,
    }


def _slot(each: foresight.Coming, community: Community) -> str:
    """Return the slot of a post that leaves later; its time is enough on the same day."""
    same = community.day_of(each.fire_at) == community.day_of(each.due_at)
    wall = each.fire_at.astimezone(community.zone)
    return f"{wall:%H:%M}" if same else _when(each.fire_at, community)


def _past(supply: Supply, each: service.Past) -> Mapping[str, object]:
    return {
        "schedule": each.schedule,
        "fire_at": each.fire_at.isoformat(),
        "when": _when(each.fire_at, supply.community),
        "group": _group(supply, each.target),
        "title": each.title,
        "file": each.content,
        "status": each.status.value,
        "reason": each.reason,
        "delivery": each.delivery.value,
        "mailing": each.mailing,
        "is_mass_send": each.is_mass_send,
        "decided_by": each.decided_by,
    }


def _group(supply: Supply, target: str) -> str:
    group = supply.groups.get(GroupId(target))
    return group.name if group else target


def _acting(verb: str, decide: Decide) -> Act:
    """Return the action that reads which fire is meant and decides about it."""

    def act(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
        supply = Supply.at_hand(tools, uow.clock.now())
        schedule, fire_at = form.get("schedule", ""), _instant(form.get("fire_at", ""))
        decide(uow, supply, schedule, fire_at, who)
        when = _when(fire_at, supply.community)
        return tools.use(Words)("posts/decided.txt.j2", verb=verb, schedule=schedule, when=when)

    return act


def _instant(word: str) -> datetime:
    try:
        at = datetime.fromisoformat(word)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise service.TooLate(f"no instant: {word[:40]!r}")
    return at


def _deciding(decision: Decision) -> Act:
    return _acting(
        decision, lambda uow, _supply, name, at, who: service.decide(uow, decision, name, at, who)
    )


_actions: Mapping[str, Act] = {
    "call-off": _acting("call-off", service.call_off),
    "call-back": _acting(
        "call-back", lambda uow, _supply, name, at, _who: service.call_back(uow, name, at)
    ),
    **{decision.value: _deciding(decision) for decision in Decision},
}

pages: Sequence[Page] = (
    Page("posts", "推送", "posts/posts.html.j2", _load, _actions, aisle=Aisle.CONTENT),
)
metrics = (
    Metric(
        "posts_planned_last_24h",
        "Posts planned in the last 24 hours, one for each group",
        service.count_planned,
        "24 小时内安排的推送",
    ),
    Metric(
        "posts_late_last_24h",
        "Posts found too late in the last 24 hours",
        service.count_late,
        "24 小时内误点的推送",
    ),
    Metric(
        "posts_empty_slots",
        "Slots until tomorrow night without content",
        service.count_empty_slots,
        "到明晚没有内容的时段",
    ),
)
