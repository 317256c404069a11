"""How a file names a member, and who is found by it."""

import pytest

from bot import app as roof
from bot.commons import members, profiles
from bot.commons.profiles import BadRef, Profile, Ref, Shared, find_ref, read_ref
from bot.kernel.ids import ChannelName
from tests.kit.rooms import NOON, Store

SIMULATOR = ChannelName("simulator")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("phone:13800138000", "13800138000"),
        ("phone: +86 138-0013-8000", "13800138000"),
        ("PHONE:8613800138000", "13800138000"),
        ("phone:１３８００１３８０００", "13800138000"),
        ("phone:+85291234567", "+85291234567"),
    ],
)
def test_a_phone_number_is_one_however_it_is_written(written: str, value: str) -> None:
    assert read_ref(written) == Ref("phone", value)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "amei",
        "phone:",
        "phone:1.38E+10",
        "phone:abc",
        "fax:1",
        "kefu:",
        "mp:a\nb",
        "mp:" + "x" * 200,
    ],
)
def test_what_names_nobody_is_refused(written: str) -> None:
    with pytest.raises(BadRef):
        read_ref(written)


def test_a_member_is_found_by_her_name_on_a_channel(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        amei = members.resolve(uow, ChannelName("kefu"), "wmA:1", NOON)

        assert find_ref(uow, read_ref("kefu:wmA:1")) == amei
        assert find_ref(uow, read_ref("customer_groups:wmA:1")) == amei
        assert find_ref(uow, read_ref("kefu:wmB")) is None


def test_a_phone_that_two_members_share_is_nobodys(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        amei = members.resolve(uow, SIMULATOR, "amei", NOON)
        lily = members.resolve(uow, SIMULATOR, "lily", NOON)
        ref = read_ref("phone:13800138000")
        profiles.keep_profile(uow, amei, Profile(phone="13800138000", unionid="o1"))
        assert find_ref(uow, ref) == amei
        assert find_ref(uow, read_ref("unionid:o1")) == amei
        profiles.keep_profile(uow, lily, Profile(phone="13800138000"))

        with pytest.raises(Shared):
            find_ref(uow, ref)


def test_whoever_was_erased_is_remembered_by_nothing_but_a_hash(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        amei = members.resolve(uow, SIMULATOR, "amei", NOON)
        profiles.keep_profile(uow, amei, Profile(phone="13800138000", unionid="o1"))
        roof.PERSONAL.erase(uow, amei)

        for written in ("phone:13800138000", "unionid:o1", "simulator:amei"):
            assert profiles.was_erased(uow, read_ref(written)), written
        assert not profiles.was_erased(uow, read_ref("phone:13900139000"))
