"""How an official account is examined, and what an operator mends where (doc/service, 2026-07)."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

from bot.channels.wecom.checkup import NO_QUOTA, examine, permitted
from bot.channels.wecom.client import TokenApi
from bot.channels.wecom.http import Answer
from bot.channels.wecom.mp.errors import SENDS
from bot.kernel.checkup import Finding, Level
from bot.kernel.clock import Clock

_QUOTA = "/cgi-bin/openapi/quota/get"  # doc/service/api/apimanage/api_getapiquota, 2026-07
_FEW = 100
_UNTOLD = frozenset({"platform", "reach"})
"""What the question for the quota may come to without anything being wrong."""
_SECRET = Finding(
    "token",
    "the platform refuses the AppSecret",
    hint="copy it anew from 公众平台 → 开发接口管理, it may have been reset",
    key="secret",
)
_ACCOUNT = Finding(
    "token",
    "the platform does not know this AppID",
    hint="copy it from 公众平台 → 开发接口管理",
    key="app_id",
)
_ADDRESS = Finding(
    "trusted-ip",
    "the address of this machine is not on the account's IP 白名单",
    hint="add it: 公众平台 → 开发接口管理 → IP 白名单",
)
_TOKEN = Finding(
    "token",
    "the platform gives a token and then refuses it",
    hint="is another program fetching tokens of this account? let it use stable_token, too",
    key="secret",
)
_PERMISSION = Finding(
    "permission",
    "the account lacks the permission",
    hint="公众平台 → 接口权限; most need a verified (已认证) account",
)
_BLOCKED = Finding(
    "permission",
    "the platform has blocked the interface",
    hint="公众平台 shows the notice with the reason",
)
_BUSY = Finding(
    "limit",
    "the platform asks for patience",
    Level.WARNING,
    "the minute's or the day's calls are used up; 公众平台 → 接口权限 shows them",
)
MEANINGS: Mapping[int, Finding] = {
    **dict.fromkeys((40125, 41004), _SECRET),
    40243: Finding(
        "token",
        "the AppSecret is frozen",
        hint="thaw or reset it: 公众平台 → 开发接口管理",
        key="secret",
    ),
    **dict.fromkeys((40013, 41002), _ACCOUNT),
    **dict.fromkeys((40164, 89503), _ADDRESS),
    **dict.fromkeys((40014, 42001), _TOKEN),
    40001: replace(_SECRET, message="the platform refuses the AppSecret, or its token"),
    **dict.fromkeys((48001, 48005), _PERMISSION),
    48004: _BLOCKED,
    50007: Finding("token", "the account is frozen", hint="公众平台 shows the notice"),
    **dict.fromkeys((45009, 45011, 45033), _BUSY),
}
"""What a code means for the configuration; some mean another thing than with WeCom."""


async def examine_account(
    api: TokenApi, clock: Clock, window_s: float, *, sealed: bool
) -> AsyncIterator[Finding]:
    """Examine one account; `sealed` when its callbacks are encrypted."""
    if not sealed:
        message = "明文模式: nobody vouches for what callbacks say"
        hint = "choose 安全模式 at 公众平台 → 服务器配置 and set encoding_aes_key"
        yield Finding("mode", message, Level.WARNING, hint, key="token")
    async for found in examine(api, clock, window_s, _quota(api), MEANINGS):
        yield found


async def _quota(api: TokenApi) -> AsyncIterator[Finding]:
    async def ask() -> Answer:
        return await api.call(_QUOTA, {"cgi_path": SENDS}, sends=False)

    found, answer = await permitted(ask, "quota of 客服消息", MEANINGS)
    yield _left(answer) if found.check in _UNTOLD or answer else found


def _left(answer: Answer) -> Finding:
    quota = answer.get("quota")
    left = quota.get("remain") if isinstance(quota, dict) else None
    if not isinstance(quota, dict) or not isinstance(left, int):
        return NO_QUOTA
    message = f"{left} of {quota.get('daily_limit')} 客服消息 are left today"
    if left < _FEW:
        hint = "what is over is sent tomorrow; 公众平台 → 接口权限 shows who uses them"
        return Finding("quota", message, Level.WARNING, hint)
    return Finding("quota", message)
