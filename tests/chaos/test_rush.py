"""A hundred want one of twenty at the same moment, and the program is killed meanwhile.

`python -m bench chaos --rush` does the same again and again.
"""

from pathlib import Path

import pytest

from tests.kit.crowds import GOODS_STEPS, Rush, rush_hour


@pytest.mark.timeout(240)  # four starts of the program, on a machine that may be busy
async def test_twenty_have_one_whenever_the_bot_died(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    async with Rush(tmp_path, url, people=100) as rush:
        await rush_hour(rush, claim=GOODS_STEPS, more=["outbox.sent"])
        await rush.calm()
        assert rush.audit() == []
        assert set(GOODS_STEPS) <= rush.kills.keys()
