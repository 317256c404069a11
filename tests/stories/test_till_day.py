"""A till redeems coupons: once for an order, refused in words, described in a file."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.commons import coupons, members
from bot.commons.coupons import Kind
from bot.kernel.ids import ChannelName
from bot.kernel.work import UnitOfWork
from tests.kit.mail import AES_KEY
from tests.kit.street import Town, open_town

FIFTY = Kind(name="fifty", title="满 300 减 50", face_fen=5000, minimum_fen=30000)
TOKEN = {"Authorization": f"Bearer {AES_KEY}"}
Answer = tuple[int, dict[str, object]]


class Till:
    """Another system."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.base = f"http://127.0.0.1:{town.port}/api/v1"

    async def redeem(self, **body: object) -> Answer:
        return await self.asks(TOKEN, body)

    async def asks(self, headers: Mapping[str, str], body: Mapping[str, object]) -> Answer:
        address = f"{self.base}/coupons/redeem"
        async with self.town.http.post(address, json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def coupon(self, who: str = "lihua") -> str:
        """Give somebody a coupon; return its code."""

        def give(uow: UnitOfWork) -> str:
            now = uow.clock.now()
            her = members.resolve(uow, ChannelName("wecom_app"), who, now)
            ends = now + timedelta(days=9)
            return coupons.issue(
                uow, her, FIFTY, key=f"k:{who}", reason="gift", valid_until=ends
            ).code

        return await self.town.app.house.writer.do(give)


@pytest.fixture
async def till(tmp_path: Path) -> AsyncIterator[Till]:
    async with open_town(tmp_path, '[api]\ntokens = { till = "env:AES_KEY" }\n') as town:
        yield Till(town)


async def test_a_coupon_is_used_once_for_an_order_however_often_it_is_asked(till: Till) -> None:
    code = await till.coupon()
    asked = {"code": code.lower(), "amount_yuan": "399.90", "order_id": "A1", "store": "静安店"}
    answers = await asyncio.gather(*(till.redeem(**asked) for _ in range(20)))
    assert {status for status, _ in answers} == {200}
    said = answers[0][1]
    assert (said["off_yuan"], said["left_yuan"], said["title"]) == ("50", "349.9", FIFTY.title)
    assert all(each == said for _, each in answers)

    status, refused = await till.redeem(code=code, amount_yuan=399, order_id="A2")
    assert (status, refused["error"]) == (409, "used")
    assert "订单 A1，由 api:till 核销" in str(refused["message"])


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code": "333-333-334"}, "typo"),
        ({"code": "333-333-333"}, "unknown"),
        ({"code": "O0O-O0O-O0O"}, "typo"),
        ({"amount_yuan": "299.99"}, "minimum"),
        ({"member": "wecom_app:zhao"}, "nobody"),
        ({"member": "nonsense"}, "nobody"),
    ],
)
async def test_what_can_not_be_is_said_in_a_word_and_in_a_sentence(
    till: Till, change: dict[str, object], error: str
) -> None:
    code = await till.coupon()
    asked = {"code": code, "amount_yuan": "399", "order_id": "A1", **change}
    status, said = await till.redeem(**asked)
    assert (status, said["error"]) == (409, error)
    assert said["message"]


async def test_only_its_owner_uses_it_where_the_till_knows_who_comes(till: Till) -> None:
    code = await till.coupon()
    await till.coupon("zhao")
    asked: dict[str, object] = {"code": code, "amount_yuan": "399", "order_id": "A1"}
    status, said = await till.redeem(**asked, member="wecom_app:zhao")
    assert (status, said["error"]) == (409, "not_hers")
    assert (await till.redeem(**asked, member="wecom_app:lihua"))[0] == 200


@pytest.mark.parametrize(
    "change",
    [
        {"amount_yuan": "-1"},
        {"amount_yuan": 0},
        {"amount_yuan": "1.999"},
        {"amount_yuan": 1e12},
        {"amount_yuan": "NaN"},
        {"order_id": ""},
        {"order_id": "x" * 61},
        {"amuont_yuan": 5},
        {"code": None},
    ],
)
async def test_a_body_that_is_not_as_described_changes_nothing(
    till: Till, change: dict[str, object]
) -> None:
    code = await till.coupon()
    status, said = await till.redeem(
        **{"code": code, "amount_yuan": "399", "order_id": "A1", **change}
    )
    assert (status, said["error"]) == (422, "bad_body")
    [(state,)] = await till.town.ask("SELECT state FROM coupons")
    assert state == "issued"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": AES_KEY},
        {"Authorization": "Bearer "},
    ],
)
async def test_without_the_token_nothing_is_answered(till: Till, headers: dict[str, str]) -> None:
    code = await till.coupon()
    status, _ = await till.asks(headers, {"code": code, "amount_yuan": "399", "order_id": "A1"})
    assert status == 401


async def test_garbage_and_floods_are_refused_without_a_trace(till: Till) -> None:
    async def send(body: bytes, path: str = "coupons/redeem") -> int:
        address = f"{till.base}/{path}"
        async with till.town.http.post(address, data=body, headers=TOKEN) as answer:
            assert "Traceback" not in await answer.text()
            return answer.status

    assert await send(b"\xff\xfe{") == 422
    assert await send(b"[" * 5000) == 422
    for order in ("\\u0000", "\\ud800", "a\\u0000b"):
        body = f'{{"code": "x", "amount_yuan": "1", "order_id": "{order}"}}'
        assert await send(body.encode()) == 422
    for amount in ("NaN", "1e400", "-1", "0", "1.001", "1e-9", "null", "[]"):
        body = f'{{"code": "x", "amount_yuan": {amount}, "order_id": "1"}}'
        assert await send(body.encode()) == 422, amount
    assert await send(b" " * 70_000) == 413
    assert await send(b"{}", "nothing/here") == 404


async def test_the_file_describes_what_there_is(till: Till) -> None:
    async with till.town.http.get(f"{till.base}/openapi.json") as answer:
        described = await answer.json()
    post = described["paths"]["/api/v1/coupons/redeem"]["post"]
    fields = post["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert set(fields) == {"code", "amount_yuan", "order_id", "store", "member"}
    assert {"200", "401", "409", "422", "503"} <= set(post["responses"])
    assert AES_KEY not in str(described)


async def test_without_tokens_there_is_no_such_address(tmp_path: Path) -> None:
    async with open_town(tmp_path) as town, aiohttp.ClientSession() as http:
        for path in ("openapi.json", "coupons/redeem"):
            async with http.post(f"http://127.0.0.1:{town.port}/api/v1/{path}") as answer:
                assert answer.status == 404
