"""How the doors of the family are examined, and what an operator mends where.

Only calls that change nothing and send nothing (path/91039, 90313, 92521, 92120, 92571 and the
list of 微信客服 accounts, 2026-07). An address with a token or a secret in it is never repeated.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from ipaddress import ip_address

from bot.channels.wecom.client import TokenApi
from bot.channels.wecom.http import Answer, text_in
from bot.channels.wecom.meaning import trouble_in
from bot.channels.wecom.reading import rows_in
from bot.kernel.checkup import Finding, Level
from bot.kernel.clock import Clock
from bot.kernel.errors import PlatformError

Ask = Callable[[], Awaitable[Answer]]

_SKEW_S = 60.0
_PAGE = 100
_MOST_ACCOUNTS = 5_000
NO_QUOTA = Finding("quota", "what is left of it: not offered by the platform", Level.NOTE)
_SECRET = Finding(
    "token",
    "the platform refuses the secret",
    hint="copy the app's Secret anew from the admin console (应用管理), it may have been reset;"
    " asked too often with a wrong one, the platform locks this address out for an hour",
    key="secret",
)
_CORP = Finding(
    "token",
    "the platform does not know this corp id",
    hint="copy 企业 ID from the admin console, 我的企业 → 企业信息",
    key="corp_id",
)
_ADDRESS = Finding(
    "trusted-ip",
    "the platform does not trust the address of this machine",
    hint="add it in the admin console: the app → 企业可信IP",
)
_PERMISSION = Finding(
    "permission", "the app lacks the permission", hint="grant it in the admin console"
)
_TAKEN = Finding(
    "permission",
    "the platform has taken the permission back",
    hint="an administrator finds the reason in the admin console: revoked, unused for long, rules",
)
_SCOPE = Finding(
    "permission",
    "somebody or something is outside of the app's range",
    hint="widen it in the admin console: the app → 可见范围, 客户联系 → 使用范围",
)
_OFF = Finding(
    "token", "the app is disabled", hint="an administrator enables it in the admin console"
)
_TOKEN = Finding(
    "token",
    "the platform gives a token and then refuses it",
    hint="is another program fetching tokens with this secret? check it, then run bot doctor again",
    key="secret",
)
_BUSY = Finding(
    "limit",
    "the platform asks for patience",
    Level.WARNING,
    "too many calls in the last minute; run bot doctor again in a few minutes",
)
MEANINGS: Mapping[int, Finding] = {
    **dict.fromkeys((40001, 40125, 41004), _SECRET),
    **dict.fromkeys((40013, 41002), _CORP),
    **dict.fromkeys((40014, 42001), _TOKEN),
    60020: _ADDRESS,
    **dict.fromkeys((48001, 48002, 48009), _PERMISSION),
    **dict.fromkeys((48004, 48006, 48011, 90510), _TAKEN),
    48007: replace(
        _PERMISSION,
        message="the app may not manage 微信客服 accounts",
        hint="admin console: 微信客服 → 可调用接口的应用, then 通过API管理会话消息",
    ),
    48010: Finding("tls", "the TLS of this machine is too old for the platform"),
    50003: _OFF,
    **dict.fromkeys((60011, 60021, 60030, 60031), _SCOPE),
    **dict.fromkeys((45009, 45011, 45033), _BUSY),
}
"""What a code means for the configuration (path/90313, 2026-07)."""


def finding_of(
    error: PlatformError, doing: str, meanings: Mapping[int, Finding] = MEANINGS
) -> Finding:
    """Return what an error says about the configuration, or about the way to the platform."""
    if error.code > 0:
        known = meanings.get(error.code)
        found = known or Finding("platform", "the platform refuses", hint=_look_up(error.code))
        level = found.level if found.level is not Level.OK else Level.PROBLEM
        words = f"{doing}: {found.message} (errcode {error.code}{_address_in(str(error))})"
        return replace(found, message=words, level=level)
    return _of_the_way(error, doing)


def _look_up(code: int) -> str:
    return f"look {code} up in the platform's list of return codes (全局错误码)"


def _address_in(reason: str) -> str:
    """Return our own address as the platform sees it, where an error's text ends with it."""
    for word in reason.partition(";")[0].split(", ")[1:]:
        try:
            return f", from {ip_address(word.strip())}"
        except ValueError:
            continue
    return ""


