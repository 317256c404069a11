"""Logins and JS-SDK signatures of a corp's app, against the platform's pages and vectors."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.channels.wecom import WecomApp
from bot.channels.wecom.customer_groups import CustomerGroups
from bot.channels.wecom.page_login import CorpLogin
from bot.channels.wecom.page_sdk import CorpSdk, signature
from bot.kernel.errors import RetryLater, Undeliverable
from bot.kernel.ids import ChannelName
from bot.kernel.visiting import Alias, Browser, CodeSpent, PageLogin, PageSdk, Unnamed
from tests.kit.mail import AES_KEY, TOKEN
from tests.kit.oauth import FakeWecomPages, Person, code_of
from tests.kit.platforms import CORP, SECRET, Fault
from tests.kit.rooms import TurnedClock
from tests.kit.wecom import wecom_app

VECTORS = json.loads((Path(__file__).parent / "jsapi_vectors.json").read_text("utf-8"))
BACK = "http://127.0.0.1/m/back/wecom_app/checkin/mine"
LIHUA = Person(userid="LiHua")
AMEI = Person(external_userid="wmAmei", openid="oAmei")


class Stand(NamedTuple):
    app: WecomApp
    login: CorpLogin
    sdk: CorpSdk
    platform: FakeWecomPages
    clock: TurnedClock

    def code(self, person: Person) -> str:
        """Let somebody log in; return her code."""
        return code_of(self.platform, self.login.ask(BACK, "a1B2"), person)


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    clock = TurnedClock()
    async with FakeWecomPages(now=lambda: clock.now().timestamp()) as platform:
        app = wecom_app(platform, clock, tmp_path)
        await app.start()
        login, sdk = app.abilities[PageLogin], app.abilities[PageSdk]
        assert isinstance(login, CorpLogin)
        assert isinstance(sdk, CorpSdk)
        yield Stand(app, login, sdk, platform, clock)
        await app.stop()


def test_the_address_has_its_parameters_in_order(tmp_path: Path) -> None:
    app = wecom_app(FakeWecomPages(), TurnedClock(), tmp_path)
    login = app.abilities[PageLogin]
    assert isinstance(login, CorpLogin)

    assert login.ask("https://bot.example/m/back?a=1&b=打", "abc123") == (
        "https://open.weixin.qq.com/connect/oauth2/authorize"
        f"?appid={CORP}&redirect_uri=https%3A%2F%2Fbot.example%2Fm%2Fback%3Fa%3D1%26b%3D%E6%89%93"
        "&response_type=code&scope=snsapi_base&state=abc123&agentid=1000002#wechat_redirect"
    )


async def test_a_colleague_is_known_by_userid_whatever_its_case(stand: Stand) -> None:
    proven = await stand.login.who(stand.code(LIHUA))

    assert proven.names == (Alias(ChannelName("wecom_app"), "lihua"),)


async def test_a_customer_is_known_by_external_userid_as_it_is(stand: Stand) -> None:
    proven = await stand.login.who(stand.code(AMEI))

    assert proven.names == (
        Alias(ChannelName("kefu"), "wmAmei"),
        Alias(ChannelName("customer_groups"), "wmAmei"),
    )


@pytest.mark.parametrize("person", [Person(openid="oNobody"), Person()], ids=["openid", "nothing"])
async def test_an_openid_alone_is_nobody(stand: Stand, person: Person) -> None:
    with pytest.raises(Unnamed):
        await stand.login.who(stand.code(person))


async def test_a_code_is_good_once(stand: Stand) -> None:
    code = stand.code(AMEI)
    await stand.login.who(code)

    with pytest.raises(CodeSpent):
        await stand.login.who(code)


async def test_a_code_is_good_for_five_minutes(stand: Stand) -> None:
    code = stand.code(AMEI)
    stand.clock.tick(seconds=301)

    with pytest.raises(CodeSpent):
        await stand.login.who(code)


@pytest.mark.parametrize("code", [40029, 42003, 42022])
async def test_every_number_of_a_bad_code_means_the_same(stand: Stand, code: int) -> None:
    stand.platform.faults["auth/getuserinfo"].append(Fault(errcode=code))

    with pytest.raises(CodeSpent):
        await stand.login.who(stand.code(AMEI))


async def test_a_withdrawn_token_costs_no_code(stand: Stand) -> None:
    await stand.app.api.token()
    stand.platform.withdraw_tokens()

    proven = await stand.login.who(stand.code(AMEI))

    assert proven.names[0].identity == "wmAmei"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(raw=b"<html>502</html>", status=502), RetryLater),
        (Fault(raw=b"", status=302), RetryLater),
        (Fault(raw=b'{"errcode": 0, "userid"'), RetryLater),
        (Fault(drop=True), CodeSpent),  # asked for again, and it was taken the first time
        (Fault(errcode=-1), RetryLater),
        (Fault(errcode=45009), RetryLater),
        (Fault(errcode=50001), Undeliverable),
        (Fault(errcode=60020), Undeliverable),
    ],
    ids=["html", "redirect", "half", "lost", "busy", "limit", "domain", "address"],
)
async def test_a_platform_in_trouble_says_nobody_is_there(
    stand: Stand, fault: Fault, error: type[Exception]
) -> None:
    stand.platform.faults["auth/getuserinfo"].append(fault)

    with pytest.raises(error):
        await stand.login.who(stand.code(AMEI))


@pytest.mark.parametrize("field", [7, None, ["wmAmei"], "", "x" * 129, "wm\namei"], ids=repr)
async def test_an_id_that_is_none_is_nobody(stand: Stand, field: object) -> None:
    said = json.dumps({"errcode": 0, "external_userid": field}).encode()
    stand.platform.faults["auth/getuserinfo"].append(Fault(raw=said))

    with pytest.raises(Unnamed):
        await stand.login.who(stand.code(AMEI))


async def test_customers_sign_in_by_the_customer_app_once_it_has_a_number() -> None:
    def door(agent_id: int | None) -> CustomerGroups:
        return CustomerGroups(
            api_base="http://127.0.0.1:9",
            corp_id=CORP,
            secret=SECRET,
            token=TOKEN,
            aes_key=AES_KEY,
            agent_id=agent_id,
            clock=TurnedClock(),
            media_root=Path(),
        )

    login = door(1000009).abilities[PageLogin]

    assert PageLogin not in door(None).abilities
    assert isinstance(login, CorpLogin)
    assert login.serves[0] is Browser.WECHAT
    assert login.ask(BACK, "a").endswith("&agentid=1000009#wechat_redirect")


# ── JS-SDK ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
def test_signatures_are_those_of_the_platform(vector: dict[str, str]) -> None:
    made = signature(vector["jsapi_ticket"], vector["noncestr"], vector["timestamp"], vector["url"])

    assert made == vector["signature"]


async def test_both_identities_sign_with_their_own_ticket(stand: Stand) -> None:
    said = await stand.sdk.sign("http://127.0.0.1/m/checkin/mine?x=1")

    assert (said["corpId"], said["agentId"]) == (CORP, 1000002)
    for part, ticket in (("config", "corp ticket 1"), ("agentConfig", "app 1000002 ticket 2")):
        signed = said[part]
        assert isinstance(signed, dict)
        assert signed["timestamp"] == int(stand.clock.now().timestamp())
        assert signed["signature"] == signature(
            ticket,
            signed["nonceStr"],
            str(signed["timestamp"]),
            "http://127.0.0.1/m/checkin/mine?x=1",
        )


async def test_tickets_are_asked_for_once_in_their_life(stand: Stand) -> None:
    await asyncio.gather(*(stand.sdk.sign(BACK) for _ in range(20)))
    stand.clock.tick(seconds=6800)
    await stand.sdk.sign(BACK)
    assert len(stand.platform.tickets) == 2

    stand.clock.tick(seconds=401)
    await stand.sdk.sign(BACK)
    assert len(stand.platform.tickets) == 4


@pytest.mark.parametrize("code", [40093, 42012, 91040])
async def test_a_bad_ticket_is_asked_for_once_more(stand: Stand, code: int) -> None:
    stand.platform.faults["get_jsapi_ticket"].append(Fault(errcode=code))

    assert (await stand.sdk.sign(BACK))["config"]


async def test_an_answer_without_a_ticket_is_no_ticket(stand: Stand) -> None:
    stand.platform.faults["get_jsapi_ticket"].append(Fault(raw=b'{"errcode": 0}'))

    with pytest.raises(RetryLater):
        await stand.sdk.sign(BACK)
