"""An advisor gets a new userid in the contacts in the middle of her work: nothing of it is lost."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commons import cases, staff
from bot.features import care
from bot.features.followups.rules import Kind
from bot.features.followups.service import NewTask, make
from bot.kernel.community import Advisors
from bot.kernel.events import AdvisorRenamed
from bot.kernel.work import UnitOfWork
from tests.kit.advisors import LI, WANG, Counter, open_counter
from tests.kit.mail import Mail, text_message
from tests.kit.oauth import Person
from tests.kit.platforms import CORP
from tests.kit.visits import WECOM, Opened, Phone, phone

PUBLIC, NEW = "http://127.0.0.1", "lisi2"
_ROLES = """
[console]
wecom_login = true
[[console.roles]]
role = "advisor"
userids = ["LiSi", "wangwu"]
[[console.roles]]
role = "supervisor"
userids = ["chen"]
"""
_RENAMED = (
    "<xml><ToUserName>{corp}</ToUserName><FromUserName>sys</FromUserName>"
    "<CreateTime>{at}</CreateTime><MsgType>event</MsgType><Event>change_contact</Event>"
    "<ChangeType>update_user</ChangeType><UserID>{old}</UserID><NewUserID>{new}</NewUserID></xml>"
)
ASKED = "羊绒衫起球，我要投诉"
_KEPT = (
    *(("cases", "advisor"), ("conversation_owners", "advisor"), ("case_cards", "advisor")),
    *(("case_asked", "advisor"), ("case_steps", "who"), ("case_promises", "who")),
    *(("followups", "advisor"), ("followup_steps", "who"), ("duty_now", "advisor")),
    *(("duty_words", "advisor"), ("case_ratings", "advisor"), ("outbox", "recipient")),
)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Counter]:
    async with open_counter(tmp_path, more=_ROLES, public=PUBLIC) as counter:
        yield counter


async def delivers(shop: Counter, plain: str, *, settles: bool = True) -> None:
    """Let the platform call back."""
    query, body = Mail().http(Mail().post(plain, shop.app.clock.now().timestamp()))
    async with shop.http.post(f"{shop.url}/callback/wecom_app?{query}", data=body) as answer:
        assert answer.status == 200
    if settles:
        await shop.settle()


async def renames(shop: Counter, old: str = "LiSi", new: str = "LiSi2") -> None:
    """Let the contacts tell of a new userid."""
    at = int(shop.app.clock.now().timestamp())
    await delivers(shop, _RENAMED.format(corp=CORP, at=at, old=old, new=new))


@asynccontextmanager
async def at_desk(shop: Counter, userid: str) -> AsyncIterator[Phone]:
    """Let a colleague sign in by WeCom."""
    port, person = int(shop.url.rpartition(":")[2]), Person(userid=userid)
    async with phone(port, shop.platform, person, agent=WECOM, area="/") as opened:
        yield opened


async def act(who: Phone, act: str, **fields: str) -> Opened:
    """Send a form of the first case's page."""
    page = await who.open("/desk/cases/1")
    form = page.form("/desk/cases/1/reply")
    form.action = f"/desk/cases/1/{act}"
    return await who.send(form, fields)


async def works(shop: Counter) -> None:
    """Give 李顾问 a case that she has taken, a card, a follow-up, a promise and a duty word."""
    await shop.complains("amei", ASKED)
    her = await shop.member()

    def begin(uow: UnitOfWork) -> None:
        tools, now = shop.app.tools, uow.clock.now()
        due_at = now + timedelta(days=1)
        case = cases.get(uow, 1)
        assert case is not None
        cases.promise(uow, case, what="寄新的", who=LI, due_at=due_at)
        new = NewTask("t1", her, Kind.CALL, due_at, what="问问她收到没有", case=1, advisor=LI)
        make(uow, tools, new, who=LI)

    await shop.do(begin)


async def held_by(shop: Counter, userid: str) -> list[str]:
    """Return the tables in which a userid stands."""
    found = []
    for table, column in _KEPT:
        more = " AND status = 'queued'" if table == "outbox" else ""
        rows = await shop.ask(f"SELECT 1 FROM {table} WHERE lower({column}) = '{userid}'{more}")
        found += [table] if rows else []
    return found


async def all_rows(shop: Counter) -> list[list[tuple[object, ...]]]:
    """Return everything in which a userid may stand."""
    tables = sorted({table for table, _ in _KEPT} - {"outbox"})
    return [
        [tuple(row) for row in await shop.ask(f"SELECT * FROM {table} ORDER BY 1")]
        for table in tables
    ]


