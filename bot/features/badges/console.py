"""The operators' page of badges: what they take, who has them, and why."""

from collections.abc import Iterator, Mapping

from bot.commons import deeds, members
from bot.commons.deeds import KINDS
from bot.commons.rowforms import Field, RowForm, Sort
from bot.features.badges import rounds, service
from bot.features.badges.book import FILE, book
from bot.features.badges.matter import BADGE
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.exporting import Asked, Cell, Export
from bot.kernel.feature import Metric
from bot.kernel.ids import MemberId
from bot.kernel.ports import Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer

_FOUND = 20
_EVIDENCE = 30
_WHY_CHARS = 200
_BITE = 1000
_BADGE = RowForm(
    "badges",
    FILE,
    "badge",
    (
        Field("code"),
        Field("title"),
        Field("words"),
        Field("emoji"),
        Field("on", Sort.CHOICE, KINDS),
        Field("times", Sort.NUMBER),
        Field("days", Sort.NUMBER),
        Field("streak_days", Sort.NUMBER),
        Field("of", Sort.WORDS),
        Field("at_least", Sort.NUMBER),
        Field("promised", Sort.CHECK),
        Field("since", Sort.DATE),
        Field("coupon"),
    ),
)
_COUNTS = Statement(
    "SELECT code, COUNT(*) FROM badge_grants WHERE revoked_at IS NULL GROUP BY code"
)
_ALL = Statement(
    "SELECT id, code, title, member_id, day, evidence, revoked_at IS NOT NULL FROM badge_grants"
    " WHERE id > :after ORDER BY id LIMIT :most"
)
_WITH = Statement("SELECT COUNT(*) FROM badge_grants WHERE revoked_at IS NULL")


class BadForm(Refusal):
    """A field of an operator's form is wrong; nothing was written."""

    template = "badges/bad_form.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    rules, asked = book(uow, tools), query.get("q", "").strip()[:100]
    found = members.look_for(uow, asked, most=_FOUND + 1) if asked else []
    number = number_in(query.get("member", ""))
    if number is None and len(found) == 1:
        number = found[0]
    is_there = number is not None and members.exists(uow, MemberId(number))
    return {
        "rules": rules,
        "edit": _BADGE.load(tools, query),
        "names": {BADGE + each.code: each.title for each in rules.badges.badge},
        "counts": {str(code): integer(count) for code, count in uow.run(_COUNTS)},
        "rounds": {each.code: each for each in rounds.rounds(uow)},
        "q": asked,
        "found": [_called(uow, member) for member in found[:_FOUND]],
        "is_cut": len(found) > _FOUND,
        "one": _one(uow, MemberId(number)) if number is not None and is_there else None,
    }


def _called(uow: UnitOfWork, member: MemberId) -> dict[str, object]:
    return {"member": member, "name": members.display_name(uow, member) or ""}


def _one(uow: UnitOfWork, member: MemberId) -> Mapping[str, object]:
    return {
        **_called(uow, member),
        "badges": [
            {"grant": each, "evidence": deeds.told(uow, each.evidence[:_EVIDENCE])}
            for each in service.grants_of(uow, member)
        ],
    }


def _change(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    why = " ".join(form.get("why", "").split())[:_WHY_CHARS]
    if not why:
        raise BadForm("no reason", why="no_reason")
    is_back = form.get("way") == "restore"
    change = service.restore if is_back else service.revoke
    grant = change(uow, number_in(form.get("grant", "")) or 0, who=who, why=why)
    if grant is None:
        raise BadForm("no such badge", why="gone")
    return tools.use(Words)("badges/changed.txt.j2", title=grant.title, is_back=is_back)


def _rows(uow: UnitOfWork, _asked: Asked) -> Iterator[tuple[Cell, ...]]:
    after = 0
    while rows := uow.run(_ALL, after=after, most=_BITE):
        for _, code, title, member, day, evidence, revoked in rows:
            name = members.called(uow, MemberId(integer(member)))
            yield (str(code), str(title), name, str(day), str(evidence), int(bool(revoked)))
        after = integer(rows[-1][0])


def _with_members(uow: UnitOfWork) -> float:
    return integer(uow.run(_WITH)[0][0])


pages = (
    Page(
        "badges",
        "勋章",
        "badges/badges.html.j2",
        _load,
        {"change": _change, **_BADGE.actions},
        aisle=Aisle.BENEFITS,
    ),
)
exports = (Export("badges", ("badge", "title", "member", "day", "evidence", "revoked"), _rows),)
metrics = (
    Metric("badges_with_members", "Badges that members have", _with_members, title="会员的勋章"),
)
