"""Which colleague opens the console, by the platform's word; and what it says of groups."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.channels.wecom import WecomApp
from bot.channels.wecom.console_login import ConsoleLogin
from bot.kernel.entering import ColleagueLogin
from bot.kernel.errors import RetryLater, Undeliverable
from bot.kernel.visiting import CodeSpent, Unnamed
from tests.kit.oauth import FakeWecomPages, Person
from tests.kit.platforms import CORP, Fault
from tests.kit.rooms import TurnedClock
from tests.kit.wecom import wecom_app

BACK = "http://127.0.0.1/console/sign-in/back"
LISI = Person(userid="LiSi")


class Stand(NamedTuple):
    app: WecomApp
    login: ConsoleLogin
    platform: FakeWecomPages

    def code(self, person: Person, *, scanned: bool = False) -> str:
        """Let somebody log in; return her code."""
        ask = self.login.outside if scanned else self.login.inside
        return (
            self.platform.opens(ask(BACK, "a1B2"), person).partition("code=")[2].partition("&")[0]
        )


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    clock = TurnedClock()
    async with FakeWecomPages(now=lambda: clock.now().timestamp()) as platform:
        app = wecom_app(platform, clock, tmp_path, timeout_s=0.5, console_host="127.0.0.1")
        await app.start()
        login = app.abilities[ColleagueLogin]
        assert isinstance(login, ConsoleLogin)
        yield Stand(app, login, platform)
        await app.stop()


def test_an_app_is_no_way_into_the_console_unless_it_is_told_to_be(tmp_path: Path) -> None:
    assert ColleagueLogin not in wecom_app(FakeWecomPages(), TurnedClock(), tmp_path).abilities


async def test_both_addresses_are_those_of_the_platforms_pages(stand: Stand) -> None:
    back = "http%3A%2F%2F127.0.0.1%2Fconsole%2Fsign-in%2Fback"

    assert stand.login.inside(BACK, "a1B2") == (
        f"https://open.weixin.qq.com/connect/oauth2/authorize?appid={CORP}&redirect_uri={back}"
        "&response_type=code&scope=snsapi_base&state=a1B2&agentid=1000002#wechat_redirect"
    )
    assert stand.login.outside(BACK, "a1B2") == (
        "https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=CorpApp"
        f"&appid={CORP}&agentid=1000002&redirect_uri={back}&state=a1B2"
    )


@pytest.mark.parametrize("scanned", [False, True])
async def test_a_colleague_is_known_by_her_userid_whatever_its_case(
    stand: Stand, *, scanned: bool
) -> None:
    assert await stand.login.who(stand.code(LISI, scanned=scanned)) == "lisi"


@pytest.mark.parametrize(
    "person",
    [
        Person(openid="oNobody"),
        Person(external_userid="wmAmei", openid="oAmei"),
        Person(userid="ww0000000000000000/lisi"),
        Person(userid="../lisi"),
        Person(userid="li si"),
        Person(userid="x" * 65),
        Person(),
    ],
    ids=["openid", "customer", "another company", "path", "space", "long", "nothing"],
)
async def test_who_is_nobody_of_the_company_has_no_name_here(stand: Stand, person: Person) -> None:
    with pytest.raises(Unnamed):
        await stand.login.who(stand.code(person))


@pytest.mark.parametrize("agent", [f"{CORP}1000009", "wwother1000002", CORP])
async def test_a_code_that_was_made_for_another_app_is_good_for_nothing(
    stand: Stand, agent: str
) -> None:
    with pytest.raises(CodeSpent):
        await stand.login.who(stand.platform.code_for(agent, LISI))


async def test_a_code_is_good_once(stand: Stand) -> None:
    code = stand.code(LISI)
    await stand.login.who(code)

    with pytest.raises(CodeSpent):
        await stand.login.who(code)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(raw=b"<html>502</html>", status=502), RetryLater),
        (Fault(raw=b"<html>sign in</html>"), RetryLater),
        (Fault(delay_s=1.0), RetryLater),
        (Fault(errcode=-1), RetryLater),
        (Fault(errcode=45009), RetryLater),
        (Fault(errcode=50001), Undeliverable),
    ],
    ids=["gateway", "html", "slow", "busy", "limit", "domain"],
)
async def test_a_platform_in_trouble_says_nobody_is_there(
    stand: Stand, fault: Fault, error: type[Exception]
) -> None:
    stand.platform.faults["auth/getuserinfo"].append(fault)

    with pytest.raises(error):
        await stand.login.who(stand.code(LISI))


async def test_an_old_token_costs_no_code(stand: Stand) -> None:
    stand.platform.faults["auth/getuserinfo"].append(Fault(errcode=42001))

    assert await stand.login.who(stand.code(LISI)) == "lisi"


# ── departments and tags ────────────────────────────────────────────────────────────────


async def test_departments_and_tags_are_read_from_the_contacts(stand: Stand) -> None:
    stand.platform.colleagues["LiSi"] = {"department": [3, 9], "status": 1}
    stand.platform.tags = {5: (["LiSi"], []), 6: ([], [9]), 7: (["wangwu"], [4])}

    assert await stand.login.groups_of("lisi", (5, 6, 7)) == frozenset(
        ("department:3", "department:9", "tag:5", "tag:6")
    )
    assert await stand.login.groups_of("lisi", ()) == frozenset(("department:3", "department:9"))


@pytest.mark.parametrize("status", [2, 4, 5])
async def test_who_is_not_active_has_no_groups(stand: Stand, status: int) -> None:
    stand.platform.colleagues["lisi"] = {"status": status}

    assert await stand.login.groups_of("lisi", ()) is None


async def test_who_is_not_in_the_contacts_has_no_groups(stand: Stand) -> None:
    assert await stand.login.groups_of("lisi", (5,)) is None


async def test_a_tag_that_the_app_cant_see_gives_nothing_and_hides_nothing(stand: Stand) -> None:
    stand.platform.colleagues["lisi"] = {"department": [3]}
    stand.platform.tags = {6: (["lisi"], [])}

    assert await stand.login.groups_of("lisi", (5, 6)) == frozenset(("department:3", "tag:6"))


@pytest.mark.parametrize("call", ["user/get", "tag/get"])
async def test_a_busy_platform_is_no_answer(stand: Stand, call: str) -> None:
    stand.platform.colleagues["lisi"] = {}
    stand.platform.faults[call].append(Fault(errcode=-1))

    with pytest.raises(RetryLater):
        await stand.login.groups_of("lisi", (5,))


async def test_what_is_no_list_of_departments_is_none(stand: Stand) -> None:
    said = json.dumps({"errcode": 0, "department": "3", "status": 1}).encode()
    stand.platform.faults["user/get"].append(Fault(raw=said))

    assert await stand.login.groups_of("lisi", ()) == frozenset()
