"""A room writes to a group and need not know which way leads there."""

from bot.commons.mass_send import Matter, matter_json, matters_of, standing, tell_group
from bot.kernel.capability import Capability, Chat, Doors
from bot.kernel.ids import ChannelName, GroupId
from bot.kernel.messages import Card, CardKind, Image, Link, Markdown, News, Outgoing, Part, Text
from bot.kernel.ports import Group
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.rooms import Store

CONFIRMED = Capability(
    chats=(Chat.CUSTOMER_GROUP,),
    source="",
    needs_human_confirm=True,
    text_bytes=100,
    links=True,
    images=True,
)
DIRECT = Capability(chats=(Chat.INTERNAL_GROUP,), source="")
DOORS = Doors({ChannelName("slow"): CONFIRMED, ChannelName("quick"): DIRECT})
SLOW = Group(GroupId("vip"), "穿搭群", ChannelName("slow"), "wr1", "zhangsan")
QUICK = Group(GroupId("staff"), "运营群", ChannelName("quick"), "chat1")
PICTURE = Image(path="a.png", alt="早安")


def tell(uow: UnitOfWork, group: Group, *parts: Part, key: str = "post:1") -> list[Outgoing]:
    tell_group(uow, DOORS, group, parts, key=key, why="schedule:morning")
    return uow.outgoing


def test_a_group_that_hears_at_once_gets_messages(store: Store) -> None:
    sent = store.do(lambda uow: tell(uow, QUICK, Text("早安"), PICTURE))

    assert [(one.recipient, one.key, one.to_group) for one in sent] == [
        ("chat1", "post:1", True),
        ("chat1", "post:1:m1", True),
    ]
    assert store.count("mass_targets") == 0


def test_a_group_whose_owner_confirms_gets_one_draft(store_on_both: Store) -> None:
    store = store_on_both
    for _ in range(2):
        assert store.do(lambda uow: tell(uow, SLOW, Text("早安"), PICTURE)) == []
    with store.unit() as uow:
        (row,) = uow.run(
            Statement(
                "SELECT t.key, t.owner, t.group_id, t.chat, t.status, t.why, m.body"
                " FROM mass_targets t JOIN mass_matters m ON m.digest = t.digest"
            )
        )

    assert tuple(row)[:6] == ("post:1", "zhangsan", "vip", "wr1", "drafted", "schedule:morning")
    assert matter_json.validate_json(str(row[6])) == Matter("早安", (PICTURE,))
    assert store.do(lambda uow: standing(uow, "post:1")) == "drafted"
    assert store.do(lambda uow: standing(uow, "post:2")) == ""


def test_the_same_words_are_kept_once(store: Store) -> None:
    for number in range(5):
        with store.unit() as uow:
            tell(uow, SLOW, Text("早安"), key=f"post:{number}")

    assert (store.count("mass_targets"), store.count("mass_matters")) == (5, 1)


def test_a_door_that_is_gone_has_nobody_who_confirms(store: Store) -> None:
    gone = Group(GroupId("old"), "旧群", ChannelName("gone"), "wr9")

    assert len(store.do(lambda uow: tell(uow, gone, Text("早安")))) == 1


def test_everything_that_can_be_said_fits_into_a_mass_send() -> None:
    link = Link("报名页", "https://example.invalid/hike")
    card = Card("c1", CardKind.VOTE, "投票", "投票：回复 1 或 2", url="https://example.invalid/v")
    parts: list[Part] = [
        Text("早安"),
        Markdown("**好**", "好"),
        PICTURE,
        link,
        News((link, link)),
        card,
    ]
    (matter,) = matters_of(parts, CONFIRMED)

    assert matter.text == "早安\n\n好\n\n投票：回复 1 或 2\nhttps://example.invalid/v"
    assert matter.attachments == (PICTURE, link, link, link)


def test_what_is_too_much_for_one_is_several() -> None:
    many = [Image(path=f"{number}.png") for number in range(20)]
    matters = matters_of([Text("长" * 99), *many], CONFIRMED)

    assert [len(one.attachments) for one in matters] == [9, 9, 2]
    assert len(matters[0].text.encode()) <= 100
    assert [one.text for one in matters[1:]] == ["", ""]
    assert len({one.digest for one in matters}) == 3
