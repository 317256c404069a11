"""What a mass send says: words, and up to nine pictures and links."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from pydantic import TypeAdapter

from bot.kernel.capability import Capability
from bot.kernel.fitting import fit
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Image, Link, News, Outgoing, Part, Text
from bot.kernel.words import cut_bytes

MOST_ATTACHMENTS = 9
_NOWHERE = ChannelName("")


@dataclass(frozen=True, slots=True)
class Matter:
    """What one mass send says."""

    text: str = ""
    attachments: tuple[Image | Link, ...] = ()

    @property
    def digest(self) -> str:
        """What is the same for the same matter."""
        return sha256(matter_json.dump_json(self)).hexdigest()


matter_json: TypeAdapter[Matter] = TypeAdapter(Matter)


def matters_of(parts: Sequence[Part], door: Capability) -> list[Matter]:
    """Return the mass sends that say `parts`: one, unless there are more than nine attachments."""
    fitted = [piece for part in parts for piece in _fitted(part, door)]
    text = "\n\n".join(piece.text for piece in fitted if isinstance(piece, Text))
    attached = [piece for piece in fitted if isinstance(piece, Image | Link)]
    bundles = [
        tuple(attached[start : start + MOST_ATTACHMENTS])
        for start in range(0, len(attached), MOST_ATTACHMENTS)
    ]
    first = Matter(cut_bytes(text, door.text_bytes), bundles[0] if bundles else ())
    return [first, *(Matter("", bundle) for bundle in bundles[1:])]


def _fitted(part: Part, door: Capability) -> Iterator[Part]:
    if isinstance(part, News) and door.links:
        yield from part.articles
        return
    for piece in fit(Outgoing(_NOWHERE, "", part, ""), door):
        yield piece.part
