"""The operators' page of QR codes: have one made, see who came by it."""

from collections.abc import Mapping

from bot.features.scenes import service
from bot.features.scenes.rules import GREETING_CHARS, MOST_DAYS, TITLE_CHARS, Wish, wish_in
from bot.kernel.abilities import Abilities, Errands
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.following import SceneCodes
from bot.kernel.ids import ChannelName
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

_CODES_SHOWN = 100
_OTHERS_SHOWN = 20


class BadWish(Refusal):
    """A field of the form is wrong; nothing was written."""

    template = "scenes/bad_wish.txt.j2"


class NoCodes(Refusal):
    """No channel here makes codes."""

    template = "scenes/no_codes.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, _query: Mapping[str, str]) -> Mapping[str, object]:
    channel, zone = _channel(tools), tools.use(Community).zone
    codes = service.codes(uow, channel, most=_CODES_SHOWN) if channel else []
    now = uow.clock.now()
    return {
        "channel": channel,
        "most_days": MOST_DAYS,
        "title_chars": TITLE_CHARS,
        "greeting_chars": GREETING_CHARS,
        "codes": [
            {
                "code": code,
                "ends": f"{code.expires_at.astimezone(zone):%Y-%m-%d %H:%M}"
                if code.expires_at
                else "",
                "is_over": code.expires_at is not None and code.expires_at <= now,
            }
            for code in codes
        ],
        "others": service.other_scenes(uow, channel, most=_OTHERS_SHOWN) if channel else [],
    }


def _channel(tools: Toolbox) -> ChannelName | None:
    return tools.use(Abilities).home(SceneCodes)


def _needed(tools: Toolbox) -> ChannelName:
    if (channel := _channel(tools)) is None:
        raise NoCodes("no channel makes codes")
    return channel


def _number(form: Mapping[str, str]) -> int:
    return number_in(form.get("code", "")) or 0


def _make(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    fields = (form.get(name, "") for name in ("scene", "title", "greeting", "days"))
    wish = wish_in(*fields)
    if not isinstance(wish, Wish):
        raise BadWish(wish, field=wish)
    service.ask(uow, tools.use(Errands), _needed(tools), wish, who)
    return tools.use(Words)("scenes/asked.txt.j2", scene=wish.scene)


def _again(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    scene = service.ask_again(uow, tools.use(Errands), _needed(tools), _number(form), who)
    return tools.use(Words)("scenes/asked.txt.j2", scene=scene)


def _greet(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    greeting = form.get("greeting", "").strip()
    if len(greeting) > GREETING_CHARS:
        raise BadWish("greeting", field="greeting")
    scene = service.greet(uow, _needed(tools), _number(form), greeting, who)
    return tools.use(Words)("scenes/greets.txt.j2", scene=scene)


pages = (
    Page(
        "scenes",
        "公众号二维码",
        "scenes/scenes.html.j2",
        _load,
        {"make": _make, "again": _again, "greet": _greet},
        aisle=Aisle.SYSTEM,
    ),
)
