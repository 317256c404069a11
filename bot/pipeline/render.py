"""Turns templates into words. The rooms bring the templates, which are part of the program.

What operators write is rendered elsewhere, in a sandbox (`commons/content/rendering.py`);
here a sandbox would guard us from ourselves and cost a third of the time.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from jinja2 import (
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    select_autoescape,
)


class Renderer:
    """Implements the kernel's `Words`; templates are named `room/file`."""

    def __init__(self, rooms: Mapping[str, Path]) -> None:
        folders = {"pipeline": Path(__file__).parent / "templates", **rooms}
        self.environment = Environment(
            loader=PrefixLoader({room: FileSystemLoader(at) for room, at in folders.items()}),
            undefined=StrictUndefined,
            autoescape=select_autoescape(["html.j2"], default_for_string=False),
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
        self.environment.filters["pretty_json"] = lambda value: json.dumps(
            value, ensure_ascii=False, indent=2, default=str
        )
        self._kept: dict[str, tuple[Template, Mapping[str, object]]] = {}

    def __call__(self, template: str, **data: object) -> str:
        """Return the rendered text, without the trailing newline."""
        kept, always = self._kept.get(template) or self._keep(template)
        # `render` would copy what is always there key by key, which takes as long as the rest
        context = kept.new_context({**always, **data}, shared=True)
        try:
            return "".join(kept.root_render_func(context)).rstrip("\n")
        except Exception:  # noqa: BLE001 - it is raised again
            self.environment.handle_exception()  # with the template's own lines

    def _keep(self, name: str) -> tuple[Template, Mapping[str, object]]:
        template = self.environment.get_template(name)
        return self._kept.setdefault(name, (template, dict(template.globals)))
