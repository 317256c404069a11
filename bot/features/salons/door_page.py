"""The page for whoever stands at the door with a phone; it works without a script."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from bot.features.salons import door, reads
from bot.features.salons.reads import SalonView
from bot.features.salons.rules import FIRST_NUMBER, Place, State
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

_AROUND = timedelta(days=1)
_MOST = 30
_MOST_HEADS = 500
_WANTED_CHARS = 40


class BadWalkIn(Refusal):
    """Not a number of people."""

    template = "salons/bad_walk_in.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    salons = _salons(uow)
    asked = (number_in(query.get("salon", "")) or 0) - FIRST_NUMBER
    found = next((one for one in salons if one.id == asked), None)
    if found is None and "salon" not in query:
        found = salons[0] if salons else None
    code, wanted = query.get("code", "").strip(), query.get("q", "").strip()[:_WANTED_CHARS]
    shown = _shown(uow, found, code, wanted) if found else {}
    return {
        "salons": salons,
        "salon": found,
        "zone": tools.use(Community).zone,
        "code": code,
        "wanted": wanted,
        "back": urlencode({"salon": found.number}) if found else "",
        **shown,
    }


def _salons(uow: UnitOfWork) -> list[SalonView]:
    """Return the salons whose door may be open, the one that begins next, or just began, first."""
    now = uow.clock.now()
    salons = reads.latest(uow, now - _AROUND, most=_MOST)
    open_ = [one for one in salons if one.state is State.OPEN]
    return sorted(open_, key=lambda one: abs(one.starts_at - now))


def _shown(uow: UnitOfWork, found: SalonView, code: str, wanted: str) -> Mapping[str, object]:
    people = door.people(uow, found.id)
    scanned = [one for one in people if code and one.signup.code == code.upper()]
    listed = [one for one in people if door.is_meant(one, wanted)] if wanted else people
    placed = [one for one in people if one.signup.state is Place.IN]
    there = [one for one in people if one.signup.came_at is not None]
    return {
        "scanned": scanned,
        "people": listed,
        "others": door.others(uow, wanted, found.id),
        "walk_ins": door.walk_ins(uow, found.id),
        "came": sum(one.signup.heads for one in there) + reads.walk_ins(uow, found.id),
        "expected": sum(one.signup.heads for one in placed),
        "key": secrets.token_hex(8),
    }


def _ids(form: Mapping[str, str]) -> tuple[int, MemberId]:
    salon = (number_in(form.get("salon", "")) or 0) - FIRST_NUMBER
    return salon, MemberId(number_in(form.get("member", "")) or 0)


def _came(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    salon, member = _ids(form)
    name = door.came(uow, salon, member, who=who)
    return tools.use(Words)("salons/said.txt.j2", what="came", name=name)


def _not_came(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    salon, member = _ids(form)
    name = door.not_came(uow, salon, member, who=who)
    return tools.use(Words)("salons/said.txt.j2", what="not_came", name=name)


def _walk_in(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    heads, key = number_in(form.get("heads", "").strip()), form.get("key", "")[:40]
    if heads is None or heads > _MOST_HEADS or not key:
        raise BadWalkIn("heads")
    door.walk_in(uow, _ids(form)[0], key, heads, who=who)
    return tools.use(Words)("salons/said.txt.j2", what="walk_in", heads=heads)


def _no_walk_in(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], _who: str) -> str:
    door.no_walk_in(uow, _ids(form)[0], form.get("key", ""))
    return tools.use(Words)("salons/said.txt.j2", what="no_walk_in")


door_page = Page(
    "door",
    "门口签到",
    "salons/door.html.j2",
    _load,
    {"came": _came, "not-came": _not_came, "walk-in": _walk_in, "no-walk-in": _no_walk_in},
    aisle=Aisle.TODAY,
)
