"""Gives the pictures that members sent to the bot, as a platform does: later, by their names."""

import math

from typing_extensions import override

from bot.channels.simulator import reads
from bot.kernel.abilities import MediaSource, Missing, NotFetched
from bot.kernel.files import Intake
from bot.kernel.messages import Media
from bot.kernel.ports import Work

IMAGE_REF = "simulator:image:"


class Pictures(MediaSource):
    """The pictures in the simulator's own table."""

    lives_s = math.inf

    def __init__(self, work: Work) -> None:
        self._work = work

    @override
    async def fetch(self, media: Media, most_bytes: int, into: Intake) -> str:
        number = media.ref.removeprefix(IMAGE_REF)
        if not number.isdecimal():
            raise NotFetched(Missing.GONE, "the simulator has no such picture")
        picture = await self._work.look(lambda uow: reads.image(uow, int(number)))
        if picture is None:
            raise NotFetched(Missing.GONE, "the simulator has no such picture")
        if len(picture.data) > most_bytes:
            raise NotFetched(Missing.TOO_LARGE, "the picture is larger than is taken")
        await into.take(picture.data)
        return ""
