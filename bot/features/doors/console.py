"""The page for whoever stands at the door with a phone; it works without a script."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from bot.commons import salons
from bot.commons.salons import FIRST_NUMBER, SalonView, State
from bot.features.doors import arriving
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.feature import Metric
from bot.kernel.ids import MemberId
from bot.kernel.ports import Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer

_AROUND = timedelta(days=1)
_MOST = 30
_MOST_HEADS = 500
_WANTED_CHARS = 40
_CAME = Statement(
    "SELECT COUNT(*) FROM salon_signups u JOIN salons s ON s.id = u.salon_id"
    " WHERE s.state = 'open' AND u.came_at IS NOT NULL"
)


class BadWalkIn(Refusal):
    """Not a number of people."""

    template = "doors/bad_walk_in.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    open_ = _open(uow)
    asked = (number_in(query.get("salon", "")) or 0) - FIRST_NUMBER
    found = next((one for one in open_ if one.id == asked), None)
    if found is None and "salon" not in query:
        found = open_[0] if open_ else None
    code, wanted = query.get("code", "").strip(), query.get("q", "").strip()[:_WANTED_CHARS]
    shown = _shown(uow, found, code, wanted) if found else {}
    return {
        "salons": open_,
        "salon": found,
        "zone": tools.use(Community).zone,
        "code": code,
        "wanted": wanted,
        "back": urlencode({"salon": found.number}) if found else "",
        **shown,
    }


def _open(uow: UnitOfWork) -> list[SalonView]:
    """Return the salons whose door may be open, the one that begins next, or just began, first."""
    now = uow.clock.now()
    around = salons.latest(uow, now - _AROUND, most=_MOST)
    open_ = [one for one in around if one.state is State.OPEN]
    return sorted(open_, key=lambda one: abs(one.starts_at - now))


def _shown(uow: UnitOfWork, found: SalonView, code: str, wanted: str) -> Mapping[str, object]:
    people = arriving.people(uow, found.id)
    scanned = [one for one in people if code and one.signup.code == code.upper()]
    listed = [one for one in people if arriving.is_meant(one, wanted)] if wanted else people
    counted = salons.count(uow, found.id)
    return {
        "scanned": scanned,
        "people": listed,
        "others": arriving.others(uow, wanted, found.id),
        "walk_ins": arriving.walk_ins(uow, found.id),
        "came": counted.came,
        "expected": counted.heads,
        "key": secrets.token_hex(8),
    }


def _ids(form: Mapping[str, str]) -> tuple[int, MemberId]:
    salon = (number_in(form.get("salon", "")) or 0) - FIRST_NUMBER
    return salon, MemberId(number_in(form.get("member", "")) or 0)


def _came(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    salon, member = _ids(form)
    name = arriving.came(uow, salon, member, who=who)
    return tools.use(Words)("doors/said.txt.j2", what="came", name=name)


def _not_came(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    salon, member = _ids(form)
    name = arriving.not_came(uow, salon, member, who=who)
    return tools.use(Words)("doors/said.txt.j2", what="not_came", name=name)


def _walk_in(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    heads, key = number_in(form.get("heads", "").strip()), form.get("key", "")[:40]
    if heads is None or heads > _MOST_HEADS or not key:
        raise BadWalkIn("heads")
    arriving.walk_in(uow, _ids(form)[0], key, heads, who=who)
    return tools.use(Words)("doors/said.txt.j2", what="walk_in", heads=heads)


def _no_walk_in(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], _who: str) -> str:
    arriving.no_walk_in(uow, _ids(form)[0], form.get("key", ""))
    return tools.use(Words)("doors/said.txt.j2", what="no_walk_in")


def _count_came(uow: UnitOfWork) -> float:
    return float(integer(uow.run(_CAME)[0][0]))


pages = (
    Page(
        "door",
        "门口签到",
        "doors/door.html.j2",
        _load,
        {"came": _came, "not-came": _not_came, "walk-in": _walk_in, "no-walk-in": _no_walk_in},
        aisle=Aisle.TODAY,
        advisors=True,
    ),
)
metrics = (
    Metric("salon_arrivals", "Members who came to open salons", _count_came, title="沙龙到场"),
)
