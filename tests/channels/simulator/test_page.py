"""The page: what the browser gets, and what it must never do."""

import re
from pathlib import Path

import pytest

from bot.channels import simulator
from bot.kernel.messages import Image
from tests.kit.simulator import Stage

ROOM = Path(simulator.__file__).parent
PAGE = (ROOM / "templates" / "index.html").read_text()
SCRIPTS = {file.name: file.read_text() for file in (ROOM / "static").glob("*.js")}
STYLES = {file.name: file.read_text() for file in (ROOM / "static").glob("*.css")}


async def test_the_page_comes_with_a_strict_policy(stage: Stage) -> None:
    async with stage.client.get("/simulator/") as response:
        policy = response.headers["Content-Security-Policy"]
        assert (response.status, response.content_type) == (200, "text/html")

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


async def test_the_address_without_slash_leads_to_the_page(stage: Stage) -> None:
    async with stage.client.get("/simulator", allow_redirects=False) as response:
        assert response.headers["Location"] == "/simulator/"


async def test_everything_that_the_page_loads_is_there(stage: Stage) -> None:
    wanted = re.findall(r'(?:href|src)="(static/[^"]+)"', PAGE)
    imported = {f"static/{name}" for text in SCRIPTS.values() for name in imports(text)}

    for path in [*wanted, *imported]:
        async with stage.client.get(f"/simulator/{path}") as response:
            assert response.status == 200, path
            assert response.headers["X-Content-Type-Options"] == "nosniff"


def imports(script: str) -> list[str]:
    return re.findall(r'from "\./([a-z]+\.js)"', script)


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_no_script_makes_markup_of_words(name: str) -> None:
    script = re.sub(r"/\*\*.*?\*/", "", SCRIPTS[name], flags=re.DOTALL)

    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)


def test_scripts_find_every_element_that_they_name() -> None:
    wanted = {one for text in SCRIPTS.values() for one in re.findall(r'byId\("([^"]+)"\)', text)}

    assert wanted <= set(re.findall(r' id="([^"]+)"', PAGE))


def test_nothing_is_loaded_from_elsewhere() -> None:
    for text in [PAGE, *STYLES.values()]:
        assert not re.search(r'(?:src|href)="(?:https?:)?//|url\(|@import', text)


@pytest.mark.parametrize("path", ["../api.py", "%2e%2e/api.py", "x.js", "main.js.map"])
async def test_static_files_are_only_the_pages_own(stage: Stage, path: str) -> None:
    async with stage.client.get(f"/simulator/static/{path}") as response:
        assert response.status == 404


async def test_a_picture_of_the_media_folder_is_served(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "封面 1.gif").write_bytes(b"GIF89a...")
    await stage.bot_says(Image("posts/封面 1.gif", alt="封面"))

    (message,) = await stage.get("messages", group="vip-1")
    async with stage.client.get(message["images"][0]) as response:
        assert response.content_type == "image/gif"


@pytest.mark.parametrize(
    "path",
    [
        *("secret.txt", "../secret.gif", "..%2fsecret.gif", "%2fetc%2fpasswd", "no.gif", "link"),
        pytest.param("a" * 300, id="longer than a name of a file can be"),
    ],
)
async def test_media_never_leaves_its_folder(stage: Stage, tmp_path: Path, path: str) -> None:
    (tmp_path / "secret.txt").write_text("GIF no")
    (tmp_path.parent / "secret.gif").write_bytes(b"GIF89a...")
    (tmp_path / "link").symlink_to(tmp_path.parent / "secret.gif")

    async with stage.client.get(f"/simulator/media/{path}") as response:
        assert response.status == 404


async def test_a_picture_that_is_not_there_is_404(stage: Stage) -> None:
    async with stage.client.get("/simulator/api/images/77") as response:
        assert response.status == 404
