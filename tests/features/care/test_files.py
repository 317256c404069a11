"""A file of care that is broken while the bot runs: the last good one counts, and it is told."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.commons import amends, duty
from bot.commons.content import look
from bot.commons.detection import own
from bot.commons.learning import in_use
from bot.commons.ratings import sorting
from bot.features import satisfaction
from bot.features.care.jobs import FILES, tell_mistakes
from bot.kernel.work import UnitOfWork
from tests.kit.amends import AMENDS, COUPONS
from tests.kit.bureau import Bureau, open_bureau

GOOD = {
    "duty.toml": 'phone = "021-5555 0000"\n',
    "amends.toml": AMENDS.rpartition("[[limit]]")[0],
    "detection.toml": '[[rule]]\nid = "line"\nfamily = "verdict"\n'
    'pattern = "掉黄线"\nweight = 0.9\n'
    'reason = "说到掉黄线"\n',
    "voices.toml": 'product = ["掉黄线"]\n',
}


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with open_bureau(tmp_path, None, satisfaction.feature) as opened:
        yield opened


async def made_of(bureau: Bureau, path: str) -> object:
    """Return what is made of a file now."""
    tools, work = bureau.house.tools, bureau.house.house.writer
    await work.look(lambda uow: look(uow, tools))

    def read(uow: UnitOfWork) -> object:
        match path:
            case duty.FILE:
                return duty.rota(uow, tools).roster
            case amends.FILE:
                return amends.offers(uow, tools)
            case own.FILE:
                return in_use.detector(uow, tools)
            case _:
                return sorting.classifier(uow, tools).classify("又掉黄线")

    return await work.do(read)


@pytest.mark.parametrize("path", FILES)
async def test_a_broken_file_leaves_the_last_good_one_and_is_told_once(
    bureau: Bureau, path: str
) -> None:
    tools, work = bureau.house.tools, bureau.house.house.writer
    bureau.writes("coupons.toml", COUPONS)
    nothing = await made_of(bureau, path)
    bureau.writes(path, GOOD[path])
    good = await made_of(bureau, path)
    assert good != nothing
    bureau.writes(path, f"{GOOD[path]}\nthis is = = no toml\n")
    for _ in range(3):
        assert await made_of(bureau, path) == good
        await work.do(lambda uow: tell_mistakes(uow, tools))

    [(told,)] = await bureau.house.ask("SELECT text FROM notices WHERE key LIKE 'care.file%'")
    line = GOOD[path].count("\n") + 2
    assert f"{path} 第 {line} 行有错" in str(told)
    bureau.writes(path, GOOD[path])
    assert type(await made_of(bureau, path)) is type(good)
    await work.do(lambda uow: tell_mistakes(uow, tools))
    told_all = await bureau.house.ask("SELECT text FROM notices WHERE key LIKE 'care.file%'")
    assert len(told_all) == 1, told_all
