"""The operators' pages of advisors, and of colleagues who may open the console."""

from collections.abc import Mapping

from bot.commons import accounts, staff
from bot.features.contacts import service
from bot.kernel.community import Advisors, Community
from bot.kernel.console import Aisle, Page
from bot.kernel.desk import Role
from bot.kernel.entering import GRANTED, Entrance
from bot.kernel.errors import Refusal
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork


def _load(uow: UnitOfWork, tools: Toolbox, _query: Mapping[str, str]) -> Mapping[str, object]:
    return {"people": staff.standing(uow, tools.use(Advisors))}


class NoRole(Refusal):
    """The form names no role."""

    template = "contacts/no_role.txt.j2"


def _colleagues(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    entrance = tools.use(Entrance)
    return {
        "by_wecom": entrance.by_wecom,
        "userid": query.get("userid", "")[:64],
        "roles": [role.value for role in Role],
        "people": [_row(tools, entrance, one) for one in accounts.colleagues(uow)],
        "rules": [(rule.role.value, *rule.source.split(":", 1)) for rule in entrance.rules],
    }


def _row(tools: Toolbox, entrance: Entrance, one: accounts.ColleagueListed) -> Mapping[str, object]:
    zone = tools.use(Community).zone
    kind, _, what = one.source.partition(":")
    return {
        "userid": one.userid,
        "role": one.role.value,
        "kind": kind,
        "what": what,
        "counts": not one.is_disabled and entrance.admits(one.role, one.source),
        "is_granted": one.source == GRANTED,
        "is_disabled": one.is_disabled,
        "by": one.given_by,
        "why": one.why,
        "at": one.at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        "open": one.open_sessions,
        "used": one.last_used_at and one.last_used_at.astimezone(zone).strftime("%m-%d %H:%M"),
    }


def _grant(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    if form.get("role", "") not in list(Role):
        raise NoRole("no role")
    userid, role = _userid(form), Role(form["role"])
    service.grant(uow, userid, role, who=who, why=_why(form))
    return tools.use(Words)("contacts/granted.txt.j2", userid=userid, role=role.value)


def _take(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    userid = _userid(form)
    service.take(uow, userid, who=who, why=_why(form))
    return tools.use(Words)("contacts/taken.txt.j2", userid=userid)


def _userid(form: Mapping[str, str]) -> str:
    return form.get("userid", "").strip().lower()


def _why(form: Mapping[str, str]) -> str:
    return " ".join(form.get("why", "").split())[:200]


pages = (
    Page("advisors", "顾问", "contacts/advisors.html.j2", _load, aisle=Aisle.RECEPTION),
    Page(
        "colleagues",
        "控制台权限",
        "contacts/colleagues.html.j2",
        _colleagues,
        {"grant": _grant, "take": _take},
        aisle=Aisle.SYSTEM,
    ),
)
