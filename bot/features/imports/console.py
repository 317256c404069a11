"""The operators' page of imports: send a table, see what would change, confirm, undo."""

from collections.abc import Mapping
from datetime import timedelta

from bot.commons import products, sheets
from bot.commons.importing import Import
from bot.features.imports import service
from bot.features.imports.rules import (
    MOST_BYTES,
    SAMPLES,
    SHOWN,
    UNDER_WAY,
    UNDO_S,
    Cut,
    State,
    cut,
)
from bot.features.imports.service import INTAKES, CannotImport, View
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, Upload, Uploaded, number_in
from bot.kernel.errors import FileProblem, Problem
from bot.kernel.feature import Metric
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

_MOST = 20
_MOST_PROBLEMS = 5


def _load(uow: UnitOfWork, tools: Toolbox, _query: Mapping[str, str]) -> Mapping[str, object]:
    found = service.latest(uow, most=_MOST)
    return {
        "imports": [_row(uow, tools, each) for each in found],
        "is_under_way": any(each.state in UNDER_WAY for each in found),
        "kinds": tuple(INTAKES),
        "columns": {kind: make(tools.use(Community).zone) for kind, make in INTAKES.items()},
        "products": products.count(uow),
        "most_mib": MOST_BYTES // 2**20,
        "shown": SHOWN,
        "samples": SAMPLES,
    }


def _row(uow: UnitOfWork, tools: Toolbox, one: View) -> Mapping[str, object]:
    zone = tools.use(Community).zone
    return {
        "one": one,
        "at": one.at.astimezone(zone),
        "undo_until": (one.since + timedelta(seconds=UNDO_S)).astimezone(zone),
        "is_undoable": one.can_be_undone(uow.clock.now()),
        "waits": one.state is State.CHECKED,
        "is_under_way": one.state in UNDER_WAY,
        "changes": one.counts["new"] + one.counts["updated"],
    }


def _read(tools: Toolbox, form: Mapping[str, str], files: Mapping[str, Uploaded]) -> Cut:
    """Read the file that was sent; on a thread of its own."""
    kind, file = form.get("kind", ""), files.get("file")
    if kind not in INTAKES:
        raise CannotImport("kind")
    if file is None:
        raise CannotImport("no_file")
    mapping = files.get("mapping")
    try:
        renaming = sheets.read_renaming(mapping.path) if mapping else sheets.Renaming()
        intake = INTAKES[kind](tools.use(Community).zone)
        coming = Import(str(file.path), intake, sheets.read(file.path, renaming))
        found = cut(coming, kind, file.name, renaming)
    except FileProblem as exc:
        told = [_called(each, files) for each in exc.problems[:_MOST_PROBLEMS]]
        raise CannotImport("file", problems=told) from None
    if not found.total:
        raise CannotImport("empty")
    return found


def _called(problem: Problem, files: Mapping[str, Uploaded]) -> Mapping[str, object]:
    """Return a problem with the name by which the operator knows the file."""
    names = {str(file.path): file.name for file in files.values()}
    name = names.get(problem.path, "")
    said = {key: getattr(problem, key) for key in ("line", "rule", "message", "hint")}
    return {"file": name, **said}


def _take(uow: UnitOfWork, tools: Toolbox, found: Cut, who: str) -> str:
    service.begin(uow, found, who=who)
    return tools.use(Words)("imports/said.txt.j2", what="sent", total=found.total)


def _number(form: Mapping[str, str]) -> int:
    return number_in(form.get("number", "")) or 0


def _confirm(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    one = service.confirm(uow, _number(form), who=who)
    return tools.use(Words)("imports/said.txt.j2", what="confirmed", total=one.total)


def _cancel(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    one = service.cancel(uow, _number(form), who=who)
    return tools.use(Words)("imports/said.txt.j2", what="cancelled", total=one.total)


def _stop(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    one = service.stop(uow, _number(form), who=who)
    return tools.use(Words)("imports/said.txt.j2", what="stopped", total=one.total)


def _undo(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    one = service.undo(uow, _number(form), who=who)
    return tools.use(Words)("imports/said.txt.j2", what="undone", total=one.total)


def _count(uow: UnitOfWork) -> float:
    return products.count(uow)


pages = (
    Page(
        "imports",
        "导入",
        "imports/imports.html.j2",
        _load,
        {"confirm": _confirm, "cancel": _cancel, "stop": _stop, "undo": _undo},
        aisle=Aisle.MEMBERS,
        upload=Upload(_read, _take, MOST_BYTES),
    ),
)
metrics = (Metric("products_known", "Products that a feed has told", _count, title="商品"),)
