"""The operators' page of check-ups: what works, what does not, and a button to look now."""

from collections.abc import Mapping
from datetime import datetime

from bot.features.doctor import service
from bot.kernel.abilities import Errands
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

_MOST = 10


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    runs = service.runs(uow, most=_MOST)
    wanted = number_in(query.get("run", ""))
    shown = next((run for run in runs if run.id == wanted), runs[0] if runs else None)
    return {
        "runs": [_run(tools, run) for run in runs],
        "shown": _run(tools, shown) if shown else None,
        "under_way": next((_run(tools, run) for run in runs if run.ended_at is None), None),
        "doors": service.findings(uow, shown.id) if shown else {},
    }


def _run(tools: Toolbox, run: service.Run) -> Mapping[str, object]:
    return {
        "id": run.id,
        "who": run.asked_by,
        "when": _local(tools, run.asked_at),
        "doors": run.doors,
        "done": run.done,
        "is_over": run.ended_at is not None,
        "problems": run.problems,
        "doubts": run.doubts,
    }


def _local(tools: Toolbox, at: datetime) -> str:
    return at.astimezone(tools.use(Community).zone).strftime("%Y-%m-%d %H:%M")


def _now(uow: UnitOfWork, tools: Toolbox, _form: Mapping[str, str], who: str) -> str:
    service.ask(uow, who)
    tools.use(Errands).soon(uow, service.EXAMINE)
    return tools.use(Words)("doctor/asked.txt.j2", asked=True)


pages = (Page("doctor", "体检", "doctor/doctor.html.j2", _load, {"now": _now}, aisle=Aisle.SYSTEM),)
