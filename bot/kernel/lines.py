"""Finds where a key stands in a TOML text, because `tomllib` forgets."""

import re
from collections.abc import Sequence

_TABLE = re.compile(r"^\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$")
_ARRAY = re.compile(r"^\s*\[\[\s*([^\[\]]+?)\s*\]\]\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
)

Path = tuple[str | int, ...]


def _parts(dotted: str) -> tuple[str, ...]:
    found: list[str] = re.findall(r""""[^"]*"|'[^']*'|[^.\s]+""", dotted)
    return tuple(part.strip("\"'") for part in found)


class Lines:
    """Line numbers of the tables and keys of one TOML text, counted from `first`."""

    def __init__(self, text: str, first: int = 1) -> None:
        self._first = first
        self._at: dict[Path, int] = {}
        table: Path = ()
        counts: dict[Path, int] = {}
        closing = ""
        for number, line in enumerate(text.splitlines(), first):
            if closing:
                closing = "" if closing in line else closing
                continue
            if header := _ARRAY.match(line):
                name: Path = _parts(header[1])
                index = counts.get(name, 0)
                counts[name] = index + 1
                table = (*name, index)
            elif header := _TABLE.match(line):
                table = self._inside(_parts(header[1]), counts)
            elif key := _KEY.match(line):
                self._at.setdefault((*table, *_parts(key[1])), number)
                value = line[key.end() :]
                for quotes in ('"""', "'''"):
                    if value.count(quotes) % 2:
                        closing = quotes
                continue
            else:
                continue
            self._at.setdefault(table, number)

    @staticmethod
    def _inside(name: tuple[str, ...], counts: dict[Path, int]) -> Path:
        """Return the path of a `[table]`, which may stand inside the last `[[array]]` entry."""
        path: Path = ()
        for part in name:
            path = (*path, part)
            if path in counts:
                path = (*path, counts[path] - 1)
        return path

    def of(self, path: Sequence[str | int]) -> int:
        """Return the line of `path`, or of the nearest thing around it that has one."""
        trail = tuple(path)
        while trail:
            if trail in self._at:
                return self._at[trail]
            trail = trail[:-1]
        return self._first
