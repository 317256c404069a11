"""What pages point at is there; decisions and rooms are listed where readers look."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
ADRS = {path.name[:4]: path.name for path in (ROOT / "docs" / "adr").glob("0*.md")}
LINK = re.compile(r"\]\(([^)\s#]*)(?:#([^)\s]*))?\)")
WINGS = ("features", "commons", "pipeline", "channels", "channels/wecom")


def anchors_of(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(path: Path) -> None:
    for to, anchor in LINK.findall(path.read_text("utf-8")):
        if ":" in to:
            continue
        target = path.parent / to if to else path
        assert target.exists(), to
        assert not anchor or anchor in anchors_of(target), f"{to}#{anchor}"


def test_every_decision_is_in_the_list_with_its_title() -> None:
    listed = (ROOT / "docs" / "adr" / "README.md").read_text("utf-8")
    for number, name in ADRS.items():
        first = (ROOT / "docs" / "adr" / name).read_text("utf-8").splitlines()[0]
        mark, _, title = first.partition(" · ")

        assert mark == f"# {number}"
        assert f"| [{number}]({name}) | {title} |" in listed


def test_the_plan_of_folders_names_every_room_and_step() -> None:
    plan = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    plan = plan.partition("## The plan of folders")[2].partition("```\n\n")[0]
    named = re.findall(r"\w+", plan)
    for wing in WINGS:
        inside = (ROOT / "bot" / wing).iterdir()
        rooms = {path.name for path in inside if (path / "__init__.py").exists()}
        assert rooms <= set(named), wing
    for room in (path.parent.name for path in (ROOT / "bot" / "features").glob("*/__init__.py")):
        assert f"{room}/" in plan
    steps = {path.stem for path in (ROOT / "bot" / "pipeline").glob("[a-z]*.py")}
    assert steps - {"tables", "templates"} <= set(named)
    lines = [line.split()[0] for line in plan.splitlines() if re.match(r"  \w", line)]
    assert len(lines) == len(set(lines)), "a folder stands there twice"
