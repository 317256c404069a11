"""A member who is to lead a salon is asked, and named only when she agrees."""

from bot.commons import members
from tests.kit.salons import COATS, Street


def test_a_host_is_named_only_when_she_agreed(street: Street) -> None:
    street.says("amei", "活动")
    amei = street.member("amei")
    street.store.do(lambda uow: members.name_member(uow, amei, "阿梅"))
    street.writes(COATS + 'host_member = "simulator:amei"\nhost = "店里"\n')
    street.runs("invitations.hosts", "invitations.hosts")
    [letter] = street.letters("amei")
    assert "同意主持 101" in letter
    assert "主持：店里" in street.says("bea", "活动 101")[0]
    assert "没有请你主持" in street.says("bea", "同意主持 101")[0]
    assert "会写上主持：阿梅" in street.says("amei", "同意主持 101")[0]
    assert "主持：阿梅" in street.says("bea", "活动 101")[0]
    assert "阿梅</bdi>：同意署名" in street.page("invitations")
    assert "不会写你的名字" in street.says("amei", "不同意主持")[0]
    assert "主持：店里" in street.says("bea", "活动 101")[0]
