"""The operators' page of 微信客服: accounts, links, arrivals, the way into groups."""

from collections.abc import Mapping
from datetime import datetime

from bot.commons import members, origins
from bot.features.arrivals import doors, service
from bot.features.arrivals.rules import INVITE, SCENE, SURVEY, ArrivalsSettings, Status
from bot.kernel.abilities import Abilities, Errands
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.feature import Metric
from bot.kernel.ids import GroupId
from bot.kernel.ports import Groups, Mailbox, Meaning, Words, explained
from bot.kernel.reception import FrontDoors
from bot.kernel.work import Toolbox, UnitOfWork

_MOST = 100
_NAME_CHARS = 40


class NoLink(Refusal):
    """The form is wrong; nothing was written."""

    template = "arrivals/link.txt.j2"


class NotMoved(Refusal):
    """An invitation is no longer what the page has shown."""

    template = "arrivals/moved.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, _query: Mapping[str, str]) -> Mapping[str, object]:
    offered = tools.use(Abilities).of(FrontDoors)
    groups = tools.use(Groups).by_id
    return {
        "has_door": bool(offered),
        "accounts": [
            {"channel": channel, "account": one.account, "name": one.name, "ours": one.is_ours}
            for channel, one in doors.accounts(uow)
        ],
        "links": [
            (one, explained(tools.use(Meaning), one.channel, one.error))
            for one in doors.links(uow, most=_MOST)
        ],
        "scenes": [
            {"scene": scene, "members": many, "at": _local(tools, at)}
            for channel in offered
            for scene, many, at in origins.scenes(uow, channel, most=_MOST)
        ],
        "groups": [
            (scene, groups[GroupId(name)].name if GroupId(name) in groups else "", name)
            for scene, name in tools.use(ArrivalsSettings).groups.items()
        ],
        "invitations": [_invited(uow, tools, one) for one in service.listed(uow, most=_MOST)],
        "unsent": [
            (channel, many)
            for channel in offered
            if (many := tools.use(Mailbox).unsent(uow, channel))
        ],
    }


def _invited(uow: UnitOfWork, tools: Toolbox, one: service.Invited) -> Mapping[str, object]:
    return {
        "id": one.id,
        "member": one.member,
        "name": members.display_name(uow, one.member) or "",
        "group": one.group,
        "status": one.status.value,
        "why": one.why,
        "at": _local(tools, one.at),
        "error": explained(tools.use(Meaning), one.channel, one.error),
    }


def _local(tools: Toolbox, at: datetime) -> str:
    return at.astimezone(tools.use(Community).zone).strftime("%m-%d %H:%M")


def _make_link(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    channel, _, account = form.get("account", "").partition(":")
    scene, name = form.get("scene", "").strip(), form.get("name", "").strip()[:_NAME_CHARS]
    known = any((channel, account) == (c, one.account) for c, one in doors.accounts(uow))
    if not known or SCENE.fullmatch(scene) is None:
        raise NoLink("no account, or no scene", good=False, known=known)
    doors.wish(uow, channel, account, scene=scene, name=name, who=who)
    tools.use(Errands).soon(uow, SURVEY)
    return tools.use(Words)("arrivals/link.txt.j2", good=True, known=True)


def _again(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    return _move(uow, tools, form, who, to=Status.DUE)


def _withdraw(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    return _move(uow, tools, form, who, to=Status.WITHDRAWING)


def _move(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str, *, to: Status) -> str:
    number = number_in(form.get("invitation", ""))
    starts = (Status.MAYBE, Status.FAILED if to is Status.DUE else Status.SENT)
    if not (number and any(service.move(uow, number, one, to, who=who) for one in starts)):
        raise NotMoved("it has moved", done=False)
    tools.use(Errands).soon(uow, INVITE)
    return tools.use(Words)("arrivals/moved.txt.j2", done=True, to=to.value)


pages = (
    Page(
        "arrivals",
        "微信客服",
        "arrivals/arrivals.html.j2",
        _load,
        {"link": _make_link, "again": _again, "withdraw": _withdraw},
        aisle=Aisle.SYSTEM,
    ),
)
metrics = (
    Metric(
        "arrivals_last_24h",
        "Members who came by a link or a QR code for the first time in the last 24 hours",
        origins.count_last_24h,
        title="24 小时内从链接或二维码来的人",
    ),
)
