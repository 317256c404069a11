"""Puts calendar files into the store, beside the writer, and queues their messages."""

from functools import partial

from bot.commons import media
from bot.features.salons import calendars
from bot.kernel.feature import Errand
from bot.kernel.files import UNKNOWN, FileStore
from bot.kernel.ports import Work
from bot.kernel.work import Toolbox


async def _send(work: Work, tools: Toolbox) -> None:
    store = tools.use(FileStore)
    for each in await work.look(calendars.due):
        async with store.receive() as intake:
            await intake.take(each.content)
            file = media.File(await intake.keep(), intake.size, UNKNOWN)
        await work.do(partial(calendars.send, each=each, file=file))


errands = (Errand(calendars.SEND, _send, every_s=60),)
