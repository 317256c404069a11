"""Which colleague opens the console.

Inside of WeCom by 网页授权 (path/91022, 2026-07), elsewhere by Web登录 (path/98152); both bring a
code for auth/getuserinfo (path/91707, 2026-07). Departments and tags: path/90196, 90213. What has
no date was read in several public clients, not on the page.
"""

import re
from collections.abc import Sequence
from urllib.parse import quote

import structlog

from bot.channels.wecom.client import WecomApi
from bot.channels.wecom.http import Answer, text_in
from bot.channels.wecom.page_login import authorize_url, name_in, spending
from bot.channels.wecom.reading import rows_in
from bot.kernel.entering import by_department, by_tag
from bot.kernel.errors import Undeliverable
from bot.kernel.visiting import Browser, Unnamed

log = structlog.get_logger(__name__)

WEB_LOGIN = "https://login.work.weixin.qq.com/wwlogin/sso/login"
_USERID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.@-]{0,63}")
"""A colleague of another company comes as `CorpId/userid`, and is none of ours."""
_NOT_THERE = frozenset({40003, 60111})
_ACTIVE = 1
"""Of the field `status`: 2 is disabled, 4 has never signed in, 5 has left."""


class ConsoleLogin:
    """The login of one app (`ColleagueLogin`)."""

    browser = Browser.WECOM

    def __init__(self, api: WecomApi, corp_id: str, agent_id: int) -> None:
        self._api = api
        self._corp_id = corp_id
        self._agent_id = agent_id

    def inside(self, back: str, state: str) -> str:
        """Return the address of a login without a question (snsapi_base)."""
        return authorize_url(self._corp_id, back, state, agentid=str(self._agent_id))

    def outside(self, back: str, state: str) -> str:
        """Return the address of a page with a code to scan."""
        query = {
            "login_type": "CorpApp",
            "appid": self._corp_id,
            "agentid": str(self._agent_id),
            "redirect_uri": back,
            "state": state,
        }
        said = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
        return f"{WEB_LOGIN}?{said}"

    async def who(self, code: str) -> str:
        """Return the userid that a code stands for, in lower case."""
        answer = await spending(self._api.ask("/cgi-bin/auth/getuserinfo", {"code": code}))
        userid = name_in(answer, "userid", "UserId")
        if not _USERID.fullmatch(userid):
            raise Unnamed("no userid of this company in the answer")
        return userid.lower()

    async def groups_of(self, userid: str, tags: Sequence[int]) -> frozenset[str] | None:
        """Return departments and tags of a colleague; None when she is not active here."""
        try:
            card = await self._api.ask("/cgi-bin/user/get", {"userid": userid})
        except Undeliverable as error:
            if error.code in _NOT_THERE:
                return None
            raise
        if card.get("status", _ACTIVE) != _ACTIVE:
            return None
        departments = _numbers(card, "department")
        tagged = [tag for tag in tags if await self._has(tag, userid, departments)]
        return frozenset((*map(by_department, departments), *map(by_tag, tagged)))

    async def _has(self, tag: int, userid: str, departments: Sequence[int]) -> bool:
        """Return whether a tag was given to her or her department; one we can't see gives nothing.

        Raises:
            PlatformError: there is no answer now.
        """
        try:
            answer = await self._api.ask("/cgi-bin/tag/get", {"tagid": str(tag)})
        except Undeliverable as error:
            log.warning("console.tag_unseen", tag=tag, code=error.code)
            return False
        users = {text_in(row, "userid").lower() for row in rows_in(answer, "userlist")}
        return userid in users or not set(_numbers(answer, "partylist")).isdisjoint(departments)


def _numbers(answer: Answer, name: str) -> Sequence[int]:
    listed = answer.get(name)
    return [one for one in listed if isinstance(one, int)] if isinstance(listed, list) else []
