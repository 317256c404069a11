"""Who of the advisors is meant by a userid: hers of now, as configured, or of before."""

from datetime import timedelta

import pytest

from bot.commons import staff
from bot.kernel.community import Advisor, Advisors
from bot.kernel.events import AdvisorRenamed
from bot.kernel.work import Toolbox
from tests.kit.rooms import NOON, Store


def _tools(*userids: str) -> Toolbox:
    tools = Toolbox()
    tools.add(Advisors, Advisors([Advisor(one, "李顾问") for one in userids]))
    return tools


def _renamed(store: Store, tools: Toolbox, old: str, new: str, day: int = 0) -> list[object]:
    at = NOON + timedelta(days=day)
    with store.unit() as uow:
        staff.renamed(uow, tools.use(Advisors), old, new, at)
        return [one for one in uow.events if isinstance(one, AdvisorRenamed)]


def test_all_her_userids_mean_her_and_each_change_is_told_once(store_on_both: Store) -> None:
    store, tools = store_on_both, _tools("LiSi", "wang")
    assert _renamed(store, tools, "LISI", "lisi2") == [AdvisorRenamed("lisi", "lisi2")]
    assert _renamed(store, tools, "lisi", "LiSi2") == []
    assert _renamed(store, tools, "lisi2", "lisi3", 1) == [AdvisorRenamed("lisi2", "lisi3")]
    assert _renamed(store, tools, "lisi", "lisi2") == []  # late, and known to be older

    for userid in ("lisi", "LiSi2", "lisi3"):
        assert store.do(lambda uow, u=userid: staff.userid_now(uow, tools, u)) == "lisi3"  # type: ignore[misc]  # bound now
    assert store.do(lambda uow: staff.find(uow, tools, "nobody")) is None
    assert store.do(lambda uow: staff.name_of(uow, tools, "")) == ""
    assert store.do(lambda uow: staff.names_before(uow, "lisi3")) == {"lisi", "lisi2"}
    assert store.do(lambda uow: staff.userid_after(uow, "lisi")) == "lisi3"


@pytest.mark.parametrize("userids", [("lisi2",), ("lisi", "lisi2")], ids=["in place", "besides"])
def test_the_configuration_may_know_the_new_userid_before_us(
    store: Store, userids: tuple[str, ...]
) -> None:
    tools = _tools(*userids)
    assert _renamed(store, tools, "lisi", "lisi2") == [AdvisorRenamed("lisi", "lisi2")]
    assert _renamed(store, tools, "lisi", "lisi2") == []
    found = store.do(lambda uow: staff.standing(uow, tools.use(Advisors)))
    assert [one.userid for one in found if not one.gone] == ["lisi2"]


def test_a_configuration_that_followed_still_knows_the_old_userid(store: Store) -> None:
    _renamed(store, _tools("lisi"), "lisi", "lisi2")
    tools = _tools("lisi2")

    assert store.do(lambda uow: staff.name_of(uow, tools, "lisi")) == "李顾问"
    assert store.do(lambda uow: staff.all_names(uow, tools)) == {
        "lisi": "李顾问",
        "lisi2": "李顾问",
    }


def test_a_userid_that_is_free_again_is_somebody_elses(store: Store) -> None:
    tools = _tools("boss")
    assert _renamed(store, tools, "boss", "alice") == [AdvisorRenamed("boss", "alice")]

    assert _renamed(store, tools, "boss", "bob", 9) == []
    assert store.do(lambda uow: staff.userid_now(uow, tools, "boss")) == "alice"


def test_who_is_called_back_and_forth_is_known_by_her_last_userid(store: Store) -> None:
    tools = _tools("lisi")
    for day, (old, new) in enumerate((("lisi", "li"), ("li", "lisi"), ("lisi", "li"))):
        assert _renamed(store, tools, old, new, day) == [AdvisorRenamed(old, new)]

    assert store.do(lambda uow: staff.userid_after(uow, "lisi")) == "li"
    assert store.do(lambda uow: staff.userid_after(uow, "li")) == ""
