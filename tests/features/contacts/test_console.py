"""Who may open the console: what supervisors give and take, and what the contacts say."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels.wecom.updates import read_update
from bot.commons import accounts
from bot.features import checkin, contacts
from bot.features.contacts.errands import look_after
from bot.features.contacts.handlers import hear
from bot.kernel.abilities import Abilities
from bot.kernel.community import Advisors
from bot.kernel.desk import Role, RoleRule
from bot.kernel.entering import Entrance
from bot.kernel.errors import Refusal, RetryLater
from bot.kernel.ids import ChannelName
from bot.kernel.work import Statement
from bot.storage.writer import Writer
from tests.kit.oauth import FakeWecomPages
from tests.kit.platforms import Fault
from tests.kit.rooms import Store
from tests.kit.two import TwoChannels
from tests.kit.wecom import wecom_app

WECOM_APP = ChannelName("wecom_app")
PAYLOADS = Path(__file__).parents[2] / "channels" / "wecom" / "payloads"
_, PAGE = contacts.feature.pages
RULES = Entrance(by_wecom=True, rules=(RoleRule(Role.OPERATOR, "department:3"),))
GOOD = {"userid": " LiHua ", "role": "operator", "why": "新来的  运营"}


@pytest.fixture
def talk(store: Store) -> TwoChannels:
    built = TwoChannels(store, checkin.feature, contacts.feature)
    built.tools.add(Advisors, Advisors())
    built.tools.add(Entrance, RULES)
    for name, role in (("amei", Role.SUPERVISOR), ("bob", Role.OPERATOR)):
        store.do(lambda uow, n=name, r=role: accounts.add(uow, n, r, "a long password"))  # type: ignore[misc]  # bound
    return built


def acts(talk: TwoChannels, deed: str, form: Mapping[str, str], who: str = "amei") -> str:
    """Send a form of the page; return what the operator reads."""
    act = PAGE.actions[deed]
    try:
        return talk.store.do(lambda uow: act(uow, talk.tools, form, who))
    except Refusal as refusal:
        return talk.words(refusal.template, **refusal.words)


def shown(talk: TwoChannels) -> str:
    data = talk.store.do(lambda uow: PAGE.load(uow, talk.tools, {}))
    return talk.words(PAGE.template, **data, csrf_field="")


def enters(talk: TwoChannels, userid: str = "lihua", rule: RoleRule | None = None) -> str:
    return talk.store.do(lambda uow: accounts.enter(uow, userid, rule)) or ""


def is_open(talk: TwoChannels, secret: str) -> bool:
    return talk.store.do(lambda uow: accounts.find_session(uow, secret)) is not None


def audited(talk: TwoChannels) -> list[tuple[object, ...]]:
    statement = Statement("SELECT who, what, why FROM audit ORDER BY id")
    return [tuple(row) for row in talk.store.do(lambda uow: uow.run(statement))]


def happens(talk: TwoChannels, name: str, **extra: str) -> None:
    said = (PAYLOADS / f"contact_{name}.xml").read_text("utf-8")
    update = replace(read_update(WECOM_APP, said), at=talk.store.clock.now())
    update = replace(update, extra={**update.extra, **extra})
    talk.store.do(lambda uow: hear(uow, update, talk.tools))


# ── given and taken ─────────────────────────────────────────────────────────────────────


def test_a_supervisor_gives_and_takes_and_both_are_written_down(talk: TwoChannels) -> None:
    assert acts(talk, "grant", GOOD).startswith("lihua 现在是运营")
    secret = enters(talk)
    assert is_open(talk, secret)
    assert acts(talk, "take", {"userid": "lihua", "why": "转岗"}).startswith("已收回 lihua 的权限")

    assert not is_open(talk, secret)
    assert enters(talk) == ""
    assert audited(talk) == [
        ("amei", "console.granted", "lihua operator: 新来的 运营"),
        ("amei", "console.taken", "lihua: 转岗"),
    ]
    assert "amei 于" in shown(talk)


@pytest.mark.parametrize(
    ("form", "who", "words"),
    [
        (GOOD, "bob", "只有主管"),
        (GOOD, "nobody", "只有主管"),
        ({**GOOD, "why": "  "}, "amei", "请写上原因"),
        ({**GOOD, "role": "admin"}, "amei", "请选一个角色"),
        ({}, "amei", "请选一个角色"),
        ({**GOOD, "userid": ""}, "amei", "企业账号（userid）由字母"),
        ({**GOOD, "userid": "李华"}, "amei", "企业账号（userid）由字母"),
        ({**GOOD, "userid": "ww1/lihua"}, "amei", "企业账号（userid）由字母"),
        ({**GOOD, "userid": "x" * 65}, "amei", "企业账号（userid）由字母"),
    ],
)
def test_what_cannot_be_granted_says_why_and_changes_nothing(
    talk: TwoChannels, form: Mapping[str, str], who: str, words: str
) -> None:
    assert words in acts(talk, "grant", form, who)
    assert talk.store.count("colleague_accounts") == 0
    assert audited(talk) == []


def test_an_operator_takes_nothing(talk: TwoChannels) -> None:
    acts(talk, "grant", GOOD)

    assert "只有主管" in acts(talk, "take", {"userid": "lihua", "why": "a"}, "bob")
    assert enters(talk) != ""


def test_nobody_changes_her_own_role(talk: TwoChannels) -> None:
    acts(talk, "grant", {**GOOD, "role": "supervisor"})
    own = accounts.colleague_name("lihua")

    assert "不能改自己的权限" in acts(talk, "take", {"userid": "LIHUA", "why": "a"}, own)
    assert "不能改自己的权限" in acts(talk, "grant", GOOD, own)
    assert acts(talk, "grant", {**GOOD, "userid": "wang"}, own).startswith("wang 现在是运营")


def test_a_role_that_sank_gives_nothing_to_others(talk: TwoChannels) -> None:
    acts(talk, "grant", {**GOOD, "role": "supervisor"})
    acts(talk, "grant", {**GOOD, "role": "operator"})

    own = accounts.colleague_name("lihua")
    assert "只有主管" in acts(talk, "grant", {**GOOD, "userid": "wang"}, own)


def test_what_the_configuration_gives_is_not_taken_here(talk: TwoChannels) -> None:
    secret = enters(talk, "lihua", RULES.rules[0])

    assert "要在配置里改" in acts(talk, "take", {"userid": "lihua", "why": "a"})
    assert is_open(talk, secret)
    assert "配置：部门 3" in shown(talk)


def test_an_empty_page_says_how_it_works_and_hostile_words_are_harmless(talk: TwoChannels) -> None:
    assert "还没有同事用企业微信登录过" in shown(talk)
    acts(talk, "grant", {**GOOD, "why": '<script>alert("x")</script>'})
    assert "<script>" not in shown(talk)
    talk.tools.add(Entrance, Entrance())
    assert "wecom_login = true" in shown(talk)


# ── the contacts ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("event", "extra"),
    [("delete_user", {}), ("update_user", {"NewUserID": "", "Status": "2"})],
    ids=["left", "disabled"],
)
def test_who_leaves_or_is_disabled_is_out_at_once(
    talk: TwoChannels, event: str, extra: dict[str, str]
) -> None:
    acts(talk, "grant", GOOD)
    secret = enters(talk)
    for _ in range(2):
        happens(talk, event, **extra)

    assert not is_open(talk, secret)
    assert enters(talk) == ""
    assert [what for _, what, _ in audited(talk)] == ["console.granted", "console.ended"]


def test_a_new_userid_keeps_her_signed_in(talk: TwoChannels) -> None:
    acts(talk, "grant", GOOD)
    secret = enters(talk)
    happens(talk, "update_user")

    assert is_open(talk, secret)
    assert (enters(talk), enters(talk, "lihua2") != "") == ("", True)
    assert audited(talk)[-1] == ("bot", "console.renamed", "lihua to lihua2")


def test_active_and_other_changes_disturb_nobody(talk: TwoChannels) -> None:
    acts(talk, "grant", GOOD)
    secret = enters(talk)
    happens(talk, "update_user", NewUserID="", Status="1", Department="5")
    happens(talk, "update_tag")
    happens(talk, "update_tag", TagId="x" * 30)

    assert is_open(talk, secret)


def test_who_goes_to_another_department_signs_in_anew(talk: TwoChannels) -> None:
    secret = enters(talk, "lihua", RULES.rules[0])
    happens(talk, "update_user", NewUserID="", Department="4")

    assert not is_open(talk, secret)


# ── lost news ───────────────────────────────────────────────────────────────────────────


async def looked_after(talk: TwoChannels, folder: Path, platform: FakeWecomPages) -> None:
    """Run the errand once, with the platform behind it."""
    app = wecom_app(platform, talk.store.clock, folder, console_host="127.0.0.1")
    abilities = Abilities()
    abilities.offer(WECOM_APP, app.abilities)
    talk.tools.add(Abilities, abilities)
    writer = Writer(talk.store.database, talk.store.clock)
    await writer.start()
    await app.start()
    try:
        await look_after(writer, talk.tools)
    finally:
        await app.stop()
        await writer.stop()


async def test_who_left_without_news_of_it_is_found_out(talk: TwoChannels, tmp_path: Path) -> None:
    acts(talk, "grant", GOOD)
    gone = enters(talk)
    moved = enters(talk, "moved", RoleRule(Role.OPERATOR, "department:3"))
    stays = enters(talk, "stays", RoleRule(Role.OPERATOR, "tag:7"))
    talk.store.clock.tick(minutes=10)
    async with FakeWecomPages() as platform:
        platform.colleagues = {"Moved": {"department": [4]}, "Stays": {}}
        platform.tags[7] = (["Stays"], [])
        await looked_after(talk, tmp_path, platform)
        asked = platform.called("tag/get")

    assert [is_open(talk, one) for one in (gone, moved, stays)] == [False, False, True]
    assert asked == [{"tagid": "7"}]
    assert audited(talk)[-1] == ("bot", "console.ended", "lihua: left")


async def test_one_whom_the_app_may_not_see_hides_nobody_else(
    talk: TwoChannels, tmp_path: Path
) -> None:
    acts(talk, "grant", GOOD)
    unseen = enters(talk)
    gone = enters(talk, "zhao", RoleRule(Role.OPERATOR, "department:3"))
    async with FakeWecomPages() as platform:
        platform.faults["user/get"].append(Fault(errcode=60011))
        await looked_after(talk, tmp_path, platform)

    assert (is_open(talk, unseen), is_open(talk, gone)) == (True, False)


async def test_a_platform_that_is_busy_ends_nobodys_session(
    talk: TwoChannels, tmp_path: Path
) -> None:
    acts(talk, "grant", GOOD)
    secret = enters(talk)
    async with FakeWecomPages() as platform:
        platform.faults["user/get"].append(Fault(errcode=-1))
        with pytest.raises(RetryLater):
            await looked_after(talk, tmp_path, platform)

    assert is_open(talk, secret)


async def test_who_is_not_signed_in_is_not_asked_about(talk: TwoChannels, tmp_path: Path) -> None:
    acts(talk, "grant", GOOD)
    enters(talk)
    talk.store.clock.tick(hours=13)
    async with FakeWecomPages() as platform:
        await looked_after(talk, tmp_path, platform)

    assert platform.called("user/get") == []
