"""Draws pictures beside the writer, keeps them, and queues their messages."""

import asyncio

import structlog

from bot.commons import media, pictures
from bot.features.pictures.rules import PictureSettings
from bot.kernel import crash
from bot.kernel.errors import CannotStore
from bot.kernel.feature import Errand
from bot.kernel.files import FileStore
from bot.kernel.ports import Work
from bot.kernel.work import Toolbox

log = structlog.get_logger(__name__)

_MOST_TRIES = 3
_PNG = "image/png"


async def _draw(work: Work, tools: Toolbox) -> None:
    """Draw what is due, the oldest first; what can't be kept now is left for later."""
    if not await work.look(pictures.has_due):
        return
    while (task := await work.do(pictures.claim)) is not None:
        try:
            await _one(work, tools, task)
        except CannotStore:
            log.exception("pictures.no_room", picture=task.id)
            return
        except Exception:
            log.exception("pictures.failed", picture=task.id, tries=task.tries)
            if task.tries >= _MOST_TRIES:
                await _give_up(work, tools, task)


async def _one(work: Work, tools: Toolbox, task: pictures.Task) -> None:
    store, days = tools.use(FileStore), tools.use(PictureSettings).keep_days
    file = task.drawn
    if file is None or not await store.exists(file.digest):
        content = await asyncio.to_thread(pictures.draw, task.drawing, store.open)
        crash.step("pictures.drawn")
        async with store.receive() as intake:
            await intake.take(content)
            file = media.File(await intake.keep(), intake.size, _PNG)
    crash.step("pictures.kept")
    kept = file
    done = await work.do(lambda uow: pictures.send(uow, tools, task.id, kept, days=days))
    crash.step("pictures.sent")
    if done:
        log.info("pictures.sent", picture=task.id, bytes=file.bytes, tries=task.tries)


async def _give_up(work: Work, tools: Toolbox, task: pictures.Task) -> None:
    await work.do(lambda uow: pictures.fail(uow, tools, task.id))


errands = (Errand(pictures.DRAW, _draw, every_s=30),)
