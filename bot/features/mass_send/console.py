"""The operators' page of mass sends: who has not confirmed, what arrived where, what to do."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.commons.mass_send import SendStatus
from bot.features.mass_send import drafting, moments, reminding, service, tasks, to_customers
from bot.features.mass_send.rules import REMINDERS_A_DAY
from bot.features.mass_send.tasks import Task
from bot.kernel.abilities import Abilities, MassSendTasks
from bot.kernel.community import Community
from bot.kernel.console import Act, Aisle, Page, number_in
from bot.kernel.feature import Metric
from bot.kernel.ids import GroupId
from bot.kernel.ports import Groups, Words
from bot.kernel.words import cut_chars
from bot.kernel.work import Toolbox, UnitOfWork

_ON_A_PAGE = 20
_TARGETS_SHOWN = 100
_LOOSE_SHOWN = 50
_PREVIEW = 120
_WEEKDAYS = "一二三四五六日"


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    before, opened = number_in(query.get("before", "")), number_in(query.get("task", ""))
    shown = service.recent(uow, before=before, most=_ON_A_PAGE + 1)
    view = _View(uow, tools)
    return {
        "new": drafting.form_of(uow, tools, query) if query.get("new") == "1" else None,
        "to_customers": (
            to_customers.form_of(uow, tools, query) if query.get("new") == "customers" else None
        ),
        "is_connected": bool(tools.use(Abilities).of(MassSendTasks)),
        "sleepers": [view.sleeper(each) for each in service.sleepers(uow)],
        "tasks": [view.task(each) for each in shown[:_ON_A_PAGE]],
        "loose": [view.loose(each) for each in service.loose(uow, most=_LOOSE_SHOWN)],
        "opened": view.opened(opened, number_in(query.get("after", "")) or 0) if opened else None,
        "moments": [view.moment(each) for each in moments.recent(uow, most=_ON_A_PAGE)],
        "before": before,
        "older": shown[_ON_A_PAGE - 1].id if len(shown) > _ON_A_PAGE else None,
    }


class _View:
    """Says what there is in words and numbers for the template."""

    def __init__(self, uow: UnitOfWork, tools: Toolbox) -> None:
        self._uow = uow
        self._zone = tools.use(Community).zone
        self._groups = tools.use(Groups).by_id
        self._now = uow.clock.now()

    def _when(self, at: datetime | None) -> str:
        if at is None:
            return ""
        wall = at.astimezone(self._zone)
        return f"{wall:%m-%d} 周{_WEEKDAYS[wall.weekday()]} {wall:%H:%M}"

    def _preview(self, digest: str) -> Mapping[str, object]:
        matter = tasks.matter_of(self._uow, digest)
        return {"text": cut_chars(matter.text, _PREVIEW), "attachments": len(matter.attachments)}

    def sleeper(self, each: service.Sleeper) -> Mapping[str, object]:
        return {
            "owner": each.owner,
            "tasks": each.tasks,
            "groups": each.groups,
            "customers": each.customers,
            "since": self._when(each.since),
            "hours": int((self._now - each.since).total_seconds() // 3600),
        }

    def task(self, each: Task) -> Mapping[str, object]:
        counts = tasks.counts(self._uow, each.id)
        return {
            "id": each.id,
            "owner": each.owner,
            "audience": each.audience.value,
            "status": each.status.value,
            "matter": self._preview(each.digest),
            "counts": counts,
            "drafted": self._when(each.drafted_at),
            "created": self._when(each.created_at),
            "confirmed": self._when(each.confirmed_at),
            "reminders": reminding.used(self._uow, each.id),
            "reminders_at_most": REMINDERS_A_DAY,
            "candidates": each.candidates,
            "error_code": each.error_code,
            "error": each.error,
            "is_stopping": each.status in tasks.STOPPABLE and each.wanted == tasks.CANCEL,
            "can_remind": each.status is SendStatus.CREATED and each.wanted != tasks.CANCEL,
            "can_cancel": each.status in tasks.STOPPABLE and each.wanted != tasks.CANCEL,
            "retriable": service.retriable(self._uow, each.id),
        }

    def opened(self, task: int, after: int) -> Mapping[str, object]:
        found = service.targets(self._uow, task, after=after, most=_TARGETS_SHOWN + 1)
        read = tasks.read(self._uow, task)
        return {
            "id": task,
            "audience": read.audience.value if read else "",
            "groups": [self._target(each) for each in found[:_TARGETS_SHOWN]],
            "after": found[_TARGETS_SHOWN - 1].id if len(found) > _TARGETS_SHOWN else None,
        }

    def _target(self, each: service.Target) -> Mapping[str, object]:
        group = self._groups.get(GroupId(each.group))
        return {
            "name": group.name if group else each.name or each.group or each.chat[-6:],
            "status": each.status,
            "reason": each.reason,
            "sent": self._when(each.sent_at),
        }

    def moment(self, each: moments.Asked) -> Mapping[str, object]:
        return {
            "id": each.id,
            "status": each.status,
            "matter": self._preview(each.digest),
            "drafted": self._when(each.drafted_at),
            "published": each.published,
            "missing": [who for who in each.publishers if who not in each.published],
            "error_code": each.error_code,
            "can_cancel": each.status in ("drafted", "making", "created") and not each.cancel_by,
        }

    def loose(self, each: service.Loose) -> Mapping[str, object]:
        return {
            "owner": each.owner,
            "digest": each.digest,
            "audience": each.audience,
            "status": each.status,
            "groups": each.groups,
            "since": self._when(each.since),
            "matter": self._preview(each.digest),
        }


Decide = Callable[[UnitOfWork, Toolbox, Mapping[str, str], int, str], object]


def _acting(verb: str, decide: Decide) -> Act:
    """Return the action that reads which task is meant and decides about it."""

    def act(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
        task = number_in(form.get("task", "")) or 0
        done = decide(uow, tools, form, task, who)
        return tools.use(Words)("mass_send/decided.txt.j2", verb=verb, task=task, done=done)

    return act


_actions: Mapping[str, Act] = {
    "moment": _acting(
        "moment", lambda uow, tools, form, _task, who: drafting.draft_moment(uow, tools, form, who)
    ),
    "moment-cancel": _acting(
        "moment-cancel",
        lambda uow, tools, _form, task, who: service.cancel_moment(uow, tools, task, who),
    ),
    "draft": _acting(
        "draft", lambda uow, tools, form, _task, who: drafting.draft(uow, tools, form, who)
    ),
    "draft-customers": _acting(
        "draft-customers",
        lambda uow, tools, form, _task, who: to_customers.draft(uow, tools, form, who),
    ),
    "remind": _acting(
        "remind", lambda uow, tools, _form, task, who: service.remind(uow, tools, task, who)
    ),
    "cancel": _acting(
        "cancel", lambda uow, tools, _form, task, who: service.cancel(uow, tools, task, who)
    ),
    "adopt": _acting(
        "adopt",
        lambda uow, tools, form, task, who: service.adopt(
            uow, tools, task, form.get("msgid", ""), who
        ),
    ),
    "make-again": _acting(
        "make-again", lambda uow, tools, _form, task, who: service.make_again(uow, tools, task, who)
    ),
    "retry": _acting("retry", lambda uow, _tools, _form, task, who: service.retry(uow, task, who)),
    "retry-loose": _acting(
        "retry",
        lambda uow, _tools, form, _task, who: service.retry_loose(
            uow, form.get("owner", ""), form.get("digest", ""), form.get("audience", ""), who
        ),
    ),
}

pages: Sequence[Page] = (
    Page("mass-send", "群发", "mass_send/mass_send.html.j2", _load, _actions, aisle=Aisle.CONTENT),
)
metrics = (
    Metric(
        "mass_send_tasks_waiting",
        "Mass send tasks that wait for their owner's confirmation",
        service.count_waiting,
        "等群主确认的群发",
        waits_on="mass-send",
    ),
    Metric(
        "mass_send_oldest_waiting_s",
        "Seconds for which the oldest unconfirmed mass send task has waited",
        service.oldest_s,
        "群发最久等了多少秒",
    ),
)
