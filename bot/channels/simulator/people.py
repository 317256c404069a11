"""Who is there before anybody was added: the cast of the demo."""

from dataclasses import dataclass

BOT = "bot"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can speak on the page."""

    id: str
    name: str


CAST = (
    Person("amei", "阿美"),
    Person("xiaoyu", "小鱼"),
    Person("wangjie", "王姐"),
    Person("linlin", "琳琳"),
    Person("azhen", "阿珍"),
)
CAST_NAMES = {person.id: person.name for person in CAST}
