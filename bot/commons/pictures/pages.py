"""Pictures on pages: drawn when a browser asks, from what is known now; nothing is stored."""

import io

from bot.commons.pictures.drawing import Open, draw_cached
from bot.commons.pictures.drawings import Drawing, key_of
from bot.kernel.console import Download


def download(drawing: Drawing, name: str, open_file: Open | None = None) -> Download:
    """Return a picture for `Page(files=…)` or `MemberPage(files=…)`; `name` ends in .png.

    `open_file` is `tools.use(FileStore).open` where there are pictures inside the picture.
    """
    return Download(
        name,
        "image/png",
        lambda: io.BytesIO(draw_cached(drawing, open_file)),
        version=key_of(drawing),
    )
