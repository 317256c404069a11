from collections.abc import Mapping

import pytest

from bot.commons.answers import PLAIN
from bot.features import faq
from bot.features.faq.grouping import grouped
from bot.kernel.errors import Refusal
from tests.kit.care import Counter
from tests.kit.rooms import NOON

FORM = {"title": "停车", "questions": "能停车吗\n车停哪里", "body": "店门口不能停。"}
(PAGE,) = faq.feature.pages


async def page(counter: Counter, **query: str) -> str:
    """Return the page as an operator sees it."""
    data = await counter.house.writer.look(lambda uow: PAGE.load(uow, counter.tools, query))
    return counter.words(PAGE.template, csrf_field="", **data)


async def write(counter: Counter, form: Mapping[str, str]) -> str:
    act = PAGE.actions["write"]
    said = await counter.house.writer.do(lambda uow: act(uow, counter.tools, form, "ops"))
    counter.looks()
    return said


async def test_the_test_box_shows_what_is_found_and_why(counter: Counter) -> None:
    shown = await page(counter, q="几点关门")

    assert "会员会得到：<strong>直接回答</strong>" in shown
    assert '<meter min="0" max="100" value="100">' in shown
    assert "最像“<bdi>几点关门</bdi>”" in shown
    assert "faq/hours.md" in shown


async def test_what_is_like_nothing_says_so(counter: Counter) -> None:
    shown = await page(counter, q="zzz")

    assert "一个字都没对上。" in shown
    assert "没听懂；连着两次就转人工" in shown


async def test_files_are_listed_with_their_figures(counter: Counter) -> None:
    await counter.hears("amei", "几点开门")
    await counter.hears("amei", "有用")
    await counter.hears("lily", "几点关门")
    await counter.hears("lily", "没用")

    shown = await page(counter)

    assert "<td>3</td><td>2</td><td>2</td><td>1 / 1</td>" in shown.replace("\n", "")


async def test_what_had_no_answer_is_grouped_and_leads_to_the_form(counter: Counter) -> None:
    for who, said in (("amei", "招人吗"), ("lily", "你们招人吗？"), ("xiao", "帮我写一首诗")):
        await counter.hears(who, said)

    shown = await page(counter)
    form = await page(counter, write="你们招人吗？")

    assert shown.index("招人吗") < shown.index("帮我写一首诗")
    assert "写一条" in shown
    assert 'value="你们招人吗？"' in form
    assert "content/faq/你们招人吗.md" in form


async def test_a_house_without_anything_says_what_to_do(counter: Counter) -> None:
    for file in (counter.desk.content / "faq").iterdir():
        file.unlink()
    counter.looks()

    shown = await page(counter)

    assert "还没有。在下面写第一条" in shown
    assert "没有答不上的。" in shown


async def test_an_answer_is_written_and_given_at_once(counter: Counter) -> None:
    assert (await write(counter, FORM)).startswith("写好了：content/faq/停车.md。")

    assert (await counter.hears("amei", "能停车吗"))[0].startswith("店门口不能停。")
    assert await counter.ask("SELECT who, what FROM audit") == [("ops", "faq.written")]


async def test_what_has_got_an_answer_since_is_marked(counter: Counter) -> None:
    await counter.hears("amei", "能停车吗")
    assert "现在答得上" not in await page(counter)

    await write(counter, FORM)
    assert "现在答得上" in await page(counter)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": ""}, "标题要有 1 到 40 个字"),
        ({"title": "！！"}, "标题要有 1 到 40 个字"),
        ({"questions": " \n "}, "至少写一种问法"),
        ({"questions": "\n".join(f"问{n}" for n in range(51))}, "至少写一种问法"),
        ({"body": " "}, "答案还没写。"),
        ({"questions": "幾點開門？"}, "“幾點開門？”已经在 content/faq/hours.md 里了"),
        ({"body": "长" * 700}, ""),
    ],
    ids=["no title", "no letter", "no question", "too many", "no answer", "taken", "too long"],
)
async def test_a_form_with_a_mistake_writes_nothing(
    counter: Counter, wrong: Mapping[str, str], words: str
) -> None:
    with pytest.raises(Refusal) as refused:
        await write(counter, {**FORM, **wrong})

    assert not (counter.desk.content / "faq" / "停车.md").exists()
    if words:
        assert words in counter.words(refused.value.template, **refused.value.words)


async def test_a_broken_file_is_shown_with_its_line(counter: Counter) -> None:
    counter.desk.post("faq/broken.md", "好", 'title = "坏"\nquestions = []\n', "")
    counter.looks()

    assert "faq/broken.md:3" in await page(counter)


async def test_what_somebody_wrote_is_shown_as_words(counter: Counter) -> None:
    await counter.hears("amei", "<script>alert(1)</script>")

    assert "<script>" not in await page(counter, q="<script>", write="<script>")


def test_groups_do_not_depend_on_what_is_said_in_between() -> None:
    said = [("招人吗", NOON), ("在招人吗", NOON), ("写诗", NOON), ("招人吗", NOON)]

    assert [(one.said, one.count) for one in grouped(said, PLAIN)] == [("招人吗", 3), ("写诗", 1)]
