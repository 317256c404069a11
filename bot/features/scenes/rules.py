"""What an operator may ask for: how a scene is called, how long its code lives, what it says."""

import re
from dataclasses import dataclass

from bot.kernel.words import count_in

DAY_S = 86_400
MOST_DAYS = 30
"""A code that ends lives for 30 days at most (doc/service, qrcode/qrcodes/api_createqrcode)."""
TITLE_CHARS, GREETING_CHARS = 40, 500
_SCENE = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Wish:
    """A code that an operator wants."""

    scene: str
    title: str
    greeting: str
    lives_s: int | None


def wish_in(scene: str, title: str, greeting: str, days: str) -> Wish | str:
    """Return what a form asks for, or the name of the field that is wrong."""
    scene, title, greeting, days = (word.strip() for word in (scene, title, greeting, days))
    if not _SCENE.fullmatch(scene):
        return "scene"
    if not 1 <= len(title) <= TITLE_CHARS or not title.isprintable():
        return "title"
    if len(greeting) > GREETING_CHARS:
        return "greeting"
    if not days:
        return Wish(scene, title, greeting, None)
    if not (number := count_in(days, MOST_DAYS)):
        return "days"
    return Wish(scene, title, greeting, number * DAY_S)
