"""Who the customers of 微信客服 are, as the platform tells it (path/95159)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web
from typing_extensions import override

from tests.kit.kefu import FakeKefu
from tests.kit.platforms import Json
from tests.kit.wecom_rules import Many, Number, Words, shape

_ASK = shape(
    "external_userid_list",
    external_userid_list=Many(Words(64, pattern=r"[0-9A-Za-z_-]+"), 1, 100),
    need_enter_session_context=Number(0, 1),
)


@dataclass
class FakeKefuWithCustomers(FakeKefu):
    """The platform with some customers; who is not among them is invalid."""

    customers: dict[str, Json] = field(default_factory=dict)
    """By external_userid, what is told besides."""
    asked: list[list[str]] = field(default_factory=list)

    def knows(self, who: str, *, unionid: str = "", nickname: str = "") -> None:
        """Let the platform know a customer; without a bound account she has no unionid."""
        told = {"nickname": nickname, "avatar": "https://wx.qlogo.invalid/0", "gender": 0}
        self.customers[who] = told | ({"unionid": unionid} if unionid else {})

    @override
    def _calls(self) -> dict[str, Callable[[web.Request], Awaitable[Json]]]:
        return super()._calls() | {"kf/customer/batchget": self._customers}

    async def _customers(self, request: web.Request) -> Json:
        body = await self._kf_body("kf/customer/batchget", request)
        _ASK.check(body, "batchget")
        asked = body["external_userid_list"]
        self.asked.append(asked)
        return {
            "customer_list": [
                {"external_userid": who, **self.customers[who]}
                for who in asked
                if who in self.customers
            ],
            "invalid_external_userid": [who for who in asked if who not in self.customers],
        }
