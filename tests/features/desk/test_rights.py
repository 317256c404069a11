"""Who may see the desk and act there, and what attackers find."""

import re
from io import BytesIO
from urllib.parse import urlencode

import pytest

from bot.commons import members
from bot.commons.cases import State
from bot.kernel.work import Statement
from tests.features.desk.conftest import COMPLAINT
from tests.kit.bureau import AtDesk, Bureau

ACTS: dict[str, dict[str, str]] = {
    "accept": {},
    "reply": {"words": "在的"},
    "transfer": {"to": "wangwu", "why": "换人"},
    "snooze": {"minutes": "30"},
    "note": {"note": "记一笔"},
    "promise": {"what": "寄", "due": "2026-08-25T10:00"},
    "finish": {"code": "solved", "how": "close"},
    "reopen": {"why": "再看"},
    "judge": {"verdict": "true"},
    "settle": {"promise": "1", "kept": "1"},
    "retry": {"message": "out:1"},
    "instead": {"message": "out:1"},
}


async def test_who_is_not_signed_in_is_asked(bureau: Bureau) -> None:
    async with bureau.at("lisi") as lisi:
        lisi.browser.client.cookie_jar.clear()
        status, text = await lisi.browser.get("/desk/case/1")

    assert (status, "登录控制台" in text) == (200, True)
    assert 'value="/desk/case/1"' in text


async def test_operators_only_look(complaint: Bureau) -> None:
    async with complaint.at("lin") as lin:
        assert COMPLAINT in await lin.sees("/desk/case/1")
        assert '<form method="post"' not in (await lin.sees()).partition("<main")[2]
        before = await complaint.steps()
        said = {act: await lin.does(act, fields) for act, fields in ACTS.items()}

    assert {words[:10] for words in said.values()} == {"✗ 运营账号只能看，"}
    assert await complaint.steps() == before


async def test_an_advisor_does_nothing_to_anothers_case(complaint: Bureau) -> None:
    async with complaint.at("wangwu") as wangwu:
        assert COMPLAINT in await wangwu.sees("/desk/case/1")
        before = await complaint.steps()
        said = {act: await wangwu.does(act, fields) for act, fields in ACTS.items()}

    assert {words[:11] for words in said.values()} == {"✗ 这件事在李顾问手上"}
    assert await complaint.steps() == before


async def test_a_supervisor_takes_it_from_whoever_has_it(complaint: Bureau, lisi: AtDesk) -> None:
    await lisi.does("accept")
    async with complaint.at("chen") as chen:
        assert "从 李顾问 接过来" in await chen.sees("/desk/case/1")
        assert "接下了" in await chen.does("accept")

    assert (await complaint.case()).advisor == "chen"
    assert (await lisi.does("reply", words="我来")).startswith("✗ 这件事在chen手上")


@pytest.mark.parametrize("number", ["2", "0", "999999999999999999"])
async def test_a_case_that_is_not_there(lisi: AtDesk, number: str) -> None:
    assert (await lisi.browser.get(f"/desk/case/{number}"))[0] == 404
    form = await lisi.form() | {"words": "在的"}
    assert (await lisi.browser.submit(f"/desk/case/{number}/reply", form))[0] in (404, 422)


@pytest.mark.parametrize(
    "path",
    ["case", "case/x", "case/-1", "nothing", "case/1/files/1", "../console/", "case/1'"],
)
async def test_addresses_that_lead_nowhere(lisi: AtDesk, path: str) -> None:
    assert (await lisi.browser.get(f"/desk/{path}"))[0] in (404, 403)


async def test_messages_of_others_cannot_be_sent_again(complaint: Bureau, lisi: AtDesk) -> None:
    await complaint.says("转人工", "beibei")
    [(number,)] = await complaint.house.ask("SELECT id FROM outbox WHERE recipient = 'beibei'")
    await complaint.house.house.writer.do(lambda uow: uow.run(_PARK, id=number))

    assert (await lisi.does("retry", message=f"out:{number}")).startswith("✗ 这一条已经不在了")


_PARK = Statement("UPDATE outbox SET status = 'parked' WHERE id = :id")


async def test_promises_of_others_cannot_be_settled(bureau: Bureau) -> None:
    await bureau.says(COMPLAINT)
    await bureau.says("转人工", "beibei")
    async with bureau.at("chen") as chen:
        await chen.does("promise", number=2, what="寄", due="2026-08-25T10:00")
        assert (await chen.does("settle", promise="1", kept="1")).startswith("✗")


async def test_a_form_from_elsewhere_is_refused(complaint: Bureau, lisi: AtDesk) -> None:
    form = await lisi.form() | {"words": "在的"}
    for changed, headers in (
        ({"csrf": "x"}, {}),
        ({}, {"Origin": "https://evil.example"}),
        ({}, {"Sec-Fetch-Site": "cross-site"}),
    ):
        status, _ = await lisi.browser.submit("/desk/case/1/reply", form | changed, **headers)
        assert status == 403

    assert (await complaint.case()).state is State.ASSIGNED


async def test_a_form_without_its_mark_is_refused(lisi: AtDesk) -> None:
    for once in ("", "x", "/" * 22):
        form = await lisi.form() | {"words": "在的", "once": once}
        assert (await lisi.browser.submit("/desk/case/1/reply", form))[0] == 400


async def test_ten_megabytes_are_too_much(complaint: Bureau, lisi: AtDesk) -> None:
    form = await lisi.form() | {"words": "x" * 10_000_000}
    body = BytesIO(urlencode(form).encode())
    headers = {
        "Origin": lisi.browser.base,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    at = "/desk/case/1/reply"
    async with lisi.browser.client.post(at, data=body, headers=headers) as answer:
        assert answer.status == 413
    assert (await complaint.case()).state is State.ASSIGNED


async def test_what_members_write_is_never_part_of_the_page(bureau: Bureau) -> None:
    hostile = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{ 7 * 7 }}"
    await bureau.says(f"{hostile} 我要投诉")
    member = await bureau.member()
    await bureau.house.house.writer.do(
        lambda uow: members.name_member(uow, member, "<img onerror=1>")
    )
    async with bureau.at("lisi") as lisi:
        await lisi.does("note", note=hostile)
        pages = [await lisi.sees(path) for path in ("/desk/", "/desk/case/1")]
        for text in pages:
            assert "<img src=x" not in text
            assert "<img onerror" not in text
            assert "<script>alert" not in text
            assert re.search(r"<title>[^<]*</title>", text)
        assert "{{ 7 * 7 }}" in pages[1]


async def test_pages_are_guarded_as_the_consoles_are(lisi: AtDesk) -> None:
    async with lisi.browser.client.get("/desk/case/1") as answer:
        policy = answer.headers["Content-Security-Policy"]

        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert " style=" not in await answer.text()


async def test_the_account_that_is_closed_is_out_at_once(bureau: Bureau) -> None:
    await bureau.says(COMPLAINT)
    async with bureau.at("lisi") as lisi:
        form = await lisi.form() | {"words": "在的"}
        await bureau.house.house.writer.do(lambda uow: uow.run(_CLOSE, name="lisi"))
        status, text = await lisi.browser.submit("/desk/case/1/reply", form)

    assert (status, "登录控制台" in text) == (200, True)
    assert (await bureau.case()).state is State.ASSIGNED


_CLOSE = Statement("UPDATE accounts SET disabled_at = 1 WHERE name = :name")
