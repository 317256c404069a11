"""What `bot doctor` asks of WeCom: the calls that change nothing (path/92521, 92120, 92571)."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiohttp import web
from typing_extensions import override

from tests.kit.kefu import FakeKefu
from tests.kit.loopback import Loopback
from tests.kit.platforms import Json
from tests.kit.wecom_rules import BAD_PARAMETER, Many, Number, Words, Wrong, shape

_PAGE = shape("offset limit", offset=Number(0, 1 << 30), limit=Number(1, 100))
_GROUPS = shape(
    "limit",
    status_filter=Number(0, 3),
    owner_filter=shape("userid_list", userid_list=Many(Words(64), 1, 100)),
    cursor=Words(empty=True),
    limit=Number(1, 1000),
)


@dataclass
class FakeOffice(FakeKefu):
    """The platform of a corp with 微信客服 and 客户联系; `servers` may serve customers."""

    servers: tuple[str, ...] = ("ZhangSan",)
    strangers: tuple[str, ...] = ()
    """Accounts of 微信客服 that are not given to the app."""
    agent: str = "7"
    trusted: str = ""
    """The app of the secret, and the domain that it trusts."""

    @override
    def _calls(self) -> dict[str, Callable[[web.Request], Awaitable[Json]]]:
        return super()._calls() | {
            "getcallbackip": self._addresses,
            "agent/get": self._agent,
            "kf/account/list": self._accounts,
            "externalcontact/groupchat/list": self._groups,
            "externalcontact/get_follow_user_list": self._servers,
        }

    async def _get(self, call: str, request: web.Request) -> None:
        self._authorised(request)
        if request.method != "GET":
            raise Wrong(BAD_PARAMETER, f"{call} is asked by GET")
        self.calls.append((call, {}))

    async def _addresses(self, request: web.Request) -> Json:
        await self._get("getcallbackip", request)
        return {"ip_list": ["101.226.103.*"]}

    async def _agent(self, request: web.Request) -> Json:
        await self._get("agent/get", request)
        if request.query.keys() != {"access_token", "agentid"}:
            raise Wrong(BAD_PARAMETER, "agent/get")
        if request.query["agentid"] != self.agent:
            raise Wrong(301002, "no privilege to operate specified app")
        return {"agentid": int(self.agent), "name": "小助手", "redirect_domain": self.trusted}

    async def _accounts(self, request: web.Request) -> Json:
        body = await self._kf_body("kf/account/list", request)
        _PAGE.check(body, "account/list")
        ours = [*((one, True) for one in self.accounts), *((one, False) for one in self.strangers)]
        rows = [
            {"open_kfid": one, "name": "客服", "avatar": "", "manage_privilege": given}
            for one, given in ours
        ]
        begin = int(body["offset"])
        return {"account_list": rows[begin : begin + int(body["limit"])]}

    async def _groups(self, request: web.Request) -> Json:
        body = await self._kf_body("externalcontact/groupchat/list", request)
        _GROUPS.check(body, "groupchat/list")
        return {"group_chat_list": [{"chat_id": "wrInvented", "status": 0}], "next_cursor": ""}

    async def _servers(self, request: web.Request) -> Json:
        await self._get("externalcontact/get_follow_user_list", request)
        return {"follow_user": list(self.servers)}


@dataclass
class Elsewhere(Loopback):
    """Some web server that is none of ours: answers everything with a status and a body."""

    status: int = 200
    body: bytes = b"<html>sign in</html>"
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    asked: int = 0

    @override
    def routes(self) -> Iterable[web.RouteDef]:
        return (web.route("*", "/{any:.*}", self._answer),)

    async def _answer(self, _request: web.Request) -> web.Response:
        self.asked += 1
        await asyncio.sleep(self.delay_s)
        return web.Response(status=self.status, body=self.body, headers=self.headers)


@contextmanager
def beside(server: Loopback) -> Iterator[None]:
    """Let a server answer from a loop of its own, while a command has ours."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(5)
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
