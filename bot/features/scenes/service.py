"""Use cases of scenes: note by which one somebody came, have codes made."""

from dataclasses import dataclass
from datetime import datetime

from bot.commons import audit, origins
from bot.features.scenes.rules import Wish
from bot.kernel.abilities import Errands
from bot.kernel.errors import Refusal
from bot.kernel.following import SceneCode
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

MAKE = "scenes.make"

_GREETING = Statement(
    "SELECT greeting FROM scene_codes WHERE channel = :channel AND scene = :scene"
)
_ASK = Statement(
    "INSERT INTO scene_codes (channel, scene, title, greeting, lives_s, status, asked_by, asked_at,"
    " picture_url, url, reason)"
    " VALUES (:channel, :scene, :title, :greeting, :lives_s, 'asked', :who, :now, '', '', '')"
    " ON CONFLICT (channel, scene) DO NOTHING RETURNING id"
)
_AGAIN = Statement(
    "UPDATE scene_codes SET status = 'asked', reason = '' WHERE id = :id AND channel = :channel"
    " AND (status = 'refused' OR (status = 'made' AND expires_at <= :now)) RETURNING scene"
)
_GREET = Statement(
    "UPDATE scene_codes SET greeting = :greeting WHERE id = :id AND channel = :channel"
    " RETURNING scene"
)
_ASKED = Statement(
    "SELECT id, scene, lives_s FROM scene_codes WHERE channel = :channel AND status = 'asked'"
    " ORDER BY id LIMIT :most"
)
_MADE = Statement(
    "UPDATE scene_codes SET status = 'made', picture_url = :picture, url = :url,"
    " expires_at = :expires_at, reason = '' WHERE id = :id AND status = 'asked'"
)
_REFUSED = Statement(
    "UPDATE scene_codes SET status = 'refused', reason = :reason"
    " WHERE id = :id AND status = 'asked' RETURNING 1"
)
_CODES = Statement(
    "SELECT id, scene, title, greeting, status, picture_url, expires_at, reason"
    " FROM scene_codes WHERE channel = :channel ORDER BY id DESC LIMIT :most"
)
_SCENES = Statement("SELECT scene FROM scene_codes WHERE channel = :channel")


class SceneTaken(Refusal):
    """There is a code of this scene already; nothing was written."""

    template = "scenes/taken.txt.j2"


class NotAgain(Refusal):
    """That code is not there, or still good; nothing was written."""

    template = "scenes/not_again.txt.j2"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A code that the platform has to make."""

    id: int
    scene: str
    lives_s: int | None


@dataclass(frozen=True, slots=True)
class Code:
    """A code, and how many came by it."""

    id: int
    scene: str
    title: str
    greeting: str
    status: str
    picture_url: str
    expires_at: datetime | None
    reason: str
    arrived: int
    followed: int


def arrive(
    uow: UnitOfWork,
    member: MemberId,
    channel: ChannelName,
    scene: str,
    at: datetime,
    *,
    followed: bool,
) -> str:
    """Note that somebody came by a scene; return what is said to her, empty for nothing."""
    origins.came(uow, member, origins.Place(channel, scene), at, followed=followed)
    rows = uow.run(_GREETING, channel=channel, scene=scene)
    return str(rows[0][0]) if rows else ""


def ask(uow: UnitOfWork, errands: Errands, channel: ChannelName, wish: Wish, who: str) -> None:
    """Have a code made.

    Raises:
        SceneTaken: there is one of this scene.
    """
    now = micros(uow.clock.now())
    rows = uow.run(
        _ASK,
        channel=channel,
        scene=wish.scene,
        title=wish.title,
        greeting=wish.greeting,
        lives_s=wish.lives_s,
        who=who,
        now=now,
    )
    if not rows:
        raise SceneTaken(wish.scene, scene=wish.scene)
    audit.record(uow, who, "scenes.asked", wish.scene)
    errands.soon(uow, MAKE)


def ask_again(uow: UnitOfWork, errands: Errands, channel: ChannelName, code: int, who: str) -> str:
    """Have a code made anew that ended or was refused; return its scene.

    Raises:
        NotAgain: it is still good.
    """
    rows = uow.run(_AGAIN, id=code, channel=channel, now=micros(uow.clock.now()))
    if not rows:
        raise NotAgain(f"code {code}")
    audit.record(uow, who, "scenes.asked", str(rows[0][0]))
    errands.soon(uow, MAKE)
    return str(rows[0][0])


def greet(uow: UnitOfWork, channel: ChannelName, code: int, greeting: str, who: str) -> str:
    """Change what is said to whoever scans a code; return its scene.

    Raises:
        NotAgain: there is no such code.
    """
    rows = uow.run(_GREET, id=code, channel=channel, greeting=greeting)
    if not rows:
        raise NotAgain(f"code {code}")
    audit.record(uow, who, "scenes.greeting", str(rows[0][0]))
    return str(rows[0][0])


def wanted(uow: UnitOfWork, channel: ChannelName, *, most: int) -> list[Wanted]:
    """Return the codes that the platform has to make."""
    return [
        Wanted(integer(number), str(scene), None if lives is None else integer(lives))
        for number, scene, lives in uow.run(_ASKED, channel=channel, most=most)
    ]


def made(uow: UnitOfWork, code: int, by: SceneCode) -> None:
    """Note what the platform made."""
    ends = None if by.expires_at is None else micros(by.expires_at)
    uow.run(_MADE, id=code, picture=by.picture_url, url=by.url, expires_at=ends)


def refused(uow: UnitOfWork, code: int, reason: str) -> bool:
    """Note why the platform refused a code; False when that was known."""
    return bool(uow.run(_REFUSED, id=code, reason=reason))


def codes(uow: UnitOfWork, channel: ChannelName, *, most: int) -> list[Code]:
    """Return the codes, the newest first."""
    return [
        Code(
            integer(number),
            str(scene),
            str(title),
            str(greeting),
            str(status),
            str(picture),
            None if ends is None else instant(ends),
            str(reason),
            *origins.counted(uow, channel, str(scene)),
        )
        for number, scene, title, greeting, status, picture, ends, reason in (
            uow.run(_CODES, channel=channel, most=most)
        )
    ]


def other_scenes(uow: UnitOfWork, channel: ChannelName, *, most: int) -> list[tuple[str, int]]:
    """Return scenes that nobody asked for here, with how many came by them."""
    ours = {scene for (scene,) in uow.run(_SCENES, channel=channel)}
    came = origins.scenes(uow, channel, most=most + len(ours))
    return [(scene, many) for scene, many, _ in came if scene not in ours][:most]
