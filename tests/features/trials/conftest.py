"""A community with trials from files."""

from pathlib import Path

import pytest

from bot.features import trials
from bot.features.trials.rules import TrialSettings
from tests.kit.hall import HEAD, Hall
from tests.kit.rooms import Store

TRIAL = 'title = "新款羊绒围巾试用"\nquota = 2\n'
ENDS = "closes_at = 2026-08-25T22:00:00+08:00\n"
"""34 hours after the tests begin."""
AGREE = 'consent = "不外传照片，先做皮肤测试。"\n'


class TrialHall(Hall):
    """Operators write files of trials; the clock finds them."""

    def writes(self, matter: str = TRIAL + ENDS, body: str = "来试。", name: str = "a") -> None:
        self.desk.post(f"trials/{name}.md", body, matter, HEAD)
        self.runs("trials.files")

    def states(self) -> list[str]:
        """Return the states of all applications, in the order of their numbers."""
        return [str(s) for (s,) in self.asks("SELECT state FROM trial_applications ORDER BY id")]


@pytest.fixture
def hall(store: Store, tmp_path: Path) -> TrialHall:
    return TrialHall(store, trials.feature, tmp_path, TrialSettings())
