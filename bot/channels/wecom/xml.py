"""Reads the XML of a verified callback into plain dictionaries.

There are no DTDs, no entities and no deep nesting in what the platform sends, so a document
with one of these is refused. Every field is a list, because the platform repeats some of
them once or many times (path/90240, 2026-07).
"""

import re
from collections.abc import Iterator
from typing import NoReturn, TypeAlias
from xml.parsers import expat

from bot.kernel.errors import BadCallback

Fields: TypeAlias = dict[str, list["str | Fields"]]

_MAX_DEPTH = 16  # the deepest known event has 7
# Members can type these, XML 1.0 can't hold them; the platform sends them nevertheless
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_PLAIN = r"[^\]\x00-\x08\x0b-\x1f\ufffe\uffff]*"
_CDATA = rf"<!\[CDATA\[({_PLAIN}(?:\](?!\]>){_PLAIN})*)\]\]>"
_TEXT = r"([^<&\]\x00-\x1f\ufffe\uffff]*)"
_FIELD = re.compile(rf"[ \t\r\n]*<([A-Za-z]\w*)>(?:{_CDATA}|{_TEXT})</\1>", re.ASCII)
"""An element that holds nothing but text; anything unusual is no match."""


class _Reader:
    """Collects elements as the parser comes by."""

    __slots__ = ("_open", "_words", "fields")

    def __init__(self) -> None:
        self.fields: Fields = {}
        self._open: list[Fields] = []
        self._words = ""

    def start(self, _tag: str, _attributes: object) -> None:
        if len(self._open) == _MAX_DEPTH:
            raise BadCallback("nested too deeply")
        self._open.append({})
        self._words = ""

    def words(self, words: str) -> None:
        self._words += words

    def end(self, tag: str) -> None:
        fields = self._open.pop()
        if self._open:
            self._open[-1].setdefault(tag, []).append(fields or self._words)
        else:
            self.fields = fields
        self._words = ""


def _refuse_doctype(*_args: object) -> NoReturn:
    raise BadCallback("a DTD is not read")


def _parse(document: str) -> Fields:
    reader = _Reader()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.words
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.Parse(document, True)  # noqa: FBT003 - the C function takes it by position only
    return reader.fields


def _flat(document: str) -> Fields | None:
    """Return the fields of a plain document; None for any other, which the parser reads.

    This takes half of the parser's time, and most callbacks are plain.
    """
    if not document.startswith("<xml>"):
        return None
    fields: Fields = {}
    end = len("<xml>")
    while found := _FIELD.match(document, end):
        fields.setdefault(found[1], []).append(found[2] or found[3] or "")
        end = found.end()
    return fields if document[end:].strip(" \t\r\n") == "</xml>" else None


def read_xml(document: str) -> Fields:
    """Return what is inside the root element.

    Raises:
        BadCallback: it is not XML, or XML that the platform does not send.
    """
    flat = _flat(document)
    if flat is not None:
        return flat
    try:
        return _parse(document)
    except expat.ExpatError:
        cleaned = printable(document)
    try:
        return _parse(cleaned)
    except expat.ExpatError:
        raise BadCallback("the plaintext is not XML") from None


def printable(text: str) -> str:
    """Return `text` without the characters that XML can't hold."""
    return _UNPRINTABLE.sub("", text)


def first(fields: Fields, name: str) -> str:
    """Return the first text called `name`; empty when there is none."""
    found = fields.get(name)
    return found[0] if found and isinstance(found[0], str) else ""


def within(fields: Fields, *path: str) -> Iterator[Fields]:
    """Yield every element at the end of `path`, each time it occurs."""
    if not path:
        yield fields
        return
    for child in fields.get(path[0], ()):
        if not isinstance(child, str):
            yield from within(child, *path[1:])


def texts(fields: Fields, name: str) -> tuple[str, ...]:
    """Return every text called `name`, of one or many."""
    return tuple(text for text in fields.get(name, ()) if isinstance(text, str))


def leaves(fields: Fields, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (dotted path, text) for every element without children, in order."""
    for name, children in fields.items():
        for child in children:
            if isinstance(child, str):
                yield path + name, child
            else:
                yield from leaves(child, f"{path}{name}.")
