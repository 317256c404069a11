"""Who opens a page inside WeChat, by an official account; and JS-SDK for it.

What is widely known of 网页授权 and 微信 JS-SDK (doc/service, not read again in 2026): so answers
are read leniently, and whatever is not clearly a person is nobody.
"""

from collections.abc import Mapping

from bot.channels.wecom.client import Token
from bot.channels.wecom.mp.client import AccountApi
from bot.channels.wecom.page_login import authorize_url, name_in, spending
from bot.channels.wecom.page_sdk import fetch_ticket, signed
from bot.kernel.clock import Clock
from bot.kernel.ids import ChannelName
from bot.kernel.visiting import Alias, Browser, Proven, Unnamed


class AccountLogin:
    """The login of one account (`PageLogin`); it must be a verified 服务号."""

    serves = (Browser.WECHAT,)

    def __init__(self, api: AccountApi, name: ChannelName, app_id: str) -> None:
        self._api = api
        self._name = name
        self._app_id = app_id

    def ask(self, back: str, state: str) -> str:
        """Return the platform's address for a login without a question (snsapi_base)."""
        return authorize_url(self._app_id, back, state)

    async def who(self, code: str) -> Proven:
        """Return whom a code stands for."""
        answer = await spending(self._api.exchange(code))
        openid = name_in(answer, "openid")
        if not openid or answer.get("is_snapshotuser") in (1, "1", True):
            raise Unnamed("no openid in the answer, or that of a preview's pretended user")
        return Proven((Alias(self._name, openid),), name_in(answer, "unionid"))


class AccountSdk:
    """Signs for one account (`PageSdk`)."""

    serves = (Browser.WECHAT,)

    def __init__(self, api: AccountApi, app_id: str, clock: Clock) -> None:
        self._app_id = app_id
        self._clock = clock
        ticket = fetch_ticket(api, "/cgi-bin/ticket/getticket", {"type": "jsapi"})
        self._ticket = Token(ticket, clock)

    async def sign(self, url: str) -> Mapping[str, object]:
        """Return what `wx.config` wants."""
        return {"appId": self._app_id, "config": signed(await self._ticket.get(), url, self._clock)}

    async def stop(self) -> None:
        """Stop asking for tickets."""
        await self._ticket.stop()
