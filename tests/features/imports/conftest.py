"""A community whose operators send tables."""

from pathlib import Path

import pytest

from bot.commons.learning import Models
from bot.features import imports
from bot.kernel.console import Uploaded
from bot.kernel.errors import Refusal
from tests.kit.hall import Hall
from tests.kit.rooms import Store


class Counter(Hall):
    """Operators send files to the page, and press its buttons."""

    def sends_file(
        self,
        content: str | bytes,
        *,
        kind: str = "products",
        name: str = "表.csv",
        mapping: str = "",
    ) -> str:
        """Let an operator send a file; return what she reads."""
        [page] = self.room.pages
        assert page.upload is not None
        folder = self.desk.content
        file = folder / f"sent{Path(name).suffix}"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        files = {"file": Uploaded(name, file)}
        if mapping:
            (folder / "mapping.toml").write_text(mapping, "utf-8")
            files["mapping"] = Uploaded("对照.toml", folder / "mapping.toml")
        upload = page.upload
        try:
            found = upload.read(self.tools, {"kind": kind}, files)
            return self.store.do(lambda uow: upload.take(uow, self.tools, found, "lin"))
        except Refusal as refused:
            return "✗ " + self.words(refused.template, **refused.words)

    def goes_on(self) -> str:
        """Let the clock do what is under way; return the page."""
        self.runs("imports.bites")
        return self.page()

    def comes_in(self, content: str, **how: str) -> str:
        """Let a file be sent, looked at and confirmed; return the page."""
        assert "试算" in self.sends_file(content, **how)
        self.goes_on()
        [(number,)] = self.asks("SELECT MAX(id) FROM imports")
        assert "开始导入" in self.operates("confirm", number=number)
        return self.goes_on()


@pytest.fixture
def hall(store: Store, tmp_path: Path) -> Counter:
    return Counter(store, imports.feature, tmp_path, Models(None))


@pytest.fixture
def both(store_on_both: Store, tmp_path: Path) -> Counter:
    return Counter(store_on_both, imports.feature, tmp_path, Models(None))
