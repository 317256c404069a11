"""What is erased stays erased: no answer and no event brings it back."""

from datetime import timedelta
from pathlib import Path

from bot.channels.wecom.customer_groups.events import read_event
from bot.commons import groups, members
from bot.commons.groups import Change, personal
from bot.kernel.customers import GroupState, InGroup, JoinScene, Someone
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.messages import Outgoing, Text, Update
from bot.kernel.work import Statement, UnitOfWork
from bot.pipeline import inbox, outbox
from bot.pipeline.personal import personal as of_the_trip
from tests.kit.rooms import NOON, Store

AMEI, LILY = "wmInventedExternalUser0000000001", "wmInventedExternalUser0000000002"
SAMPLES = Path(__file__).parents[2] / "channels" / "customer_groups" / "samples"
EVERYTHING = ("customer_groups", "group_members", "erased_identities", "inbox", "outbox")


def read(name: str) -> Update:
    plaintext = (SAMPLES / f"{name}.xml").read_text("utf-8")
    return read_event(ChannelName("customer_groups"), plaintext)


def state(version: str = "v1") -> GroupState:
    people = [
        InGroup(Someone(AMEI, is_customer=True), NOON, JoinScene.CODE, name="阿梅"),
        InGroup(Someone(LILY, is_customer=True), NOON, JoinScene.INVITED, inviter=AMEI),
    ]
    return GroupState("wr1", "一群", "lihua", NOON, people, version=version)


def erased_amei(store: Store) -> MemberId:
    """Return a member who is in the group, wrote to 微信客服, and is forgotten by now."""
    at = store.clock.now()
    amei = store.do(lambda uow: members.resolve(uow, ChannelName("kefu"), AMEI, at))
    store.do(lambda uow: groups.apply(uow, state()))
    store.do(lambda uow: erase(uow, amei))
    return amei


def erase(uow: UnitOfWork, member: MemberId) -> None:
    for data in (*personal, *of_the_trip):
        data.erase(uow, member)


def everything(store: Store) -> str:
    return str(
        [
            store.do(lambda uow: uow.run(Statement(f"SELECT * FROM {name}")))  # noqa: B023 - at once
            for name in EVERYTHING
        ]
    )


def test_an_answer_does_not_bring_her_back(store_on_both: Store) -> None:
    store = store_on_both
    erased_amei(store)
    assert AMEI not in everything(store)
    assert LILY in everything(store)

    for version in ("v1", "v2"):
        store.do(lambda uow: groups.apply(uow, state(version)))  # noqa: B023 - at once
    assert AMEI not in everything(store)
    counts = store.do(lambda uow: groups.counts_of(uow, "wr1"))
    assert counts.present == 1


def test_an_event_does_not_bring_her_back(store: Store) -> None:
    erased_amei(store)
    who = [Someone(AMEI, is_customer=True), Someone("wm3", is_customer=True)]
    change = Change("wr1", who, NOON + timedelta(hours=1), "v1", "v2")

    assert store.do(lambda uow: groups.joined(uow, change, JoinScene.CODE))
    assert AMEI not in everything(store)
    assert "wm3" in everything(store)


def test_she_takes_along_what_is_kept(store: Store) -> None:
    at = store.clock.now()
    amei = store.do(lambda uow: members.resolve(uow, ChannelName("kefu"), AMEI, at))
    lily = store.do(lambda uow: members.resolve(uow, ChannelName("kefu"), LILY, at))
    store.do(lambda uow: groups.apply(uow, state()))

    (data,) = personal
    (row,) = store.do(lambda uow: data.export(uow, amei))
    assert (row["group"], row["name"], row["joined_at"]) == ("一群", "阿梅", NOON.isoformat())
    (other,) = store.do(lambda uow: data.export(uow, lily))
    assert other["scene"] == "invited"
    assert other["was_invited"]  # by whom is somebody else's affair
    assert AMEI not in str(other)


def test_callbacks_and_greetings_about_her_are_forgotten_too(store: Store) -> None:
    at = store.clock.now()
    amei = store.do(lambda uow: members.resolve(uow, ChannelName("kefu"), AMEI, at))
    told = [read("ext_add_external_contact"), read("chat_update_del_member_kicked")]
    store.do(lambda uow: inbox.put(uow, told, lambda _update: False))
    hello = Outgoing(ChannelName("customer_groups"), AMEI, Text("欢迎"), "w1")
    store.do(lambda uow: outbox.put(uow, [hello], lambda one: one.recipient))
    assert AMEI in everything(store)

    store.do(lambda uow: erase(uow, amei))
    assert AMEI not in everything(store)
    assert LILY in everything(store)  # the other callback is about her alone


def test_two_erased_people_share_one_salt(store: Store) -> None:
    at = store.clock.now()
    for name in (AMEI, LILY):
        member = store.do(lambda uow: members.resolve(uow, ChannelName("kefu"), name, at))  # noqa: B023 - at once
        store.do(lambda uow: erase(uow, member))  # noqa: B023 - at once
    salts = store.do(lambda uow: uow.run(Statement("SELECT salt FROM erased_identities")))

    assert len({str(salt) for (salt,) in salts}) == 1
    assert len(salts) == 2
