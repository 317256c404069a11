"""The operators' page of salons: see who comes, make, move and call them off."""

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.commons import audit, members, salons
from bot.commons.audience import KnownAudience
from bot.commons.content import Pen
from bot.commons.salons import FIRST_NUMBER, Place, SalonView, SignupView, State
from bot.commons.salons.hosts import host_shown
from bot.features.salons import filing, forms, replies
from bot.kernel.community import Community, Tiers
from bot.kernel.console import Aisle, Download, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.feature import Metric
from bot.kernel.ids import MemberId
from bot.kernel.ports import Groups, Links, Words
from bot.kernel.sheets import csv_file
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer

_MOST = 50
_SHOWN_FOR = timedelta(days=60)
_NOBODY = MemberId(0)
_COLUMNS = (
    *("number", "name", "heads", "state", "code", "tier", "signed_up_at", "came_at", "stars"),
    "said",
)
_OPEN = Statement("SELECT COUNT(*) FROM salons WHERE state = 'open'")
_PLACES = Statement(
    "SELECT COALESCE(SUM(u.heads), 0) FROM salon_signups u JOIN salons s ON s.id = u.salon_id"
    " WHERE s.state = 'open' AND u.state = :state"
)


class Gone(Refusal):
    """The salon is not as the page showed it."""

    template = "salons/gone.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    asked = number_in(query.get("salon", ""))
    found = salons.latest(uow, uow.clock.now() - _SHOWN_FOR, most=_MOST)
    chosen = [one for one in found if asked in {None, one.number}]
    return {
        "salons": [_row(uow, tools, one) for one in chosen],
        "zone": tools.use(Community).zone,
        "group_url": tools.use(Links).for_group(replies.PAGE),
        "is_one": asked is not None,
        "words_chars": forms.WORDS_CHARS,
        "title_chars": forms.TITLE_CHARS,
    }


def _row(uow: UnitOfWork, tools: Toolbox, found: SalonView) -> Mapping[str, object]:
    people = salons.signups(uow, found.id)
    names = {one.member: members.display_name(uow, one.member) or "" for one in people}
    stars = [one.stars for one in people if one.stars is not None]
    return {
        "salon": found,
        "counts": found.outcome or salons.count(uow, found.id),
        "people": [(one, names[one.member]) for one in people if one.state is not Place.OUT],
        "gone": sum(one.state is Place.OUT for one in people),
        "said": [(one.stars, one.said) for one in people if one.said],
        "stars": round(sum(stars) / len(stars), 1) if stars else None,
        "raters": len(stars),
        "host": host_shown(uow, found),
        "can_move": found.state is State.OPEN and "#" not in found.path,
        "seen": {**replies.shown(uow, tools, found, _NOBODY), "qr": ""},
    }


def _give(uow: UnitOfWork, tools: Toolbox, number: int) -> Download | None:
    """Return the people of a salon as a table."""
    found = salons.salon(uow, number - FIRST_NUMBER)
    if found is None:
        return None
    zone = tools.use(Community).zone
    lines = [_line(uow, one, zone) for one in salons.signups(uow, found.id)]
    rows = ([line[column] for column in _COLUMNS] for line in lines)
    return csv_file(f"salon-{number}", _COLUMNS, rows)


def _line(uow: UnitOfWork, one: SignupView, zone: ZoneInfo) -> Mapping[str, str | int | None]:
    came = one.came_at.astimezone(zone).isoformat(" ", "minutes") if one.came_at else ""
    return {
        "number": one.number,
        "name": members.display_name(uow, one.member) or "",
        "heads": one.heads,
        "state": one.state,
        "code": one.code,
        "tier": one.tier,
        "signed_up_at": one.at.astimezone(zone).isoformat(" ", "seconds"),
        "came_at": came,
        "stars": one.stars,
        "said": one.said,
    }


def _salon(form: Mapping[str, str]) -> int:
    return (number_in(form.get("salon", "")) or 0) - FIRST_NUMBER


def _call_off(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    why = forms.promise(form, "why")
    found = filing.cancel(uow, _salon(form), why, who=who)
    if found is None:
        raise Gone("not open")
    return tools.use(Words)("salons/said.txt.j2", what="called_off", salon=found)


def _make(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    """Write the file of a new salon; from there it goes like one that was written by hand."""
    matter = forms.new_matter(form, tools.use(Community).zone)
    forms.check_audience(form, KnownAudience(tools.use(Tiers), tuple(tools.use(Groups).by_id)))
    taken = [one.path for one in salons.latest(uow, uow.clock.now() - _SHOWN_FOR, most=10_000)]
    pen, title = tools.use(Pen), str(matter["title"])
    path = pen.free_path("salons", title, taken)
    pen.write(pen.draft(path, matter, forms.body(form) or title))
    audit.record(uow, who, "salons.made", path)
    return tools.use(Words)("salons/said.txt.j2", what="made", path=path)


def _move(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    """Write another time, place or number of places into the file of a salon."""
    found = salons.salon(uow, _salon(form))
    if found is None or found.state is not State.OPEN or "#" in found.path:
        raise Gone("not open")
    pen, zone = tools.use(Pen), tools.use(Community).zone
    before = pen.text_of(found.path)
    matter, body = forms.moved_matter(before, form, zone)
    pen.write(pen.draft(found.path, matter, body), replaces=before)
    audit.record(uow, who, "salons.moved", found.path)
    return tools.use(Words)("salons/said.txt.j2", what="moved", salon=found)


def _count_open(uow: UnitOfWork) -> float:
    return float(integer(uow.run(_OPEN)[0][0]))


def _count_in(uow: UnitOfWork) -> float:
    return float(integer(uow.run(_PLACES, state=Place.IN)[0][0]))


def _count_waiting(uow: UnitOfWork) -> float:
    return float(integer(uow.run(_PLACES, state=Place.WAITING)[0][0]))


pages = (
    Page(
        "salons",
        "沙龙",
        "salons/salons.html.j2",
        _load,
        {"make": _make, "move": _move, "call-off": _call_off},
        files=_give,
        aisle=Aisle.PLAY,
    ),
)
metrics = (
    Metric("salons_open", "Salons that are open", _count_open, title="沙龙"),
    Metric("salon_places", "Heads with a place at open salons", _count_in, title="沙龙报名"),
    Metric("salon_waiting", "Heads waiting for a place", _count_waiting, title="沙龙候补"),
)
