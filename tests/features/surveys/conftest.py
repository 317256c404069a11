"""A community with surveys from files."""

from pathlib import Path

import pytest

from bot.commons import members
from bot.features import surveys
from bot.features.surveys.rules import SurveySettings
from bot.kernel.work import Statement
from tests.kit.hall import HEAD, Hall
from tests.kit.rooms import Store

SURVEY = """title = "秋冬大衣"
audience = ["tag:通勤"]
closes_at = 2026-08-25T22:00:00+08:00
[[questions]]
text = "最想要的颜色"
kind = "single"
options = ["黑", "白", "驼"]
[[questions]]
text = "什么时候穿"
kind = "multi"
options = ["上班", "周末"]
[[questions]]
text = "这季满意吗"
kind = "scale"
[[questions]]
text = "还想说什么"
kind = "text"
required = false
"""
ANONYMOUS = SURVEY.replace("closes_at", "anonymous = true\ncloses_at")
NPS = (
    SURVEY.partition("[[questions]]")[0]
    + """[[questions]]
text = "会推荐给朋友吗"
kind = "nps"
"""
)
FILLED: dict[str, object] = {"survey": 1, "q-1": 2, "q-2-1": 1, "q-3": 5, "q-4": "加长款"}
_ARRIVES = Statement(
    "INSERT INTO outbox (key, channel, lane, recipient, payload, why, status, tries, due_at,"
    " created_at, platform_id, handle, note, error_code)"
    " SELECT letter, 'simulator', 'l', 'r', '', '', 'sent', 0, 0, 0, '', '', '', 0"
    " FROM survey_invitations WHERE survey_id = 1 AND told = 'queued'"
)


class SurveyHall(Hall):
    """Operators write files of surveys and send them; some members are in the segment."""

    def writes(self, matter: str = SURVEY, name: str = "a") -> None:
        self.desk.post(f"surveys/{name}.md", "说说大衣。", matter, HEAD)
        self.runs("surveys.files")

    def in_segment(self, *who: str) -> None:
        for one in who:
            her = self.member(one)
            with self.store.unit() as uow:
                members.tag(uow, her, "通勤", who="lin")

    def asks_them(self, matter: str = SURVEY, *who: str) -> None:
        """Send a survey to some members."""
        self.writes(matter)
        self.in_segment(*(who or ("amei", "lily")))
        assert "正在发给" in self.operates("send", survey=1)
        self.runs("surveys.send")

    def arrives(self, *, but: int = 0) -> None:
        """Let the messages leave, but for some of them."""
        self.store.do(lambda uow: uow.run(_ARRIVES))
        cut = f"DELETE FROM outbox WHERE id IN (SELECT id FROM outbox LIMIT {but})"
        self.store.do(lambda uow: uow.run(Statement(cut)))
        self.runs("surveys.arrived")


@pytest.fixture
def hall(store: Store, tmp_path: Path) -> SurveyHall:
    return SurveyHall(store, surveys.feature, tmp_path, SurveySettings())
