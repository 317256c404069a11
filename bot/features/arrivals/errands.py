"""What the room asks of a platform: to show groups, to make links, to list the accounts."""

from collections.abc import Mapping
from functools import partial

import structlog

from bot.commons.notices import Notices
from bot.features.arrivals import doors, service
from bot.features.arrivals.rules import INVITE, SURVEY, ArrivalsSettings, Status
from bot.kernel import crash
from bot.kernel.abilities import Abilities
from bot.kernel.errors import (
    Ambiguous,
    PlatformError,
    RetryLater,
    Undeliverable,
    is_everybodys,
)
from bot.kernel.feature import Errand
from bot.kernel.ids import ChannelName
from bot.kernel.ports import Words, Work
from bot.kernel.reception import FrontDoors, NotOffered, Recommendations
from bot.kernel.work import Toolbox, UnitOfWork

log = structlog.get_logger(__name__)

_MOST = 100
_FEW = 3  # so many in a row, and none that worked


async def invite(work: Work, tools: Toolbox) -> None:
    """Show, or withdraw, what is due; each with a row before the platform is asked."""
    died = tools.use(Words)("arrivals/died.txt.j2")
    for channel, shows in tools.use(Abilities).of(Recommendations).items():
        # not a look: what a death left half done is put into doubt
        due = await work.do(partial(service.due, channel=channel, most=_MOST, died=died))
        troubled = 0
        for tried, one in enumerate(due, start=1):
            try:
                if one.status is Status.WITHDRAWING:
                    await _withdraw(work, one, shows)
                else:
                    await _show(work, tools, one, shows)
            except Undeliverable as exc:
                if exc.channel_off:
                    raise
                await _end(work, one, Status.FAILED, str(exc))
            except PlatformError as exc:  # she is asked about again; the others need not wait
                troubled += 1
                if is_everybodys(exc) or (troubled == tried and tried in {_FEW, len(due)}):
                    raise
                log.warning("arrivals.put_off", code=exc.code)


async def _show(work: Work, tools: Toolbox, one: service.Invited, shows: Recommendations) -> None:
    try:
        if one.chat_id not in await shows.groups(one.account):
            why = tools.use(Words)("arrivals/out_of_range.txt.j2")
            await _end(work, one, Status.FAILED, why, start=Status.DUE)
            await _tell(work, tools, f"range:{one.chat_id}", "range", {"group": one.group})
            return
        if not await work.do(lambda uow: service.move(uow, one.id, Status.DUE, Status.UNDER_WAY)):
            return
        crash.step("arrivals.under_way")
        wording = tools.use(ArrivalsSettings).wording
        await shows.recommend(one.account, one.identity, one.chat_id, wording)
    except NotOffered as exc:
        await _end(work, one, Status.FAILED, str(exc))
        await _end(work, one, Status.FAILED, str(exc), start=Status.DUE)
        await _tell(work, tools, f"not_offered:{one.channel}", "not_offered", {})
    except RetryLater:
        await _end(work, one, Status.DUE, "")
        raise
    except Ambiguous as exc:
        await _end(work, one, Status.MAYBE, str(exc))
    else:
        crash.step("arrivals.shown")
        await _end(work, one, Status.SENT, "", why=f"{one.why} {one.chat_id}")


async def _withdraw(work: Work, one: service.Invited, shows: Recommendations) -> None:
    try:
        await shows.withdraw(one.account, one.identity)
    except Undeliverable as exc:
        if exc.channel_off:
            raise
        await _end(work, one, Status.SENT, str(exc), start=Status.WITHDRAWING)
    else:
        await _end(work, one, Status.WITHDRAWN, "", start=Status.WITHDRAWING)


async def _end(
    work: Work,
    one: service.Invited,
    to: Status,
    error: str,
    *,
    start: Status = Status.UNDER_WAY,
    why: str = "",
) -> None:
    who = "bot" if why else ""
    await work.do(lambda uow: service.move(uow, one.id, start, to, error=error, who=who, why=why))


async def _tell(
    work: Work, tools: Toolbox, key: str, template: str, words: Mapping[str, object]
) -> None:
    def tell(uow: UnitOfWork) -> None:
        text = tools.use(Words)(f"arrivals/{template}.txt.j2", **words)
        tools.use(Notices).tell(uow, key=f"arrivals.{key}", text=text)

    await work.do(tell)


async def survey(work: Work, tools: Toolbox) -> None:
    """List the accounts, and make the links that operators wish for."""
    for channel, fronts in tools.use(Abilities).of(FrontDoors).items():
        await _links(work, channel, fronts)
        listed = await fronts.listed()
        await work.do(lambda uow: doors.replace(uow, channel, listed))  # noqa: B023 - awaited here


async def _links(work: Work, channel: ChannelName, fronts: FrontDoors) -> None:
    for account, scene in await work.look(lambda uow: doors.wished(uow, channel)):
        url, error = "", ""
        try:
            url = await fronts.link(account, scene)
        except Undeliverable as exc:
            if exc.channel_off:
                raise
            error = str(exc)

        def keep(uow: UnitOfWork) -> None:
            doors.made(uow, channel, account, scene=scene, url=url, error=error)  # noqa: B023 - awaited here

        await work.do(keep)


errands = (Errand(INVITE, invite, every_s=60), Errand(SURVEY, survey, every_s=600))
