"""The operators' page of conversations with humans: who waits, who has whom, who is on duty."""

import re
from collections.abc import Mapping
from datetime import datetime

from bot.commons import members
from bot.commons.staff import name_of
from bot.features.handoff import service, staff
from bot.features.handoff.rules import MOVE, SURVEY
from bot.kernel.abilities import Abilities, Errands
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.feature import Metric
from bot.kernel.ids import ChannelName
from bot.kernel.ports import Mailbox, Meaning, Words, explained
from bot.kernel.reception import Staff
from bot.kernel.work import Toolbox, UnitOfWork

_MOST = 200
_HUMAN = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.@-]{0,63}")  # a userid (path/90195, 2026-07)


class NotEnded(Refusal):
    """There is nothing to end."""

    template = "handoff/end.txt.j2"


class NotChanged(Refusal):
    """The form is wrong; nothing was written."""

    template = "handoff/changed.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, _query: Mapping[str, str]) -> Mapping[str, object]:
    talks = service.listed(uow, most=_MOST)
    return {
        "waiting": [_talk(uow, tools, one) for one in talks if one.state.value != "human"],
        "busy": [_talk(uow, tools, one) for one in talks if one.state.value == "human"],
        "people": [_person(uow, tools, one) for one in staff.everybody(uow)],
        "accounts": _accounts(tools),
    }


def _accounts(tools: Toolbox) -> list[tuple[ChannelName, str]]:
    offered = tools.use(Abilities).of(Staff)
    return [(channel, account) for channel, one in offered.items() for account in one.accounts]


def _talk(uow: UnitOfWork, tools: Toolbox, talk: service.Talk) -> Mapping[str, object]:
    minutes = (uow.clock.now() - talk.since).total_seconds() // 60
    return {
        "id": talk.id,
        "member": talk.member,
        "name": members.display_name(uow, talk.member) or "",
        "account": talk.account,
        "state": talk.state.value,
        "human": name_of(uow, tools, talk.human) or talk.human,
        "since": _local(tools, talk.since),
        "minutes": max(0, int(minutes)),
        "unanswered": tools.use(Mailbox).held_up(uow, talk.channel, talk.identity),
        "ending": talk.wish.value == "end",
        "error": explained(tools.use(Meaning), talk.channel, talk.error),
    }


def _person(uow: UnitOfWork, tools: Toolbox, one: staff.Known) -> Mapping[str, object]:
    return {
        "human": one.human,
        "name": name_of(uow, tools, one.human),
        "account": one.account,
        "channel": one.channel,
        "duty": one.duty,
        "wish": one.wish,
        "error": explained(tools.use(Meaning), one.channel, one.error),
        "open": one.open,
    }


def _local(tools: Toolbox, at: datetime) -> str:
    return at.astimezone(tools.use(Community).zone).strftime("%m-%d %H:%M")


def _end(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    talk = number_in(form.get("talk", ""))
    if talk is None or not service.wish_end(uow, talk, who):
        raise NotEnded("no such talk", ended=False)
    tools.use(Errands).soon(uow, MOVE)
    return tools.use(Words)("handoff/end.txt.j2", ended=True)


def _hire(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    return _change(uow, tools, form, "add", who)


def _release(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    return _change(uow, tools, form, "remove", who)


def _change(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], what: str, who: str) -> str:
    human = form.get("human", "").strip()
    channel, _, account = form.get("account", "").partition(":")
    known = (channel, account) in _accounts(tools)
    if not known or _HUMAN.fullmatch(human) is None:
        raise NotChanged("no account, or no userid", what=what, good=False, known=known)
    staff.change(uow, ChannelName(channel), account, human, what=what, who=who)
    tools.use(Errands).soon(uow, SURVEY)
    return tools.use(Words)("handoff/changed.txt.j2", what=what, good=True, known=True)


pages = (
    Page(
        "handoff",
        "人工接待",
        "handoff/handoff.html.j2",
        _load,
        {"end": _end, "add": _hire, "remove": _release},
        aisle=Aisle.RECEPTION,
    ),
)
metrics = (
    Metric(
        "handoff_waiting",
        "Customers who wait for a human in their conversation",
        service.count_waiting,
        title="在对话里等真人的客户",
        waits_on="handoff",
    ),
)
