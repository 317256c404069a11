"""Who of the company comes, goes and is called otherwise."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.wecom.updates import read_update
from bot.commons import members, notices, staff
from bot.features import checkin, contacts, identity
from bot.features.contacts.handlers import hear
from bot.kernel.capability import Doors
from bot.kernel.community import Advisor, Advisors
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.messages import Update
from bot.kernel.work import Statement
from tests.kit.rooms import NOON, Store
from tests.kit.two import APP, CUSTOMER, KEFU, TwoChannels

WECOM_APP = ChannelName("wecom_app")
PAYLOADS = Path(__file__).parents[2] / "channels" / "wecom" / "payloads"
SAMPLES = sorted(PAYLOADS.glob("contact_*.xml"))
ADVISORS = Advisors((Advisor("LiHua", "李顾问", ("客诉",)), Advisor("zhaolei", "赵顾问")))
PAGE, _ = contacts.feature.pages


@pytest.fixture
def talk(store: Store) -> Iterator[TwoChannels]:
    doors = Doors({WECOM_APP: APP, KEFU: CUSTOMER})
    built = TwoChannels(store, checkin.feature, identity.feature, contacts.feature, doors=doors)
    built.tools.add(Advisors, ADVISORS)
    yield built
    left_over = store.do(lambda uow: [one.text for one in notices.recent(uow)])
    assert not any("None" in text for text in left_over)


def sample(name: str) -> Update:
    return read_update(WECOM_APP, (PAYLOADS / f"contact_{name}.xml").read_text("utf-8"))


def happens(talk: TwoChannels, update: Update, **extra: str) -> None:
    changed = replace(update, extra={**update.extra, **extra})
    talk.store.do(lambda uow: hear(uow, changed, talk.tools))


def noticed(talk: TwoChannels) -> list[str]:
    return talk.store.do(lambda uow: [one.text for one in notices.recent(uow)])


def standing(talk: TwoChannels) -> list[tuple[str, bool]]:
    found = talk.store.do(lambda uow: staff.standing(uow, ADVISORS))
    return [(one.userid, one.gone) for one in found]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_recorded_event_is_heard_and_keeps_nothing_private(
    talk: TwoChannels, path: Path
) -> None:
    update = read_update(WECOM_APP, path.read_text("utf-8"))
    happens(talk, update)

    assert (update.event, update.sender) == ("change_contact", None)
    assert update.extra["ChangeType"] == path.stem.removeprefix("contact_")
    private = ("13800000000", "example.invalid", "广州", "李华", "徒步", "qpic")
    assert not [word for word in private if word in str(update)]


def test_all_seven_kinds_are_recorded() -> None:
    assert len(SAMPLES) == 7


def test_an_advisor_who_leaves_is_told_to_operators_once(talk: TwoChannels) -> None:
    for _ in range(2):
        happens(talk, sample("delete_user"))

    (told,) = noticed(talk)
    assert told.startswith("顾问 李顾问（lihua）已离开企业。")
    assert standing(talk) == [("lihua", True), ("zhaolei", False)]


def test_she_may_come_back(talk: TwoChannels) -> None:
    happens(talk, sample("create_user"))
    happens(talk, sample("delete_user"))
    back = sample("create_user")
    happens(talk, replace(back, at=back.at + timedelta(days=1)))

    assert noticed(talk)[0] == "顾问 李顾问（lihua）又在企业通讯录里了，可以接待。"
    assert standing(talk)[0] == ("lihua", False)


def test_what_arrives_late_changes_nothing(talk: TwoChannels) -> None:
    left = sample("delete_user")
    back = replace(sample("create_user"), at=left.at + timedelta(hours=2))
    happens(talk, replace(left, at=left.at + timedelta(hours=1)))
    happens(talk, back)
    happens(talk, left)

    assert standing(talk)[0] == ("lihua", False)


def test_colleagues_who_are_no_advisors_are_nobody_elses_business(talk: TwoChannels) -> None:
    happens(talk, sample("delete_user"), UserID="wangfang")

    assert noticed(talk) == []
    assert talk.store.count("staff_changes") == 0


def test_a_new_userid_is_followed_and_told(talk: TwoChannels) -> None:
    happens(talk, sample("update_user"), UserID="LIHUA")
    assert "从 LiHua 改成了 lihua2" in noticed(talk)[0]
    further = sample("update_user")
    further = replace(further, at=further.at + timedelta(days=1))
    happens(talk, further, UserID="lihua2", NewUserID="lihua3")
    gone = sample("delete_user")
    happens(talk, replace(gone, at=gone.at + timedelta(days=2)), UserID="LiHua3")

    assert standing(talk)[0] == ("lihua3", True)
    assert "（lihua3）已离开企业" in noticed(talk)[0]


def test_a_change_without_a_new_userid_means_nothing(talk: TwoChannels) -> None:
    happens(talk, sample("update_user"), NewUserID="")
    happens(talk, sample("update_user"), UserID="")
    happens(talk, sample("update_user"), NewUserID="LIHUA")

    assert standing(talk)[0] == ("lihua", False)
    assert noticed(talk) == []


def on_the_app(talk: TwoChannels, who: str) -> MemberId:
    talk.on(WECOM_APP, who, "打卡")
    member = talk.who(WECOM_APP, who)
    assert member is not None
    return member


def test_a_member_stays_who_she_is_under_her_new_userid(talk: TwoChannels) -> None:
    lihua = on_the_app(talk, "lihua")
    happens(talk, sample("update_user"), UserID="LiHua", NewUserID="LiHua2")
    happens(talk, sample("update_user"), UserID="LiHua", NewUserID="LiHua2")

    assert talk.who(WECOM_APP, "lihua2") == lihua
    assert talk.who(WECOM_APP, "lihua") is None
    assert talk.on(WECOM_APP, "lihua2", "打卡")[0].startswith("今天已打卡")
    written = Statement("SELECT who, what, why, member_id FROM audit")
    assert talk.store.do(lambda uow: [tuple(row) for row in uow.run(written)]) == [
        ("bot", "contacts.renamed", "userid_changed", lihua)
    ]


def test_who_wrote_under_the_new_name_before_the_event_came_is_the_same(talk: TwoChannels) -> None:
    lihua = on_the_app(talk, "lihua")
    assert on_the_app(talk, "lihua2") != lihua
    happens(talk, sample("update_user"))

    assert talk.who(WECOM_APP, "lihua2") == lihua
    found = talk.store.do(lambda uow: members.merges_of(uow, lihua))
    assert [one.how for one in found] == [members.How.RENAMED]


def test_who_is_going_to_be_erased_is_not_joined_by_a_rename(talk: TwoChannels) -> None:
    lihua, other = on_the_app(talk, "lihua"), on_the_app(talk, "lihua2")
    with talk.store.unit() as uow:
        members.ask_erasure(uow, other, NOON)
        members.confirm_erasure(uow, other, asked_since=NOON, after=NOON + timedelta(days=7))
    happens(talk, sample("update_user"))

    assert (talk.who(WECOM_APP, "lihua"), talk.who(WECOM_APP, "lihua2")) == (lihua, other)
    assert standing(talk)[0] == ("lihua2", False)


def test_a_customer_of_that_name_is_somebody_else(talk: TwoChannels) -> None:
    talk.on(KEFU, "lihua", "打卡")
    happens(talk, sample("update_user"))

    assert talk.who(KEFU, "lihua") is not None
    assert talk.who(KEFU, "lihua2") is None


def test_the_page_says_who_has_left(talk: TwoChannels) -> None:
    happens(talk, sample("delete_user"), UserID="zhaolei")
    happens(talk, sample("update_user"))
    data = talk.store.do(lambda uow: PAGE.load(uow, talk.tools, {}))
    shown = talk.words(PAGE.template, **data)

    assert "已离开企业" in shown
    assert "配置里还是 LiHua" in shown


def test_a_house_without_advisors_says_how_to_have_some(talk: TwoChannels) -> None:
    talk.tools.add(Advisors, Advisors())
    data = talk.store.do(lambda uow: PAGE.load(uow, talk.tools, {}))

    assert "[[advisors]]" in talk.words(PAGE.template, **data).partition("empty")[2]
