"""The operators' page of pictures that are like earlier ones: they decide."""

from collections.abc import Mapping

from bot.commons import audit, members, photos
from bot.commons.photos import Shot
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.events import PhotoSettled
from bot.kernel.feature import Metric
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

_MOST = 50


class NothingToJudge(Refusal):
    """The picture is not as the page showed it; nothing was written."""

    template = "photos/nothing_to_judge.txt.j2"


def _load(uow: UnitOfWork, _tools: Toolbox, _query: Mapping[str, str]) -> Mapping[str, object]:
    return {"photos": [_photo(uow, shot) for shot in photos.to_see(uow, most=_MOST)]}


def _photo(uow: UnitOfWork, shot: Shot) -> Mapping[str, object]:
    like = photos.one(uow, shot.like) if shot.like else None
    return {
        "it": shot,
        "name": members.display_name(uow, shot.member) or "",
        "like": like,
        "is_hers": like is not None and like.member == shot.member,
    }


def _judge(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    good = form.get("good") == "1"
    shot = photos.judge(uow, number_in(form.get("photo", "")) or 0, good=good)
    if shot is None:
        raise NothingToJudge("no such picture")
    uow.publish(PhotoSettled(shot.member, shot.day))
    said = f"photo {shot.id} {'counts' if good else 'does not count'}"
    audit.record(uow, who, "photos.judged", said, member=shot.member)
    return tools.use(Words)("photos/judged.txt.j2", good=good)


pages = (
    Page(
        "photos",
        "挑战照片",
        "photos/photos.html.j2",
        _load,
        {"judge": _judge},
        aisle=Aisle.PLAY,
    ),
)
metrics = (
    Metric(
        "photos_to_see",
        "Pictures like earlier ones that nobody has decided about",
        photos.count_to_see,
        "要看的挑战照片",
        waits_on="photos",
    ),
)
