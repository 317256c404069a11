"""Looks at pictures beside the writer, once they were fetched."""

import asyncio
from datetime import timedelta

import structlog

from bot.commons import photos
from bot.commons.media import Ref, Status, likeness
from bot.commons.photos import LOOK, Shot
from bot.features.photos import asking
from bot.kernel.feature import Errand
from bot.kernel.files import FileStore
from bot.kernel.ports import Work
from bot.kernel.work import Toolbox, UnitOfWork

log = structlog.get_logger(__name__)

_AGAIN_S = 2.0
_UNSEEN_AFTER = timedelta(minutes=10)


async def _look(work: Work, tools: Toolbox) -> float | None:
    """Look at every picture whose file is there; come back soon for the others."""
    waiting = await work.look(photos.coming)
    left = [shot for shot, ref in waiting if not await _one(work, tools, shot, ref)]
    return _AGAIN_S if left else None


async def _one(work: Work, tools: Toolbox, shot: Shot, ref: Ref | None) -> bool:
    """Look at one picture; False when it is still on its way."""
    if ref is None:  # this channel hands out no files, or not yet
        return await work.do(lambda uow: _unseen(uow, shot))
    if ref.status is Status.WAITING:
        return False
    digest = ref.file.digest if ref.file else ""
    shape = await asyncio.to_thread(_shape, tools.use(FileStore), digest) if digest else ""
    await work.do(lambda uow: asking.looked(uow, tools, shot, digest, shape))
    log.info("photos.looked", photo=shot.id, seen=bool(shape))
    return True


def _unseen(uow: UnitOfWork, shot: Shot) -> bool:
    if uow.clock.now() - shot.at < _UNSEEN_AFTER:
        return False
    asking.unseen(uow, shot)
    return True


def _shape(store: FileStore, digest: str) -> str:
    try:
        with store.open(digest) as file:
            return likeness.shape_in(file.read())
    except OSError:
        return ""


errands = (Errand(LOOK, _look, every_s=60),)
