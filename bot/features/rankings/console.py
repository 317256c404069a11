"""The operators' page: both boards, and the nightly thanks of each group with a preview."""

from collections.abc import Mapping
from datetime import date, time

from bot.commons import members
from bot.features.rankings import digest, reads, replies
from bot.features.rankings.digest import Nightly
from bot.features.rankings.mine import PAGE
from bot.kernel.capability import Doors
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page
from bot.kernel.errors import Refusal
from bot.kernel.feature import Metric
from bot.kernel.ids import GroupId
from bot.kernel.ports import Group, Groups, Links, Words
from bot.kernel.sheets import sheet_of
from bot.kernel.work import Toolbox, UnitOfWork

_SHEET_ROWS = 200


class BadForm(Refusal):
    """A field of the form is wrong; nothing was written."""

    template = "rankings/bad_form.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    del query
    day, wanted = replies.today(uow, tools), digest.nightly(uow)
    groups = tools.use(Groups).by_id.values()
    return {
        **replies.words_of(uow, replies.boards(uow, tools, None), None),
        "today": day,
        "hidden": reads.count_hidden(uow),
        "csv": _sheet(uow, day),
        "groups": [_group(uow, tools, one, wanted.get(one.id, Nightly())) for one in groups],
        "group_url": tools.use(Links).for_group(PAGE),
    }


def _group(uow: UnitOfWork, tools: Toolbox, group: Group, wanted: Nightly) -> Mapping[str, object]:
    day = uow.clock.now().astimezone(tools.use(Community).zone).date()
    thanks = digest.thanks_of(uow, tools, group, day)
    return {
        "group": group,
        "wanted": wanted,
        "is_quiet": wanted.quiet_until is not None and wanted.quiet_until >= day,
        "preview": digest.words(uow, tools, thanks, day) if thanks.people else "",
        "needs_confirm": tools.use(Doors).of(group.channel).needs_human_confirm,
        "latest": digest.latest(uow, group.id),
    }


def _sheet(uow: UnitOfWork, day: date) -> str:
    rows: list[list[object]] = []
    for row in reads.best_of_month(uow, day, most=_SHEET_ROWS):
        name = members.display_name(uow, row.member) or ""
        run = reads.own_days(uow, reads.What.RUN, day, row.member)
        rows.append([row.member, name, row.days, run])
    return sheet_of(("member", "name", "month_days", "run_days"), rows)


def _set(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    wanted = Nightly(form.get("on") == "1", _time(form.get("at", "")), _day(form.get("quiet", "")))
    group = digest.set_nightly(uow, tools, GroupId(form.get("group", "")), wanted, who=who)
    return tools.use(Words)("rankings/set.txt.j2", group=group, wanted=wanted)


def _time(text: str) -> time:
    try:
        at = time.fromisoformat(text.strip())
    except ValueError:
        raise BadForm("time", field="time") from None
    return at.replace(second=0, microsecond=0, tzinfo=None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise BadForm("day", field="day") from None


pages = (
    Page("rankings", "排行榜", "rankings/rankings.html.j2", _load, {"set": _set}, aisle=Aisle.PLAY),
)
metrics = (
    Metric(
        "rankings_digests_last_24h",
        "Groups thanked in the last 24 hours",
        digest.count_last_24h,
        title="24 小时内的群日报",
    ),
)
