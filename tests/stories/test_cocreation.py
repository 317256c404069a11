"""Members propose, ask, try and answer in the whole bot; operators at their desk."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.commons import members
from bot.kernel.ids import MemberId
from tests.kit.oauth import Person
from tests.kit.street import Town, open_town
from tests.kit.visits import WECOM, phone

CONSOLE = """
[console]
wecom_login = true
[[console.roles]]
role = "operator"
userids = ["ZhangSan", "WangWu"]
[ideas]
supporters_needed = 1
[questions]
skill = "styling"
[[advisors]]
userid = "lisi"
name = "李顾问"
skills = ["styling"]
"""
HOME = "/console/"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path, CONSOLE) as opened:
        yield opened


async def test_an_idea_is_supported_adopted_and_rewarded_by_two(town: Town) -> None:
    zhang, wang = Person(userid="ZhangSan"), Person(userid="WangWu")
    async with (
        phone(town.port, town.platform, zhang, agent=WECOM, area=HOME) as one,
        phone(town.port, town.platform, wang, agent=WECOM, area=HOME) as two,
        phone(town.port, town.platform, Person(userid="LiHua"), agent=WECOM) as mine,
    ):
        await town.hears("lihua", "打卡")
        await town.hears("meimei", "建议：多进 XS 码的大衣")
        page = await mine.open("/m/ideas/board")
        done = await mine.send(page.form("/m/ideas/board/do/support"), {})
        assert "支持了建议 1，现在 1 人支持" in done.text
        await town.app.house.engine.settle()
        assert "进入评审了" in town.platform.to("meimei")[-1].words

        desk = await one.open("/console/ideas")
        form = desk.form("/console/ideas/answer")
        told = await one.send(form, {"reply": "十月上架", "state": "adopted"})
        assert "建议 1：已采纳，已经告诉她。" in told.text
        reward = {"kind": "points", "points": "50", "why": "真的做了"}
        await one.send((await one.open("/console/ideas")).form("/console/ideas/reward"), reward)
        agree = (await one.open("/console/ideas")).form("/console/ideas/agree")
        assert "提的人自己不能批" in (await one.send(agree, {})).text
        agree = (await two.open("/console/ideas")).form("/console/ideas/agree")
        assert "奖励已经发了" in (await two.send(agree, {})).text
        await town.app.house.engine.settle()
        assert "奖励给你：50 积分" in town.platform.to("meimei")[-1].words
        assert "50" in (await town.hears("meimei", "我的积分"))[0]


async def test_a_question_reaches_the_expert_and_the_answer_everybody(town: Town) -> None:
    zhang, meimei = Person(userid="ZhangSan"), Person(userid="MeiMei")
    async with (
        phone(town.port, town.platform, zhang, agent=WECOM, area=HOME) as one,
        phone(town.port, town.platform, meimei, agent=WECOM) as hers,
    ):
        await town.hears("meimei", "提问：羊毛大衣怎么洗？")
        assert "有新的提问 1，请 李顾问" in town.platform.to("lisi")[-1].words
        form = (await one.open("/console/questions")).form("/console/questions/answer")
        assert "已经回答" in (await one.send(form, {"answer": "干洗，别机洗。"})).text
        await town.app.house.engine.settle()
        assert "专家回答：干洗，别机洗。" in town.platform.to("meimei")[-1].words
        form = (await one.open("/console/questions")).form("/console/questions/publish")
        assert "公开了" in (await one.send(form, {"words": "羊毛大衣怎么洗？"})).text
        assert "这些问过了" in (await town.hears("lihua", "提问 请问羊毛大衣怎么洗"))[0]
        page = await hers.open("/m/questions/all")
        assert "干洗，别机洗。" in page.text
        form = page.form("/m/questions/all/do/withdraw")
        assert "撤回了" in (await hers.send(form, {})).text
        assert "没有编号 1" in (await town.hears("lihua", "问答 1"))[0]


TRIAL = """+++
title = "新款羊绒围巾试用"
kind = "interactive"
stage = "consideration"
quota = 1
consent = "不外传照片。"
feedback = ["合身吗"]
feedback_after_days = 0
+++
来试。
"""


async def test_a_trial_is_applied_for_cancelled_handed_out_and_reviewed(town: Town) -> None:
    zhang, meimei = Person(userid="ZhangSan"), Person(userid="MeiMei")
    async with (
        phone(town.port, town.platform, zhang, agent=WECOM, area=HOME) as one,
        phone(town.port, town.platform, meimei, agent=WECOM) as hers,
    ):
        await town.writes("trials/a.md", TRIAL)
        assert "不外传照片。" in (await town.hears("lihua", "申请 1"))[0]
        assert "申请上了" in (await town.hears("lihua", "同意 1"))[0]
        await town.hears("meimei", "打卡")
        page = await hers.open("/m/trials/all?trial=1")
        applied = await hers.send(page.form("/m/trials/all/do/apply"), {"agree": "1"})
        assert "你排候补，前面还有 0 人" in applied.text
        await town.hears("lihua", "取消申请 1")
        await town.app.house.engine.settle()
        assert "轮到你了" in town.platform.to("meimei")[-1].words

        form = (await one.open("/console/trials")).form("/console/trials/hand")
        assert "记下已经发出" in (await one.send(form, {})).text
        await town.due("trials.feedback")
        assert "用得怎么样？" in town.platform.to("meimei")[-1].words
        assert "谢谢你的反馈" in (await town.hears("meimei", "试用反馈 1 很软"))[0]
        assert "反馈 n = 1" in (await one.open("/console/trials")).text


SURVEY = """+++
title = "秋冬大衣"
kind = "interactive"
stage = "consideration"
audience = ["tag:通勤"]
closes_at = 2036-08-25T22:00:00+08:00
[[questions]]
text = "最想要的颜色"
kind = "single"
options = ["黑", "白"]
+++
说说大衣。
"""


async def test_a_survey_reaches_its_segment_and_counts_what_was_delivered(town: Town) -> None:
    zhang, meimei = Person(userid="ZhangSan"), Person(userid="MeiMei")
    async with (
        phone(town.port, town.platform, zhang, agent=WECOM, area=HOME) as one,
        phone(town.port, town.platform, meimei, agent=WECOM) as hers,
    ):
        for who in ("meimei", "lihua"):
            await town.hears(who, "打卡")
        await town.app.house.writer.do(lambda uow: members.tag(uow, MemberId(1), "通勤", who="lin"))
        await town.writes("surveys/a.md", SURVEY)
        form = (await one.open("/console/surveys")).form("/console/surveys/send")
        assert "正在发给选中的人" in (await one.send(form, {})).text
        await town.due("surveys.send")
        assert "想请你填一份问卷" in town.platform.to("meimei")[-1].words
        assert "想请你填" not in town.platform.to("lihua")[-1].words
        page = await hers.open("/m/surveys/mine?survey=1")
        answered = await hers.send(page.form("/m/surveys/mine/do/answer"), {"q-1": "2"})
        assert "谢谢，记下了" in answered.text
        await town.due("surveys.arrived")
        shown = (await one.open("/console/surveys")).text
        assert "发到 <strong>1</strong>，回答 <strong>1</strong>，回收率 <strong>100%" in shown
