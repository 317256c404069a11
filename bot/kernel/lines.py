"""Finds where a key stands in a TOML text, because `tomllib` forgets."""

import re
from collections.abc import Sequence

_TABLE = re.compile(r"^\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$")
_ARRAY = re.compile(r"^\s*\[\[\s*([^\[\]]+?)\s*\]\]\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
)

_TOKEN = re.compile(
    r"""\"{3}(?:\\.|[^\\])*?\"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'"""
    r"""|\#[^\n]*|[\[\]{},\n]|[^\s\[\]{},\#"']+""",
    re.DOTALL,
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
        begin, number = 0, first
        while begin < len(text):
            line = text[begin : text.find("\n", begin) % (len(text) + 1)]
            end = begin + len(line)
            if header := _ARRAY.match(line):
                *around, last = _parts(header[1])
                name = (*self._inside(around, counts), last)
                index = counts.get(name, 0)
                counts[name] = index + 1
                table = (*name, index)
                self._at.setdefault(name, number)
                self._at.setdefault(table, number)
            elif header := _TABLE.match(line):
                table = self._inside(_parts(header[1]), counts)
                self._at.setdefault(table, number)
            elif key := _KEY.match(line):
                path = (*table, *_parts(key[1]))
                self._at.setdefault(path, number)
                end = self._past(text, begin + key.end(), number, path)
            number += text.count("\n", begin, end + 1)
            begin = end + 1

    def _past(self, text: str, begin: int, number: int, path: Path) -> int:
        """Note where the entries of a list stand, also of lists in it; return where it ends."""
        places: list[int | None] = []  # in which entry of each list; None in a table
        is_awaited = False
        for found in _TOKEN.finditer(text, begin):
            piece = found[0]
            if piece == "\n" and not places:
                return found.start()
            if piece in ("]", "}"):
                places = places[:-1]
                is_awaited = False
            elif piece == ",":
                is_awaited = bool(places) and places[-1] is not None
                if is_awaited:
                    places[-1] = (places[-1] or 0) + 1
            elif piece != "\n" and not piece.startswith("#"):
                if is_awaited and None not in places:
                    self._at.setdefault((*path, *(each or 0 for each in places)), number)
                is_awaited = piece == "["
                if piece in ("[", "{"):
                    places.append(0 if is_awaited else None)
            number += piece.count("\n")
        return len(text)

    @staticmethod
    def _inside(name: Sequence[str], counts: dict[Path, int]) -> Path:
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
