"""What sections must agree on with each other.

Works on the data as written, so that one wrong section does not hide the mistakes of another.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from bot.config.models import (
    AIBOT,
    CUSTOMER_GROUPS,
    KEFU,
    MP,
    SIMULATOR,
    WECOM_APP,
    Members,
    Server,
)
from bot.config.values import is_loopback
from bot.kernel.checking import Source, describe
from bot.kernel.errors import Problem

_NEEDS: Mapping[str, tuple[str, ...]] = {
    CUSTOMER_GROUPS: ("chat_id", "owner"),
    AIBOT: ("chat_id",),
}
"""What finds a group on a channel. A robot has one group; the simulator goes by our own id."""
_AIBOT_KEYS: Mapping[str, tuple[str, ...]] = {
    "callback": ("token", "encoding_aes_key"),
    "websocket": ("bot_id", "secret"),
}


def disagreements(source: Source) -> list[Problem]:
    """Return what is wrong between the sections of one configuration."""
    return [
        *_open_simulator(source),
        *_bot(source),
        *_opinion(source),
        *_twins(source, "groups", "id"),
        *_twins(source, "advisors", "userid"),
        *_groups(source),
        *_advisors(source),
        *_alerts(source),
        *_recommended(source),
        *_console(source),
        *_reminded(source),
        *_ranked(source),
    ]


def _table(data: Mapping[str, object], *keys: str) -> Mapping[str, object]:
    for key in keys:
        inner = data.get(key)
        data = inner if isinstance(inner, Mapping) else {}
    return data


def _tables(source: Source, key: str) -> list[tuple[int, Mapping[str, object]]]:
    entries = source.data.get(key)
    entries = entries if isinstance(entries, list) else []
    return [(index, entry) for index, entry in enumerate(entries) if isinstance(entry, Mapping)]


def _open_simulator(source: Source) -> Iterator[Problem]:
    simulator = _table(source.data, "channels", "simulator")
    host = _table(source.data, "server").get("host", Server.model_fields["host"].default)
    is_open = isinstance(host, str) and not is_loopback(host)
    asked_for = simulator.get("allow_remote") is True
    if simulator.get("enabled") is True and is_open and not asked_for:
        at = ("channels", "simulator", "enabled")
        message = f"the simulator would be open to everybody who reaches {describe(host)}"
        hint = 'set host = "127.0.0.1" in [server], or allow_remote = true here'
        yield source.problem(at, "open-simulator", message, hint)


def _bot(source: Source) -> Iterator[Problem]:
    if AIBOT not in _table(source.data, "channels"):
        return
    bot = _table(source.data, "channels", AIBOT)
    mode = bot.get("mode", "callback")
    for key in _AIBOT_KEYS.get(mode, ()) if isinstance(mode, str) else ():
        if not bot.get(key):
            message = f'"{key}" is missing: mode = "{mode}" needs it'
            yield source.problem(("channels", AIBOT), "missing-key", message)


def _opinion(source: Source) -> Iterator[Problem]:
    section = _table(source.data, "opinion")
    if section.get("enabled") is not True:
        return
    keyless = is_loopback(_host_of(section.get("base_url")))
    for key in ("base_url", "model", *(() if keyless else ("api_key",))):
        if not section.get(key):
            message = f'"{key}" is missing: enabled = true needs it'
            yield source.problem(("opinion",), "missing-key", message)


def _host_of(address: object) -> str:
    try:
        return urlsplit(address).hostname or "" if isinstance(address, str) else ""
    except ValueError:  # which its own section names
        return ""


def _is_connected(channels: Mapping[str, object]) -> bool:
    """Return True when the bot has its long connection, over which it may begin by itself."""
    return _table(channels, AIBOT).get("mode") == "websocket"


def _twins(source: Source, section: str, key: str) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for index, entry in _tables(source, section):
        if not isinstance(name := entry.get(key), str):
            continue
        at = (section, index, key)
        same = name.lower() if key == "userid" else name  # whose case means nothing
        if same in seen:
            message = f"{key} {describe(name)} is taken by line {seen[same]}"
            yield source.problem(at, "duplicate-name", message)
        seen.setdefault(same, source.line_of(at))


def _groups(source: Source) -> Iterator[Problem]:
    channels = _table(source.data, "channels")
    known = _usable(channels)
    seen: dict[tuple[str, str], int] = {}
    for index, entry in _tables(source, "groups"):
        if not isinstance(channel := entry.get("channel"), str):
            continue
        at = ("groups", index)
        if channel not in known:
            yield source.problem((*at, "channel"), "unknown-channel", *_unknown(channel, known))
        for key in _NEEDS.get(channel, ()) if channel in known else ():
            if not entry.get(key):
                message = f'"{key}" is missing: a group of {channel} is found by it'
                yield source.problem(at, "missing-key", message)
        chat = entry.get("chat_id") if channel in _NEEDS else ""
        place = (channel, chat if isinstance(chat, str) else "")
        if channel != SIMULATOR and (place[1] or channel not in _NEEDS):
            if place in seen:
                message = f"is the same chat as the group on line {seen[place]}"
                yield source.problem((*at, "channel"), "duplicate-name", message)
            seen.setdefault(place, source.line_of(at))


def _usable(channels: Mapping[str, object]) -> list[str]:
    robots = [f"group_robot.{name}" for name in _table(channels, "group_robot")]
    simulated = _table(channels, SIMULATOR).get("enabled") is True
    others = [CUSTOMER_GROUPS] if CUSTOMER_GROUPS in channels else []
    bot = [AIBOT] if _is_connected(channels) else []
    return [*robots, *bot, *others, *([SIMULATOR] if simulated else [])]


def _unknown(channel: str, known: list[str]) -> tuple[str, str]:
    if channel == SIMULATOR:
        return "the simulator is not enabled", "set enabled = true in [channels.simulator]"
    if channel == WECOM_APP:  # message/send reaches members, never a group (path/90236, 2026-07)
        hint = 'for an internal group add a robot and write channel = "group_robot.NAME"'
        return "wecom_app reaches members 1:1, it can't write into a group", hint
    if channel == MP:
        return "mp reaches followers 1:1, an official account is in no group", ""
    if channel == AIBOT:  # path/101463, 2026-07: only its long connection begins by itself
        hint = 'set mode = "websocket" in [channels.aibot], or use channel = "group_robot.NAME"'
        return "aibot answers in callback mode, it can't write into a group by itself", hint
    if channel == KEFU:  # send_msg reaches one customer (path/94677, 2026-07)
        return "kefu reaches customers 1:1, it can't write into a group", ""
    hint = f"a group can be on: {', '.join(known)}" if known else "no channel with groups is there"
    if channel == CUSTOMER_GROUPS:
        hint = "add [channels.customer_groups]"
    return f"no channel {describe(channel)} is configured", hint


def _advisors(source: Source) -> Iterator[Problem]:
    tiers = _table(source.data, "members").get("tiers", Members.model_fields["tiers"].default)
    known = tiers if isinstance(tiers, list | tuple) else ()
    for index, advisor in _tables(source, "advisors"):
        named = advisor.get("tiers")
        for tier in named if isinstance(named, list) else ():
            if isinstance(tier, str) and tier not in known:
                hint = f"known: {', '.join(map(str, known))}; see tiers in [members]"
                message = f"there is no tier {describe(tier)}"
                yield source.problem(("advisors", index, "tiers"), "unknown-tier", message, hint)


def _alerts(source: Source) -> Iterator[Problem]:
    targets = _table(source.data, "alerts").get("to")
    ids = [entry.get("id") for _, entry in _tables(source, "groups")]
    for target in targets if isinstance(targets, list) else []:
        if not isinstance(target, str):
            continue
        kind, _, name = target.partition(":")
        if kind != "group" or name not in ids:
            known = ", ".join(f"group:{group}" for group in ids) or "none, there are no groups"
            message = f"nobody is called {describe(target)}"
            yield source.problem(("alerts", "to"), "unknown-group", message, f"known: {known}")


def _recommended(source: Source) -> Iterator[Problem]:
    """Only a customer group can be recommended to a customer (path/94674, 2026-07)."""
    groups = [entry for _, entry in _tables(source, "groups")]
    can_be = [str(one.get("id")) for one in groups if one.get("channel") == CUSTOMER_GROUPS]
    for scene, group in _table(source.data, "arrivals", "groups").items():
        if isinstance(group, str) and group not in can_be:
            known = f"known: {', '.join(can_be)}" if can_be else "there is no customer group"
            message = f"no customer group has the id {describe(group)}"
            yield source.problem(("arrivals", "groups", scene), "unknown-group", message, known)


def _console(source: Source) -> Iterator[Problem]:
    """A console that nobody could enter helps nobody."""
    console = _table(source.data, "console")
    by_wecom = console.get("wecom_login") is True
    if by_wecom and WECOM_APP not in _table(source.data, "channels"):
        hint = "add [channels.wecom_app]: colleagues sign in by that app"
        message = "there is no app to sign in by"
        yield source.problem(("console", "wecom_login"), "missing-key", message, hint)
    if console.get("password_login") is False and not (by_wecom and _has_supervisor(console)):
        message = "nobody could enter the console and give others a role"
        hint = (
            "set wecom_login = true and name a userid in a [[console.roles]] with"
            ' role = "supervisor", or leave password_login out'
        )
        yield source.problem(("console", "password_login"), "nobody-enters", message, hint)


def _has_supervisor(console: Mapping[str, object]) -> bool:
    roles = console.get("roles")
    return any(
        isinstance(one, Mapping) and one.get("role") == "supervisor" and bool(one.get("userids"))
        for one in (roles if isinstance(roles, list) else ())
    )


def _reminded(source: Source) -> Iterator[Problem]:
    """Who has agreed to a note is reminded by its template, and by nothing else."""
    templates = _table(source.data, "subscriptions", "templates")
    if "remind_at" in _table(source.data, "checkin") and "checkin" not in templates:
        message = "reminders of check-ins need [subscriptions.templates.checkin]"
        hint = "choose a 订阅通知 at 公众平台 and write its template_id there"
        yield source.problem(("checkin", "remind_at"), "missing-key", message, hint)


def _ranked(source: Source) -> Iterator[Problem]:
    """The boards' day is that of the check-ins."""
    grace = _table(source.data, "checkin").get("grace_minutes", 0)
    if _table(source.data, "rankings").get("grace_minutes", 0) != grace:
        message = "the day of the boards begins at another time than that of check-ins"
        hint = f"set grace_minutes = {describe(grace)} in [rankings], as in [checkin]"
        yield source.problem(("rankings", "grace_minutes"), "bad-value", message, hint)
