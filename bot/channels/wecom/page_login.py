"""Who opens a page inside WeChat or WeCom (path/91022, 91707, 2026-07).

A colleague is told by userid, a customer by external_userid. Others get an openid only, which is
no name of ours.
"""

from collections.abc import Mapping
from urllib.parse import quote

from bot.channels.wecom.client import WecomApi
from bot.channels.wecom.http import Answer, text_in
from bot.kernel.errors import PlatformError
from bot.kernel.ids import ChannelName
from bot.kernel.visiting import Alias, Browser, CodeSpent, Proven, Unnamed

AUTHORIZE = "https://open.weixin.qq.com/connect/oauth2/authorize"
SPENT = frozenset({40029, 42003, 42022})
"""Codes that were used, are too old, or never were (path/90313, 2026-07)."""
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
        query = {
            "appid": self._corp_id,
            "redirect_uri": back,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
            "agentid": str(self._agent_id),
        }
        return authorize_url(query)

    async def who(self, code: str) -> Proven:
        """Return whom a code stands for."""
        try:
            answer = await self._api.ask("/cgi-bin/auth/getuserinfo", {"code": code})
        except PlatformError as error:
            if error.code in SPENT:
                raise CodeSpent(str(error)) from None
            raise
        if userid := name_in(answer, "userid", "UserId"):
            return Proven((name_of_colleague(userid),))
        if customer := name_in(answer, "external_userid", "ExternalUserId"):
            return Proven(names_of_customer(customer))
        raise Unnamed("neither userid nor external_userid in the answer")


def authorize_url(query: Mapping[str, str]) -> str:
    """Return the address of a login; some clients mind the order of its parameters."""
    said = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    return f"{AUTHORIZE}?{said}#wechat_redirect"


def name_in(answer: Answer, *fields: str) -> str:
    """Return the first of these fields that holds an id; older answers spell them otherwise."""
    for field in fields:
        value = text_in(answer, field)
        if value and len(value) <= _MOST_CHARS and value.isascii() and value.isprintable():
            return value
    return ""
