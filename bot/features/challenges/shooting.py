"""A picture comes in: whether it is for a challenge, and what is said once it was looked at."""

from datetime import date

from bot.commons import outreach
from bot.commons.outreach import Letter, Purpose
from bot.features.challenges import photos, reads, service, windows
from bot.features.challenges.photos import Photo, Shot
from bot.features.challenges.reads import View
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.messages import Update, UpdateKind
from bot.kernel.words import closed, plain
from bot.kernel.work import Toolbox, UnitOfWork

LOOK = "challenges.look"
"""The errand that looks at pictures."""
_WORDS = ("打卡", "签到")


def challenges_for(uow: UnitOfWork, tools: Toolbox, member: MemberId, day: date) -> list[View]:
    """Return the challenges of a day that ask her for pictures."""
    if not windows.wants_photos(uow, tools, day):
        return []
    found = [view for view in reads.open_on(uow, day) if view.terms.photo]
    return [view for view in found if reads.part_of(uow, view.id, member) is not None]


def take(uow: UnitOfWork, tools: Toolbox, member: MemberId, update: Update) -> bool:
    """Take note of the pictures of an update, if a challenge wants them."""
    day = tools.use(Community).day_of(update.at)
    if not challenges_for(uow, tools, member, day):
        return False
    said = closed(plain(update.text))
    with_word = any(word in said for word in _WORDS)
    places = _places(update)
    taken = [photos.take(uow, member, day, update, place, with_word=with_word) for place in places]
    return any(taken)


def _places(update: Update) -> list[int]:
    """Return where pictures may be among what came with an update, and what it quotes."""
    if update.kind is UpdateKind.IMAGE or (update.kind is UpdateKind.TEXT and update.media):
        return list(range(len(update.media)))
    return list(range(len(update.media), len(update.media) + len(update.quoted)))


def looked(uow: UnitOfWork, tools: Toolbox, shot: Shot, digest: str, shape: str) -> None:
    """Note what a picture looks like; count its day anew, or ask about it."""
    state = photos.looked(uow, shot, digest, shape)
    if state is Photo.KEPT:
        service.heard(uow, tools, shot.member, shot.day)
    elif state is not None:
        earlier = photos.one(uow, shot.id)
        like = photos.one(uow, earlier.like) if earlier and earlier.like else None
        is_hers = like is not None and like.member == shot.member
        _ask(uow, tools, shot, like.day if like and is_hers else None, state)


def _ask(uow: UnitOfWork, tools: Toolbox, shot: Shot, day: date | None, state: Photo) -> None:
    """Ask kindly; whose the other picture is nobody is told."""
    letter = Letter(
        key=f"challenges.photo:{shot.id}",
        subject="挑战的照片",
        purpose=Purpose.SERVICE,
        template="challenges/photo_asked.txt.j2",
        data={"day": day, "failed": state is Photo.FAILED},
    )
    outreach.tell(uow, tools, shot.member, letter)


def unseen(uow: UnitOfWork, tools: Toolbox, shot: Shot) -> None:
    """Let a picture count that this channel does not hand out: nobody can look at it."""
    photos.keep_unseen(uow, shot)
    service.heard(uow, tools, shot.member, shot.day)
