"""An official account's login for pages, and its JS-SDK signatures."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.channels.wecom.mp import OfficialAccount
from bot.channels.wecom.mp.page_login import AccountLogin, AccountSdk
from bot.channels.wecom.page_sdk import signature
from bot.kernel.errors import Undeliverable
from bot.kernel.ids import ChannelName
from bot.kernel.visiting import Alias, CodeSpent, PageLogin, PageSdk, Unnamed
from tests.kit.mp import APP_ID, account
from tests.kit.oauth import FakeMpPages, Person, code_of
from tests.kit.rooms import TurnedClock

BACK = "http://127.0.0.1/m/back/mp/checkin/mine"
AMEI = Person(openid="oAmei", unionid="uAmei")


class Stand(NamedTuple):
    account: OfficialAccount
    login: AccountLogin
    platform: FakeMpPages
    clock: TurnedClock

    def code(self, person: Person) -> str:
        """Let somebody log in; return her code."""
        return code_of(self.platform, self.login.ask(BACK, "a1B2"), person)


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    clock = TurnedClock()
    async with FakeMpPages(now=lambda: clock.now().timestamp()) as platform:
        door = account(platform, clock, tmp_path)
        await door.start()
        login = door.abilities[PageLogin]
        assert isinstance(login, AccountLogin)
        yield Stand(door, login, platform, clock)
        await door.stop()


async def test_a_follower_is_known_by_openid_and_the_unionid_is_handed_on(stand: Stand) -> None:
    proven = await stand.login.who(stand.code(AMEI))

    assert proven.names == (Alias(ChannelName("mp"), "oAmei"),)
    assert proven.unionid == "uAmei"


async def test_the_address_has_no_agent(stand: Stand) -> None:
    assert stand.login.ask(BACK, "a1") == (
        f"https://open.weixin.qq.com/connect/oauth2/authorize?appid={APP_ID}"
        "&redirect_uri=http%3A%2F%2F127.0.0.1%2Fm%2Fback%2Fmp%2Fcheckin%2Fmine"
        "&response_type=code&scope=snsapi_base&state=a1#wechat_redirect"
    )


async def test_a_code_is_good_once_and_for_five_minutes(stand: Stand) -> None:
    used, old = stand.code(AMEI), stand.code(AMEI)
    await stand.login.who(used)
    stand.clock.tick(seconds=301)

    for code in (used, old, "never given"):
        with pytest.raises(CodeSpent):
            await stand.login.who(code)


async def test_the_pretended_user_of_a_preview_is_nobody(stand: Stand) -> None:
    stand.platform.snapshot = True

    with pytest.raises(Unnamed):
        await stand.login.who(stand.code(AMEI))


async def test_an_answer_without_an_openid_is_nobody(stand: Stand) -> None:
    with pytest.raises(Unnamed):
        await stand.login.who(stand.code(Person(unionid="u")))


async def test_a_wrong_secret_is_the_operators_trouble(stand: Stand, tmp_path: Path) -> None:
    door = account(stand.platform, stand.clock, tmp_path)
    door.api._secret = "wrong"  # noqa: SLF001 - as if it had been changed over there
    await door.start()
    login = door.abilities[PageLogin]
    assert isinstance(login, AccountLogin)

    with pytest.raises(Undeliverable):
        await login.who(stand.code(AMEI))
    await door.stop()


async def test_a_page_is_signed_with_the_accounts_ticket(stand: Stand) -> None:
    sdk = stand.account.abilities[PageSdk]
    assert isinstance(sdk, AccountSdk)

    said = await sdk.sign(BACK)
    await sdk.sign(BACK)

    signed = said["config"]
    assert isinstance(signed, dict)
    assert said["appId"] == APP_ID
    made = signature("account ticket 1", signed["nonceStr"], str(signed["timestamp"]), BACK)
    assert signed["signature"] == made
    assert stand.platform.tickets == ["account ticket 1"]


async def test_an_account_that_can_not_is_not_asked(tmp_path: Path) -> None:
    platform = FakeMpPages()
    door = OfficialAccount(
        api_base=platform.url,
        app_id=APP_ID,
        secret="s",
        token="t",
        aes_key="",
        media_root=tmp_path,
        clock=TurnedClock(),
        page_login=False,
    )

    assert PageLogin not in door.abilities
    assert PageSdk in door.abilities
