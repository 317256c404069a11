"""Who opens a page inside WeChat or WeCom (path/91022, 91707, 2026-07).

A colleague is told by userid, a customer by external_userid. Others get an openid only, which is
no name of ours.
"""

from collections.abc import Awaitable
from urllib.parse import quote

from bot.channels.wecom.client import WecomApi
from bot.channels.wecom.http import Answer, text_in
from bot.kernel.errors import PlatformError
from bot.kernel.ids import ChannelName
from bot.kernel.visiting import Alias, Browser, CodeSpent, Proven, Unnamed

AUTHORIZE = "https://open.weixin.qq.com/connect/oauth2/authorize"
_SPENT = frozenset({40029, 40163, 42003, 42022})
"""Codes that were used (公众号: 40163), are too old, or never were (path/90313, 2026-07)."""
_COLLEAGUE = ChannelName("wecom_app")
_CUSTOMER = (ChannelName("kefu"), ChannelName("customer_groups"))
_MOST_CHARS = 128


def names_of_customer(external_userid: str) -> tuple[Alias, ...]:
    """Return a customer's names: the corp has one id for her, whatever channel hears of her.

    Somebody new becomes known by the channel on which she can write and be answered.
    """
    return tuple(Alias(channel, external_userid) for channel in _CUSTOMER)


def name_of_colleague(userid: str) -> Alias:
    """Return a colleague's name; callbacks and answers differ in its case."""
    return Alias(_COLLEAGUE, userid.lower())


class CorpLogin:
    """The login of one app (`PageLogin`)."""

    def __init__(
        self, api: WecomApi, corp_id: str, agent_id: int, serves: tuple[Browser, ...]
    ) -> None:
        self.serves = serves
        self._api = api
        self._corp_id = corp_id
        self._agent_id = agent_id

    def ask(self, back: str, state: str) -> str:
        """Return the platform's address for a login without a question (snsapi_base)."""
        return authorize_url(self._corp_id, back, state, agentid=str(self._agent_id))

    async def who(self, code: str) -> Proven:
        """Return whom a code stands for."""
        answer = await spending(self._api.ask("/cgi-bin/auth/getuserinfo", {"code": code}))
        if userid := name_in(answer, "userid", "UserId"):
            return Proven((name_of_colleague(userid),))
        if customer := name_in(answer, "external_userid", "ExternalUserId"):
            return Proven(names_of_customer(customer))
        raise Unnamed("neither userid nor external_userid in the answer")


async def spending(asked: Awaitable[Answer]) -> Answer:
    """Return what a code is answered with.

    Raises:
        CodeSpent: it is good for nothing any more.
        PlatformError: there is no answer, or another trouble.
    """
    try:
        return await asked
    except PlatformError as error:
        if error.code in _SPENT:
            raise CodeSpent(str(error)) from None
        raise


def authorize_url(app: str, back: str, state: str, **more: str) -> str:
    """Return the address of a login without a question; some clients mind the order."""
    query = {
        "appid": app,
        "redirect_uri": back,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": state,
        **more,
    }
    said = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    return f"{AUTHORIZE}?{said}#wechat_redirect"


def name_in(answer: Answer, *fields: str) -> str:
    """Return the first of these fields that holds an id; older answers spell them otherwise."""
    for field in fields:
        value = text_in(answer, field)
        if value and len(value) <= _MOST_CHARS and value.isascii() and value.isprintable():
            return value
    return ""
