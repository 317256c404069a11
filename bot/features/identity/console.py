"""The operators' page of members' identities: find, look, join by hand, undo."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.commons import members
from bot.features.identity import service
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.feature import Metric
from bot.kernel.ids import MemberId
from bot.kernel.ports import Words
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import Toolbox, UnitOfWork

_FOUND = 20
_MERGES = 30
_DAY = timedelta(days=1)


class NoReason(Refusal):
    """An operator gave no reason; nothing was written."""

    template = "identity/no_reason.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    asked = query.get("q", "").strip()[:100]
    one, other = _number(query.get("one", "")), _number(query.get("other", ""))
    found = members.look_for(uow, asked, most=_FOUND + 1) if asked else []
    chosen = one is not None and members.exists(uow, one)
    return {
        "q": asked,
        "one": _called(uow, one) if one is not None and chosen else None,
        "found": [_person(uow, tools, member) for member in found[:_FOUND]],
        "is_cut": len(found) > _FOUND,
        "preview": _preview(uow, tools, one, other) if one and other else None,
        "merges": [_merge(tools, each) for each in members.recent_merges(uow, most=_MERGES)],
    }


def _number(word: str) -> MemberId | None:
    """Return the member that an address or a form holds; None for anything else."""
    number = number_in(word)
    return None if number is None else MemberId(number)


def _called(uow: UnitOfWork, member: MemberId) -> Mapping[str, object]:
    return {"member": member, "name": members.display_name(uow, member) or ""}


def _person(uow: UnitOfWork, tools: Toolbox, member: MemberId) -> Mapping[str, object]:
    kinds = members.key_kinds(uow, member)
    return {
        **_called(uow, member),
        "is_leaving": members.erasure_due_at(uow, member) is not None,
        "names": [
            {
                "channel": one.channel,
                "identity": one.identity,
                "kinds": kinds.get((one.channel, one.identity), []),
            }
            for one in members.identities_of(uow, member)
        ],
        "merges": [_merge(tools, each) for each in members.merges_of(uow, member)],
    }


def _merge(tools: Toolbox, each: members.Merged) -> Mapping[str, object]:
    zone = tools.use(Community).zone
    return {
        "id": each.id,
        "went": each.went,
        "stayed": each.stayed,
        "how": each.how.value,
        "who": each.who,
        "why": each.why,
        "when": each.at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        "is_undone": each.undone_at is not None,
        "undone_by": each.undone_by,
    }


def _preview(
    uow: UnitOfWork, tools: Toolbox, one: MemberId, other: MemberId
) -> Mapping[str, object]:
    """Return what a merge would move, or why there can't be one."""
    try:
        planned = service.plan(uow, tools.use(PersonalRegistry), one, other)
    except Refusal as refusal:
        return {"problem": tools.use(Words)(refusal.template, **refusal.words)}
    return {
        "problem": "",
        "goes": _called(uow, planned.goes),
        "stays": _called(uow, planned.stays),
        "moves": planned.moves,
    }


def _join(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    one, other = _number(form.get("one", "")), _number(form.get("other", ""))
    if one is None or other is None:
        raise members.NobodyThere("no number", member="")
    merged = members.merge(
        uow,
        tools.use(PersonalRegistry),
        one,
        other,
        how=members.How.OPERATOR,
        who=who,
        why=_reason(form),
    )
    return tools.use(Words)("identity/acted.txt.j2", merge=merged, undone=False)


def _undo(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    number = _number(form.get("merge", ""))
    why = _reason(form)
    merged = members.undo(uow, tools.use(PersonalRegistry), number or 0, who=who, why=why)
    return tools.use(Words)("identity/acted.txt.j2", merge=merged, undone=True)


def _reason(form: Mapping[str, str]) -> str:
    if why := " ".join(form.get("why", "").split())[:200]:
        return why
    raise NoReason("no reason")


def _joined_last_24h(uow: UnitOfWork) -> float:
    return members.merges_since(uow, uow.clock.now() - _DAY)


pages: Sequence[Page] = (
    Page(
        "identities",
        "会员身份",
        "identity/identities.html.j2",
        _load,
        {"join": _join, "undo": _undo},
        aisle=Aisle.MEMBERS,
    ),
)
metrics = (
    Metric(
        "members_joined_last_24h",
        "Members found to be one person in the last 24 hours",
        _joined_last_24h,
        "24 小时内合并的会员",
    ),
)