def _of_the_way(error: PlatformError, doing: str) -> Finding:
    """Return what stands between us and the platform; nothing of it is in the configuration."""
    reason = str(error).partition(";")[0]
    trouble = trouble_in(reason)
    if "Certificate" in reason or "SSL" in reason:
        hint = "is api_base right, the clock of this machine, and its ca-certificates up to date?"
        return Finding(
            "tls", f"{doing}: the certificate is not to be trusted", Level.OUTSIDE, hint, "api_base"
        )
    if trouble.unreachable:
        hint = "check api_base, this machine's DNS, firewall and way out"
        return Finding(
            "reach", f"{doing}: the platform cannot be reached", Level.OUTSIDE, hint, "api_base"
        )
    if trouble.gateway:
        what = next((f"HTTP {word}" for word in reason.split() if word.isdigit()), "something")
        hint = "a proxy, a gateway or a log-in page stands in between, or api_base is wrong"
        return Finding(
            "reach", f"{doing}: not the platform answers ({what})", Level.OUTSIDE, hint, "api_base"
        )
    if error.code:
        return Finding("reach", f"{doing}: the platform stumbled", Level.OUTSIDE, "try again")
    hint = "the network or the platform is slow; try again"
    return Finding("reach", f"{doing}: no answer that can be read", Level.OUTSIDE, hint, "api_base")


async def examine(
    api: TokenApi,
    clock: Clock,
    window_s: float,
    further: AsyncIterator[Finding],
    meanings: Mapping[int, Finding] = MEANINGS,
) -> AsyncIterator[Finding]:
    """Ask for a token and for the time; with a token, find out `further` what it is good for."""
    await api.start()
    try:
        token, time = await asyncio.gather(_token(api, meanings), _clock(api, clock, window_s))
        yield token
        if token.level is not Level.OUTSIDE:
            yield time
        if token.level is Level.OK:
            async for found in further:
                yield found
    finally:
        await api.stop()


async def _token(api: TokenApi, meanings: Mapping[int, Finding]) -> Finding:
    try:
        await api.token()
    except PlatformError as exc:
        return finding_of(exc, "token", meanings)
    return Finding("token", "the platform gives a token")


async def _clock(api: TokenApi, clock: Clock, window_s: float) -> Finding:
    before = clock.now()
    try:
        there = await api.time_there()
    except PlatformError:
        there = None
    if there is None:
        return Finding("clock", "the platform does not say what time it is", Level.NOTE)
    after = clock.now()
    skew_s = ((before - there) + (after - before) / 2).total_seconds()
    if abs(skew_s) <= _SKEW_S:
        return Finding("clock", "agrees with the platform's to the minute")
    way = "fast" if skew_s > 0 else "slow"
    message = f"the clock of this machine is {abs(skew_s):.0f} s {way}"
    hint = "let it be set over the network: timedatectl set-ntp true"
    if abs(skew_s) > window_s:
        message += f": every callback is refused (accept_window_s is {window_s:.0f})"
        return Finding("clock", message, Level.PROBLEM, hint)
    return Finding("clock", message, Level.WARNING, hint)


async def permitted(
    ask: Ask, what: str, meanings: Mapping[int, Finding] = MEANINGS
) -> tuple[Finding, Answer]:
    """Try a call that reads; return what it says about the permission, and its answer."""
    try:
        answer = await ask()
    except PlatformError as exc:
        return finding_of(exc, what, meanings), {}
    return Finding("permission", f"{what}: allowed"), answer


async def app(api: TokenApi, agent_id: int, console_host: str = "") -> AsyncIterator[Finding]:
    """Examine the app (自建应用): its one harmless call is the list of callback addresses.

    Where colleagues sign in to the console by it, its card tells which domain it trusts.
    """
    yield (await permitted(lambda: api.ask("/cgi-bin/getcallbackip"), "getcallbackip"))[0]
    if console_host:
        async for found in _console(api, agent_id, console_host):
            yield found
    yield Finding(
        "agent",
        f"whether {agent_id} is this secret's app shows only a message: not tried",
        Level.NOTE,
        key="agent_id",
    )
    yield NO_QUOTA


