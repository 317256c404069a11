"""The classifier: a linear model over pieces of text and signs, read from one checked file.

A weights file is a line of JSON (how it was made, the SHA-256 of what follows, the weights of the
signs) and a compressed body: the pieces, how rare each is, and for each head a 16-bit weight each.
"""

import hashlib
import math
import zlib
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter, mul
from pathlib import Path
from sys import byteorder
from typing import Self

from pydantic import BaseModel, ConfigDict

from bot.commons.detection.evidence import Evidence, Label
from bot.commons.learning import features
from bot.kernel.errors import BotError

ESCALATE, SEVERE = "escalate", "severe"
HEADS = (ESCALATE, SEVERE, *(str(label) for label in Label))
SHIPPED = Path(__file__).parent / "weights.bin"
FORMAT = 1
MOST_BYTES = 10_000_000
_FINEST = 32_767
_RAREST = 255
_LENGTH_BYTES = 4
_MOST_HEADER_BYTES = 1_000_000


class BadWeights(BotError):
    """A weights file that is damaged, or of another format; says which and why."""


@dataclass(frozen=True)
class Weights:
    """A trained model: what each piece and each sign says to each head."""

    pieces: Mapping[str, int]
    """The row of each piece."""
    rarity: Sequence[float]
    """Of each row: how much the piece counts, whatever the head; up to about 12."""
    columns: Mapping[str, Sequence[float]]
    """Of each head: the weight of each row, in units of `scales`."""
    scales: Mapping[str, float]
    signs: Mapping[str, Mapping[str, float]]
    """Of each head: the weights of the signs that it knows."""
    bias: Mapping[str, float]
    about: Mapping[str, object]
    """How it was made: version, day, numbers of examples, figures."""

    @cached_property
    def version(self) -> str:
        """Return the name by which people know it."""
        return str(self.about.get("version", "unnamed"))

    def called(self, about: Mapping[str, object]) -> Self:
        """Return the same model under another name."""
        return replace(self, about=about)

    def rows(self, counts: Mapping[str, float]) -> tuple[list[int], list[float]]:
        """Return the rows that a text touches, and how much each counts; together of length 1."""
        rows, values = [], []
        for piece, count in counts.items():
            row = self.pieces.get(piece)
            if row is not None:
                rows.append(row)
                values.append((count if count < 1 else 1 + math.log(count)) * self.rarity[row])
        length = math.sqrt(sum(map(mul, values, values))) or 1.0
        return rows, [value / length for value in values]

    def logits(self, evidence: Evidence) -> dict[str, float]:
        """Return the log-odds of each head."""
        rows, values = self.rows(features.counts(evidence))
        signs = features.signs(evidence)
        # itemgetter returns no tuple for a single row; a row twice, counted nothing, is harmless
        chosen = itemgetter(*rows, rows[0], rows[0]) if rows else None
        found = {}
        for head, column in self.columns.items():
            total, known = self.bias[head], self.signs[head]
            if chosen is not None:
                total += self.scales[head] * sum(map(mul, values, chosen(column)))
            total += sum(known[name] * sign for name, sign in signs.items() if name in known)
            found[head] = total
        return found


class _Header(BaseModel):
    """The first line of a file."""

    model_config = ConfigDict(extra="forbid")

    format: int
    sha256: str
    about: dict[str, object]
    heads: tuple[str, ...]
    pieces: int
    scales: dict[str, float]
    signs: dict[str, dict[str, float]]
    bias: dict[str, float]
    rarest: float


def read(path: Path) -> Weights:
    """Return the model in a file.

    Raises:
        BadWeights: it is missing, damaged, or not of the format that this version reads.
    """
    try:
        with path.open("rb") as file:
            head, body = file.readline(_MOST_HEADER_BYTES), file.read(MOST_BYTES)
    except OSError as exc:
        raise BadWeights(f"{path}: {exc.strerror or exc}") from exc
    try:
        header = _Header.model_validate_json(head)
        if header.format != FORMAT:
            raise BadWeights(f"{path}: format {header.format}, this version reads {FORMAT}")
        if hashlib.sha256(body).hexdigest() != header.sha256:
            raise BadWeights(f"{path}: damaged, its checksum differs")
        return _unpacked(header, zlib.decompress(body))
    except (ValueError, LookupError, zlib.error) as exc:
        raise BadWeights(f"{path}: no weights file ({type(exc).__name__})") from exc


def write(path: Path, weights: Weights) -> None:
    """Put a model into a file; an old one of this name stays whole until the new one is."""
    body = zlib.compress(_packed(weights), 9)
    header = _Header(
        format=FORMAT,
        sha256=hashlib.sha256(body).hexdigest(),
        about=dict(weights.about),
        heads=tuple(weights.columns),
        pieces=len(weights.pieces),
        scales=dict(weights.scales),
        signs={head: dict(signs) for head, signs in weights.signs.items()},
        bias=dict(weights.bias),
        rarest=max(weights.rarity, default=1.0),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(header.model_dump_json().encode() + b"\n" + body)
    beside.replace(path)


def _packed(weights: Weights) -> bytes:
    words = "\n".join(sorted(weights.pieces, key=weights.pieces.__getitem__)).encode()
    highest = max(weights.rarity, default=1.0)
    rarity = bytes(max(1, round(each / highest * _RAREST)) for each in weights.rarity)
    columns = (_little(array("h", map(_whole, each))) for each in weights.columns.values())
    return b"".join([len(words).to_bytes(_LENGTH_BYTES, "little"), words, rarity, *columns])


def _whole(weight: float) -> int:
    return max(-_FINEST, min(_FINEST, round(weight)))


def _little(numbers: "array[int]") -> bytes:
    if byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _unpacked(header: _Header, body: bytes) -> Weights:
    at = _LENGTH_BYTES + int.from_bytes(body[:_LENGTH_BYTES], "little")
    words = body[_LENGTH_BYTES:at].decode().split("\n")
    rows = len(words)
    if rows != header.pieces or len(body) != at + rows * (1 + 2 * len(header.heads)):
        raise ValueError("its lengths do not agree")
    rarity = [each / _RAREST * header.rarest for each in body[at : at + rows]]
    columns = {}
    for place, head in enumerate(header.heads):
        start = at + rows * (1 + 2 * place)
        column = array("h", body[start : start + 2 * rows])
        if byteorder == "big":
            column.byteswap()
        columns[head] = column
    pieces = {word: row for row, word in enumerate(words)}
    return Weights(pieces, rarity, columns, header.scales, header.signs, header.bias, header.about)
