"""What is said of a picture once it was looked at, and who hears that it counts."""

from datetime import date

from bot.commons import outreach, photos
from bot.commons.outreach import Letter, Purpose
from bot.commons.photos import Photo, Shot
from bot.kernel.events import PhotoSettled
from bot.kernel.work import Toolbox, UnitOfWork


def looked(uow: UnitOfWork, tools: Toolbox, shot: Shot, digest: str, shape: str) -> None:
    """Note what a picture looks like; tell that it counts, or ask about it."""
    state = photos.looked(uow, shot, digest, shape)
    if state is Photo.KEPT:
        uow.publish(PhotoSettled(shot.member, shot.day))
    elif state is not None:
        earlier = photos.one(uow, shot.id)
        like = photos.one(uow, earlier.like) if earlier and earlier.like else None
        is_hers = like is not None and like.member == shot.member
        _ask(uow, tools, shot, like.day if like and is_hers else None, state)


def _ask(uow: UnitOfWork, tools: Toolbox, shot: Shot, day: date | None, state: Photo) -> None:
    """Ask kindly; whose the other picture is nobody is told."""
    letter = Letter(
        key=f"photos.asked:{shot.id}",
        subject="挑战的照片",
        purpose=Purpose.SERVICE,
        template="photos/asked.txt.j2",
        data={"day": day, "failed": state is Photo.FAILED},
    )
    outreach.tell(uow, tools, shot.member, letter)


def unseen(uow: UnitOfWork, shot: Shot) -> None:
    """Let a picture count that this channel does not hand out: nobody can look at it."""
    photos.keep_unseen(uow, shot)
    uow.publish(PhotoSettled(shot.member, shot.day))
