"""Every event of 客户联系 becomes an update: which, about whom, in whose order, known how."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wecom.customer_groups.events import is_customer, named, read_event
from bot.kernel.errors import BadCallback
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Ticket, Update, UpdateKind

SAMPLES = sorted((Path(__file__).parent / "samples").glob("*.xml"))
GROUPS = ChannelName("customer_groups")
AT = datetime.fromtimestamp(1_782_000_000, UTC)
CHAT = "wrInventedCustomerGroup000000001"
ONE, TWO = (f"wmInventedExternalUser000000000{n}" for n in (1, 2))
EVENTS = {
    "chat_create": "group_created",
    "chat_dismiss": "group_dismissed",
    "chat_update_add_member": "group_joined",
    "chat_update_add_member_legacy": "group_joined",
    "chat_update_add_member_one": "group_joined",
    "chat_update_change_name": "group_changed",
    "chat_update_change_notice": "group_changed",
    "chat_update_change_owner": "group_changed",
    "chat_update_del_member_kicked": "group_left",
    "chat_update_del_member_self": "group_left",
    "ext_add_external_contact": "customer_added",
    "ext_add_external_contact_nocode": "customer_added",
    "ext_add_half_external_contact": "customer_half_added",
    "ext_del_external_contact": "customer_removed",
    "ext_del_external_contact_transfer": "customer_removed",
    "ext_del_follow_user": "customer_left",
    "ext_edit_external_contact": "customer_changed",
    "ext_msg_audit_approved": "customer_consented",
    "ext_transfer_fail": "customer_not_transferred",
    "tag_create": "tags_changed",
    "tag_delete": "tags_changed",
    "tag_shuffle": "tags_changed",
    "tag_update": "tags_changed",
}


def sample(name: str) -> str:
    return (Path(__file__).parent / "samples" / f"{name}.xml").read_text("utf-8")


def read(name: str) -> Update:
    return read_event(GROUPS, sample(name))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_event_is_read(path: Path) -> None:
    update = read(path.stem)

    assert (update.kind, update.event) == (UpdateKind.EVENT, EVENTS[path.stem])
    assert update.at == AT
    assert update.sender is None


def test_people_who_joined_are_told_with_the_versions_around_it() -> None:
    update = read("chat_update_add_member")

    assert update.group == CHAT
    assert update.extra == {
        "detail": "add_member",
        "customers": f"{ONE},{TWO}",
        "before": "73b55ce1e9487febfa1f676d69f3ba00",
        "after": "f03af4e6ec9645afd0dab4838bedb673",
        "scene": "code",
    }
    assert read("chat_update_add_member_one").extra["scene"] == "invited"


def test_an_event_of_the_old_kind_names_nobody() -> None:
    assert read("chat_update_add_member_legacy").extra == {"detail": "add_member", "scene": "code"}


def test_colleagues_are_told_from_customers_and_named_in_one_case() -> None:
    update = read_event(GROUPS, sample("chat_update_add_member_one").replace(ONE, "LiHua"))

    assert update.extra["colleagues"] == "lihua"
    assert "customers" not in update.extra
    assert is_customer(ONE)
    assert not is_customer("wmike")
    assert (named("LiHua"), named(ONE)) == ("lihua", ONE)


def test_who_left_by_herself_is_told_from_who_was_removed() -> None:
    assert read("chat_update_del_member_self").extra["how"] == "left"
    assert read("chat_update_del_member_kicked").extra["how"] == "removed"


def test_a_new_friend_brings_a_ticket_for_twenty_seconds() -> None:
    update = read("ext_add_external_contact")

    assert update.ticket == Ticket("WELCOME_CODE_INVENTED_01", AT + timedelta(seconds=20))
    assert "WELCOME_CODE" not in str(update.extra)
    assert update.extra["state"] == "chan_hike_01"
    assert read("ext_add_external_contact_nocode").ticket is None
    assert read("ext_add_half_external_contact").ticket is not None
    assert read("ext_msg_audit_approved").ticket is not None


def test_what_belongs_together_is_kept_in_order() -> None:
    chats = {read(name).conversation for name in EVENTS if name.startswith("chat")}
    assert chats == {f"customer_groups:{CHAT}"}
    pair = read("ext_add_external_contact").conversation
    assert pair == read("ext_del_follow_user").conversation == f"customer_groups:{ONE}:lihua"
    assert pair != read("ext_transfer_fail").conversation


def test_two_events_of_one_second_are_two_and_a_repeat_is_one() -> None:
    keys = [read(path.stem).key for path in SAMPLES]

    assert len(set(keys)) == len(SAMPLES)
    assert keys == [read(path.stem).key for path in SAMPLES]


def test_a_reason_is_kept() -> None:
    assert read("ext_transfer_fail").extra["reason"] == "customer_refused"
    assert read("ext_del_external_contact_transfer").extra["reason"] == "DELETE_BY_TRANSFER"


@pytest.mark.parametrize(
    ("name", "old", "new", "event"),
    [
        ("chat_update_change_name", "change_name", "change_colour", "group_changed"),
        ("chat_create", "ChatId", "ChatNumber", "change_external_chat"),
        ("ext_edit_external_contact", "edit_external_contact", "sings", "customer_event"),
        ("ext_edit_external_contact", "ExternalUserID", "Somebody", "change_external_contact"),
        ("tag_create", "change_external_tag", "change_external_moon", "change_external_moon"),
    ],
    ids=["detail", "no chat", "change", "no customer", "event"],
)
def test_what_the_platform_invents_is_kept(name: str, old: str, new: str, event: str) -> None:
    assert read_event(GROUPS, sample(name).replace(old, new)).event == event


@given(st.text(max_size=40), st.text(max_size=40))
def test_nothing_in_a_field_gets_past_the_reader(chat: str, person: str) -> None:
    safe = [text.replace("]]>", "") for text in (chat, person)]
    said = sample("chat_update_add_member_one").replace(CHAT, safe[0]).replace(ONE, safe[1])
    with suppress(BadCallback):
        assert isinstance(read_event(GROUPS, said), Update)
