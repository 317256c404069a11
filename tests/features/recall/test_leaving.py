"""What is kept goes with her, and comes along when two turn out to be one."""

from bot.features.recall import reads
from bot.features.recall.personal import personal
from tests.features.recall.conftest import Shop
from tests.kit.lives import REGISTRY, join, part


def test_she_can_read_it_and_it_is_deleted_with_her(both: Shop) -> None:
    both.likes_prices("amei")
    her = both.member("amei")
    both.operates("recall", "set-type", member=str(her), type="price", why="说过")
    both.starts()
    both.day()
    [data] = personal
    said, by_hand = both.store.do(lambda uow: data.export(uow, her))
    assert (said["sets_store_by"], said["offer"]) == ("price", "满 300 减 50")
    assert by_hand["a_person_says_because"] == "说过"
    both.store.do(lambda uow: REGISTRY.erase(uow, her))
    assert both.store.count("recalls") == both.store.count("recall_types") == 0
    both.passes(days=1)
    assert both.day() == []
    assert "还没有召回过谁" in both.page("recall")


def test_two_who_are_one_are_recalled_once_after_the_last_order_of_both(both: Shop) -> None:
    both.likes_prices("amei", ago=70)
    both.likes_prices("lily", ago=60)
    amei, lily = both.everybody("amei", "lily")
    both.operates("recall", "set-type", member=str(lily), type="quality", why="料子")
    both.starts()
    with both.store.unit() as uow:
        merge = join(uow, amei, lily)
    assert len(both.day()) == 1
    assert both.rows("member_id, type") == [(amei, "quality")]
    with both.store.unit() as uow:
        part(uow, merge)
        assert reads.hand_of(uow, lily) is not None
        assert reads.hand_of(uow, amei) is None
    assert len(both.day()) == 1  # the other had not been told
