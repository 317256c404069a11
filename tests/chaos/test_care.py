"""Many need a human at the same moment, and the program is killed while it hands them over."""

from pathlib import Path

import pytest

from tests.kit.care_chaos import CARE_STEPS, CareRush, care_rush


@pytest.mark.timeout(240)  # six starts of the program, on a machine that may be busy
async def test_everybody_has_one_case_whenever_the_bot_died(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    rush = CareRush(tmp_path, url, people=30)
    assert await care_rush(rush) == []
    assert set(CARE_STEPS) <= rush.kills.keys()
