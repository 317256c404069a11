"""Paths that operators write. One that leads out of the content folder is no path."""

from pathlib import Path, PurePosixPath

UNSAFE_HINT = 'write it relative to content/, with "/" between folders and without ".."'


def below(written: str) -> str | None:
    """Return a path below a folder in its one spelling; None for one that leads out of it."""
    path = PurePosixPath(written)
    outside = path.is_absolute() or ".." in path.parts or not path.parts
    return None if outside or any(char in written for char in ":\\\0") else str(path)


def below_media(written: str) -> str | None:
    """Return a path below `content/media/`, however much of the way there was written."""
    path = below(written)
    for prefix in ("content/", "media/"):
        path = path.removeprefix(prefix) if path else path
    return path or None


def shown(path: Path) -> str:
    """Return a path as an operator would type it: relative where that is shorter."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
