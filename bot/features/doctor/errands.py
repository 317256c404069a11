"""Examines the house and its doors when somebody has asked for it."""

from functools import partial

from bot.features.doctor import service
from bot.kernel import crash
from bot.kernel.checkup import Doctor
from bot.kernel.feature import Errand
from bot.kernel.ports import Work
from bot.kernel.work import Toolbox


async def examine(work: Work, tools: Toolbox) -> None:
    """Examine what was asked for, and keep what is found door by door."""
    while (run := await work.look(service.next_run)) is not None:
        doctor = tools.use(Doctor)
        await work.do(partial(service.begin, run=run, doors=len(doctor.doors)))
        done = 0
        async for _, found in doctor.examine():
            done += 1
            await work.do(partial(service.keep, run=run, found=found, done=done))
            crash.step("doctor.kept")
        await work.do(partial(service.end, run=run))


errands = (Errand(service.EXAMINE, examine, every_s=600),)