async def _console(api: TokenApi, agent_id: int, host: str) -> AsyncIterator[Finding]:
    """Examine what signing in to the console needs of the app (path/90227)."""
    query = {"agentid": str(agent_id)}
    found, card = await permitted(lambda: api.ask("/cgi-bin/agent/get", query), "agent/get")
    if found.level is not Level.OK:
        yield replace(found, check="console-login", key="agent_id")
        return
    trusted = text_in(card, "redirect_domain")
    if trusted.lower() != host.lower():
        message = f"the app trusts {trusted or 'no domain'}, the console is at {host}"
        hint = "admin console: the app → 网页授权及JS-SDK → 可信域名, the host of public_url"
        yield Finding("console-login", message, Level.PROBLEM, hint)
    else:
        yield Finding("console-login", f"the app trusts {host}: sign-in inside of WeCom works")
    message = f"whether {host} is its 授权回调域 for scanning, the platform does not say"
    hint = "admin console: the app → 企业微信授权登录 → Web网页 → 授权回调域"
    yield Finding("console-login", message, Level.NOTE, hint)


async def kefu(api: TokenApi, books: Sequence[str]) -> AsyncIterator[Finding]:
    """Examine 微信客服: every configured account must be there, and be ours to speak for."""
    found, ours = await _accounts_of(api, books)
    yield found
    if found.level is Level.OK:
        for book in books:
            yield _account(book, ours)
    yield NO_QUOTA


async def _accounts_of(api: TokenApi, books: Sequence[str]) -> tuple[Finding, Mapping[str, object]]:
    """Turn the pages of the list of accounts until all configured ones are found."""
    ours: dict[str, object] = {}
    offset = 0
    while True:
        body = {"offset": offset, "limit": _PAGE}
        ask = partial(api.call, "/cgi-bin/kf/account/list", body, sends=False)
        found, answer = await permitted(ask, "kf/account/list")
        listed = {
            str(row.get("open_kfid")): row.get("manage_privilege")
            for row in rows_in(answer, "account_list")
        }
        ours |= listed
        offset += _PAGE
        if not listed or ours.keys() >= set(books) or offset >= _MOST_ACCOUNTS:
            return found, ours


def _account(book: str, ours: Mapping[str, object]) -> Finding:
    if book not in ours:
        hint = "copy the id from the list of accounts, or give the account to this app"
        return Finding(
            "account", f"there is no account {book}", Level.PROBLEM, hint, key="open_kfids"
        )
    if ours[book] is False:
        hint = "admin console: 微信客服 → the app → 通过API管理会话消息, add the account"
        message = f"{book} is not given to this app"
        return Finding("account", message, Level.PROBLEM, hint, key="open_kfids")
    return Finding("account", f"{book} is this app's")


async def groups(api: TokenApi, owners: Sequence[str] = ()) -> AsyncIterator[Finding]:
    """Examine 客户联系: one group of the list, and whether the owners may serve customers."""
    body: dict[str, object] = {"status_filter": 0, "limit": 1}
    if owners:
        body["owner_filter"] = {"userid_list": list(owners[:100])}
    path = "/cgi-bin/externalcontact/groupchat/list"
    yield (await permitted(lambda: api.call(path, body, sends=False), "groupchat/list"))[0]
    path = "/cgi-bin/externalcontact/get_follow_user_list"
    found, answer = await permitted(lambda: api.ask(path), "get_follow_user_list")
    yield found
    listed = answer.get("follow_user")
    if found.level is Level.OK and isinstance(listed, list):
        known = {str(name).lower() for name in listed}
        for owner in owners:
            if owner.lower() not in known:
                hint = "admin console: 客户联系 → 权限配置 → 使用范围, add the member"
                message = f"{owner} may not serve customers: no groups, no mass sends"
                yield Finding("owner", message, Level.PROBLEM, hint, key="group_owners")
    yield NO_QUOTA
