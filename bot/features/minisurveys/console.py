"""The operators' page: what was asked at each node, what came of it, who comes up next."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bot.commons import members, orders
from bot.commons.content import Shelf
from bot.commons.ratings import ENOUGH, Node, Stage, minisurveys
from bot.commons.ratings.minisurveys import MiniSurvey
from bot.features.minisurveys import service
from bot.features.minisurveys.asking import MOST_AHEAD, ahead, book
from bot.features.minisurveys.matter import FILE, MiniSurveys
from bot.features.minisurveys.rules import AHEAD, Candidate
from bot.kernel.clock import FROM_HOUR, TO_HOUR
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page
from bot.kernel.exporting import Asked, Cell, Export
from bot.kernel.feature import Metric
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer

_DAYS, _ANSWERS, _COMING = 84, 50, 100
_SHORT_CHARS = 160
_LATELY = Statement("SELECT count(*) FROM mini_surveys WHERE state = 'answered'")


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    file, now = book(uow, tools), uow.clock.now()
    since = now - timedelta(days=_DAYS)
    library = tools.use(Shelf).at_hand(now).library
    counts, known = minisurveys.counts(uow, since), minisurveys.known_nodes(uow, since)
    also_off = query.get("off") == "1"
    coming = ahead(uow, tools, file, also_off=also_off) if file else []
    return {
        "file": file,
        "problems": library.problems_of(FILE),
        "nodes": [_node(node, file, counts) for node in Node],
        "enough": ENOUGH,
        "weeks": _DAYS // 7,
        "has_orders": Node.PAID in known,
        "has_delivered": Node.DELIVERED in known,
        "answers": [
            {**_called(uow, tools, one, one.answered_at), "said": one.said}
            for one in minisurveys.latest(uow, most=_ANSWERS)
        ],
        "coming": [
            {**_called(uow, tools, each.one, each.at), "why": why} for each, why in coming[:_COMING]
        ],
        "many": len(coming),
        "is_cut": _is_cut(coming),
        "most_ahead": MOST_AHEAD,
        "asked": sum(not why for _, why in coming),
        "also_off": also_off,
        "days": AHEAD.days,
        "most_answers": _ANSWERS,
        "short_chars": _SHORT_CHARS,
        "hours": (FROM_HOUR, TO_HOUR),
    }


def _node(
    node: Node, file: MiniSurveys | None, counts: Mapping[tuple[Node, Stage, str], int]
) -> Mapping[str, object]:
    """Return how far it has come at a node."""
    many = {stage: counts.get((node, stage, ""), 0) for stage in Stage}
    sent = many[Stage.ASKED] + many[Stage.ANSWERED]
    skipped = {why: n for (where, _, why), n in sorted(counts.items()) if where is node and why}
    percent = (200 * many[Stage.ANSWERED] + sent) // (2 * sent) if sent >= ENOUGH else None
    return {
        "node": node.value,
        "row": file.row(node) if file else None,
        "after": file.after(node) if file else timedelta(),
        "sent": sent,
        "answered": many[Stage.ANSWERED],
        "percent": percent,
        "skipped": skipped,
    }


def _is_cut(coming: Sequence[tuple[Candidate[MiniSurvey], str]]) -> bool:
    """Return True when there may be more than were looked at."""
    by_node = Counter(each.one.node for each, _ in coming)
    return any(many == MOST_AHEAD for many in by_node.values())


def _called(
    uow: UnitOfWork, tools: Toolbox, one: MiniSurvey, at: datetime | None
) -> Mapping[str, object]:
    """Return what a row says of a member, her order, and when."""
    zone = tools.use(Community).zone
    return {
        "survey": one,
        "member": one.member,
        "name": members.display_name(uow, one.member) or "",
        "order": service.order_called(uow, one.member, one.order),
        "at": at.astimezone(zone) if at else None,
    }


def _rows(uow: UnitOfWork, asked: Asked) -> Iterator[tuple[Cell, ...]]:
    for one in minisurveys.all_answered(uow):
        order = orders.get(uow, one.order)
        named = (order.source, order.order_id) if order else ("", "")
        when = _times(asked, one.asked_at, one.answered_at)
        head = (one.id, members.called(uow, one.member), *named, one.node.value, *when)
        for question, answer in one.said:
            yield (*head, question["kind"], question["text"], answer)


def _times(asked: Asked, *instants: datetime | None) -> Sequence[str]:
    zone = asked.community.zone
    return [at.astimezone(zone).isoformat() if at else "" for at in instants]


def _answered(uow: UnitOfWork) -> float:
    return float(integer(uow.run(_LATELY)[0][0]))


pages = (
    Page(
        "minisurveys",
        "极简问卷",
        "minisurveys/minisurveys.html.j2",
        _load,
        aisle=Aisle.RECEPTION,
        place=6,
    ),
)
metrics = (
    Metric(
        "minisurveys_answered",
        "Mini surveys of orders that were answered",
        _answered,
        title="极简问卷的回答",
    ),
)
exports = (
    Export(
        "minisurveys",
        (
            *("survey_id", "member", "source", "order_id", "node", "asked_at", "answered_at"),
            *("kind", "question", "answer"),
        ),
        _rows,
    ),
)
