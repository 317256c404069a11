"""The life of a card on SQLite and on PostgreSQL."""

from pathlib import Path

import pytest

from bot.commons import cases
from bot.features import cards
from bot.features.cards import digest
from bot.kernel.messages import CardUpdate
from tests.features.cards.conftest import Floor


@pytest.mark.parametrize("where", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_a_card_is_put_off_taken_given_away_and_forgotten(
    where: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = request.getfixturevalue("postgres") if where == "postgres" else ""
    async with Floor(tmp_path, url=url) as floor:
        number = await floor.opens()
        await floor.presses("lisi", "later")
        floor.clock.tick(minutes=11)
        await floor.sweeps()
        assert len(floor.cards("lisi")) == 2
        await floor.joins(2, "k2")
        await floor.joins(3, "k3")
        await floor.joins(3, "k4")
        assert len(floor.cards("lisi")) == 3

        await floor.presses("lisi", "take", "h3")
        await floor.presses("lisi", "to", "h4")
        given = await floor.presses("lisi", "give", "h5")
        assert isinstance(given.part, CardUpdate)
        assert [case.state for case in await floor.house.writer.do(cases.with_humans)] == [
            cases.State.ASSIGNED
        ]
        [card] = floor.cards("wang")
        assert card.buttons[0].text == "接手"

        await floor.house.writer.do(digest.doubt)
        floor.clock.tick(hours=4, minutes=20)
        await floor.sweeps()
        assert floor.cards("wang")[-1].title == "16:30 小结"

        case = await floor.house.writer.do(lambda uow: cases.get(uow, number))
        assert case is not None
        her = case.member
        [personal] = cards.feature.personal
        assert len(await floor.house.writer.do(lambda uow: personal.export(uow, her))) == 4
        await floor.house.writer.do(lambda uow: personal.erase(uow, her))
        for words in ("阿美", "破了"):
            told = f"SELECT count(*) FROM outbox WHERE payload LIKE '%{words}%'"
            assert await floor.ask(told) == [(0,)]
        floor.clock.tick(hours=80)
        await floor.sweeps()
