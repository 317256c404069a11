"""The operators' pages: how content members are, and what they say about us."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta

from bot.commons import cases, members, products, ratings, staff
from bot.commons.ratings import ENOUGH, About, Csat, Rating, outside, voices
from bot.commons.ratings.voices import HANDLED_CHARS, Voice, Whose
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.exporting import Asked, Cell, Export
from bot.kernel.feature import Metric
from bot.kernel.ports import Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer

_DAYS, _MOST, _LOW_ONES, _WHY_CHARS = 84, 100, 30, 100
_ALL = Statement(
    "SELECT case_id, member_id, times_opened, kind, advisor, channel, state, asked_at, score,"
    " first_score, answered_at FROM case_ratings ORDER BY id"
)
_UNSURE = Statement("SELECT count(*) FROM voices WHERE about = 'unsure'")


class NotSaid(Refusal):
    """The form is wrong, or it is so already; nothing was written."""

    template = "satisfaction/done.txt.j2"

    def __init__(self) -> None:
        super().__init__("nothing changed", what="nothing")


def _load(uow: UnitOfWork, tools: Toolbox, _query: Mapping[str, str]) -> Mapping[str, object]:
    now, zone = uow.clock.now(), tools.use(Community).zone
    since = now - timedelta(days=_DAYS)
    found = ratings.answered(uow, since, now + timedelta(seconds=1))

    def week(one: Rating) -> str:
        day = one.answered_at.astimezone(zone).date() if one.answered_at else now.date()
        return (day - timedelta(days=day.weekday())).isoformat()

    def advisor(one: Rating) -> str:
        return staff.name_of(uow, tools, one.advisor) or one.advisor or "—"

    return {
        "all": ratings.csat(one.score for one in found),
        "asked": ratings.count_asked(uow, since, now + timedelta(seconds=1)),
        "by_advisor": _by(found, advisor),
        "by_kind": _by(found, lambda one: one.kind),
        "by_week": _by(found, week),
        "low": [_low(uow, tools, one) for one in found if one.score <= ratings.LOW][:_LOW_ONES],
        "enough": ENOUGH,
        "weeks": _DAYS // 7,
    }


def _by(found: Sequence[Rating], key: Callable[[Rating], str]) -> Mapping[str, Csat]:
    scores: dict[str, list[int]] = defaultdict(list)
    for one in found:
        scores[key(one)].append(one.score)
    return {name: ratings.csat(scores[name]) for name in sorted(scores)}


def _low(uow: UnitOfWork, tools: Toolbox, one: Rating) -> Mapping[str, object]:
    case = cases.get(uow, one.case)
    at = one.answered_at.astimezone(tools.use(Community).zone) if one.answered_at else None
    return {
        "rating": one,
        "member": one.member,
        "name": members.display_name(uow, one.member) or "",
        "at": at,
        "advisor": staff.name_of(uow, tools, one.advisor) or one.advisor,
        "is_open": bool(case and case.state.is_with_humans),
    }


def _load_voices(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    asked, of = query.get("about", ""), query.get("whose", "")
    about = asked if asked in set(About) else ""
    whose = Whose(of) if of in set(Whose) else Whose.ALL
    found = voices.latest(uow, about, most=_MOST, whose=whose)
    return {
        "voices": [_told(uow, tools, one) for one in found],
        "counts": {kind.value: many for kind, many in voices.counts(uow, whose).items()},
        "whose_counts": {one.value: many for one, many in voices.counts_of_whose(uow).items()},
        "about": about,
        "whose": whose.value,
        "most": _MOST,
        "handled_chars": HANDLED_CHARS,
        "why_chars": _WHY_CHARS,
    }


def _told(uow: UnitOfWork, tools: Toolbox, one: Voice) -> Mapping[str, object]:
    return {
        "voice": one,
        "member": one.member,
        "name": (members.display_name(uow, one.member) or "") if one.member else "",
        "at": one.at.astimezone(tools.use(Community).zone),
        "product": _product(uow, one.product),
    }


def _product(uow: UnitOfWork, told: str) -> str:
    """Return a product by its name, where a sku was told that is known."""
    found = products.find(uow, told) if told else None
    return found[0].name if found else told


def _correct(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    about = form.get("about", "")
    if about not in set(About):
        raise NotSaid
    return _said(tools, "corrected", voices.correct(uow, _voice(form), About(about), who=who))


def _undo(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    return _said(tools, "undone", voices.undo(uow, _voice(form), who=who))


def _handle(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    words = " ".join(form.get("words", "").split())
    if not 0 < len(words) <= HANDLED_CHARS:
        raise NotSaid
    return _said(tools, "handled", voices.handle(uow, _voice(form), words, who=who))


def _unhandle(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    return _said(tools, "unhandled", voices.unhandle(uow, _voice(form), who=who))


def _delete(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    why = " ".join(form.get("why", "").split())
    if not 0 < len(why) <= _WHY_CHARS:
        raise NotSaid
    return _said(tools, "deleted", outside.delete(uow, _voice(form), why, who=who))


def _voice(form: Mapping[str, str]) -> int:
    return number_in(form.get("voice", "")) or 0


def _said(tools: Toolbox, what: str, done: bool) -> str:  # noqa: FBT001 - what came of it
    if not done:
        raise NotSaid
    return tools.use(Words)("satisfaction/done.txt.j2", what=what)


def _rows(uow: UnitOfWork, asked: Asked) -> Iterator[tuple[Cell, ...]]:
    for row in uow.run(_ALL):
        score, first = integer(row[8]), integer(row[9])
        asked_at, answered_at = (
            instant(row[n]).astimezone(asked.community.zone).isoformat() if row[n] else ""
            for n in (7, 10)
        )
        numbers = (integer(row[0]), integer(row[1]), integer(row[2]))
        texts = tuple(str(row[n]) for n in range(3, 7))
        yield (*numbers, *texts, asked_at, score or None, first or None, answered_at)


def _voice_rows(uow: UnitOfWork, asked: Asked) -> Iterator[tuple[Cell, ...]]:
    zone = asked.community.zone
    for one, key in voices.everything(uow):
        handled_at = one.handled_at.astimezone(zone).isoformat() if one.handled_at else ""
        yield (
            *(one.id, one.source, key, one.member, one.at.astimezone(zone).isoformat()),
            *(one.about.value, one.by_rule.value, one.who, one.words, one.url, one.product),
            *(one.rating or None, one.severity or None, handled_at, one.handled),
        )


def _unsure(uow: UnitOfWork) -> float:
    return float(integer(uow.run(_UNSURE)[0][0]))


pages = (
    Page(
        "satisfaction",
        "满意度",
        "satisfaction/satisfaction.html.j2",
        _load,
        aisle=Aisle.RECEPTION,
        place=6,
    ),
    Page(
        "voices",
        "意见分类",
        "satisfaction/voices.html.j2",
        _load_voices,
        {
            "correct": _correct,
            "undo": _undo,
            "handle": _handle,
            "unhandle": _unhandle,
            "delete": _delete,
        },
        aisle=Aisle.RECEPTION,
        place=6,
    ),
)
metrics = (Metric("voices_unsure", "Feedback that no rule could sort", _unsure, "待分类的意见"),)
exports = (
    Export(
        "ratings",
        (
            *("case", "member", "times_opened", "kind", "advisor", "channel", "state"),
            *("asked_at", "score", "first_score", "answered_at"),
        ),
        _rows,
    ),
    Export(
        "voices",
        (
            *("voice", "source", "key", "member", "at", "about", "by_rule", "corrected_by"),
            *("words", "url", "product", "rating", "severity", "handled_at", "handled"),
        ),
        _voice_rows,
    ),
)