def visible(page: str) -> str:
    """Return what a page shows, without addresses, hidden fields and the line with her account."""
    inside = page.partition("<main")[2]
    return re.sub(r"<[^>]*>", "", inside)


async def test_she_goes_on_working_under_her_new_userid(shop: Counter) -> None:
    await works(shop)
    [card] = shop.cards(LI)
    async with at_desk(shop, "LiSi") as before:
        assert (await before.open("/desk/cases/1")).status == 200
        await renames(shop)

        assert await held_by(shop, LI) == []
        assert (await before.open("/desk/cases/1")).status == 200  # her session goes on

    assert not (await shop.presses(WANG, "接手", card)).startswith("你已接手")
    assert (await shop.presses(NEW, "接手", card)).startswith("你已接手")
    async with at_desk(shop, "LiSi2") as her, at_desk(shop, "wangwu") as other:
        page = visible((await her.open("/desk/cases/1")).text)
        assert "李顾问" in page
        assert NEW not in page
        assert "问问她收到没有" in (await her.open("/desk/followups")).text
        assert 'action="/desk/cases/1/reply"' not in (await other.open("/desk/cases/1")).text
        assert (await act(her, "reply", words="今天就给你寄")).status == 200
        await shop.settle()
        assert (await act(her, "finish", code="solved", how="close")).status == 200

    case = await shop.do(lambda uow: cases.get(uow, 1))
    assert case is not None
    assert (case.advisor, case.code) == (NEW, "solved")


async def test_members_and_weekly_figures_know_her_by_her_name(shop: Counter) -> None:
    await works(shop)
    async with at_desk(shop, "LiSi") as her:
        await act(her, "judge", verdict="false")
        await renames(shop)
        await act(her, "judge", verdict="false")
    await shop.writes("amei", "谁在处理")
    [(said,), *_] = await shop.ask(
        "SELECT payload FROM outbox WHERE recipient = 'amei' ORDER BY id DESC"
    )
    assert "李顾问" in json.loads(str(said))["part"]["text"]

    async with at_desk(shop, "chen") as boss:
        page = visible((await boss.open("/console/weekly?week=2030-01-07")).text)
    assert len(re.findall("李顾问 2030-01-07", page)) == 1
    assert "lisi" not in page.lower()


async def test_what_she_writes_to_the_bot_is_an_advisors_word(shop: Counter) -> None:
    await renames(shop)
    at = shop.app.clock.now().timestamp()
    await delivers(shop, text_message("LiSi2", "这什么垃圾，我要投诉你们！", 7_300_000_000, at))

    assert await shop.ask("SELECT 1 FROM cases") == []


async def test_told_twice_late_and_after_the_configuration_it_changes_nothing_more(
    shop: Counter,
) -> None:
    await works(shop)
    await renames(shop)
    before = await all_rows(shop)
    await renames(shop)
    await renames(shop, "lisi2", "LISI2")
    assert await all_rows(shop) == before

    assert await held_by(shop, LI) == []
    assert set(await held_by(shop, NEW)) >= {"cases", "case_cards", "case_asked", "followups"}


async def test_what_came_under_the_new_userid_before_we_heard_is_one_with_the_old(
    shop: Counter,
) -> None:
    await works(shop)

    def early(uow: UnitOfWork) -> None:
        cases.assign(uow, 1, NEW, who=NEW, why="at_platform")  # the platform was quicker
        cases.accept(uow, 1, NEW)

    await shop.do(early)
    await renames(shop)

    assert await held_by(shop, LI) == []
    [(advisor,)] = await shop.ask("SELECT advisor FROM cases")
    asked = await shop.ask("SELECT advisor FROM case_asked")
    assert (advisor, [tuple(row) for row in asked]) == (NEW, [(NEW,)])


async def test_a_crash_in_the_middle_leaves_nothing_half(shop: Counter) -> None:
    await works(shop)
    before = await all_rows(shop)

    def dies(uow: UnitOfWork) -> None:
        staff.renamed(uow, shop.app.tools.use(Advisors), LI, NEW, uow.clock.now())
        for listener in care.feature.listeners[AdvisorRenamed]:
            listener(uow, AdvisorRenamed(LI, NEW), shop.app.tools)
        raise RuntimeError("the process dies")

    with pytest.raises(RuntimeError):
        await shop.do(dies)
    assert await all_rows(shop) == before
    await renames(shop)
    assert await held_by(shop, LI) == []
