"""Changes of single values in a source's front matter; all else stays byte for byte."""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from publisher.parse import frontmatter

Path = Sequence[str | int]
"""Where a value stands: keys, and indexes of lists (negative: from the end)."""
_BEFORE = "---\n"


class EditError(ValueError):
    """There is nothing to change where something was to be changed."""


def put(text: str, path: Path, value: str) -> str:
    """Return `text` with the scalar at `path` written as `value`.

    `text` is a source that parses. Raise EditError if nothing stands there.
    """
    node = _scalar(_root(text), path)
    start = len(_BEFORE) + node.start_mark.index
    end = len(_BEFORE) + node.end_mark.index
    return f"{text[:start]}{value}{text[end:]}"


def without(text: str, key: str) -> str:
    """Return `text` without the line of a key at the top; as it is if there is none.

    Raise EditError if the key has no line of its own.
    """
    for name, value in _root(text).value:
        if name.value != key:
            continue
        lines = text.split("\n")
        # The first line is the `---` before the YAML.
        at = name.start_mark.line + 1
        if name.start_mark.column or value.end_mark.line + 1 != at:
            msg = f"{key!r} has no line of its own"
            raise EditError(msg)
        return "\n".join(lines[:at] + lines[at + 1 :])
    return text


def _root(text: str) -> yaml.MappingNode:
    head = frontmatter.split(text)
    node = frontmatter.compose(head) if head else None
    if not isinstance(node, yaml.MappingNode):
        msg = "no front matter"
        raise EditError(msg)
    return node


def _scalar(node: yaml.Node, path: Path) -> yaml.ScalarNode:
    for step in path:
        below: object = None
        if isinstance(node, yaml.MappingNode):
            below = {key.value: value for key, value in node.value}.get(step)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            below = dict(enumerate(node.value)).get(step % max(len(node.value), 1))
        if not isinstance(below, yaml.Node):
            msg = f"there is no {step!r}"
            raise EditError(msg)
        node = below
    if not isinstance(node, yaml.ScalarNode):
        msg = f"{path[-1]!r} is no text"
        raise EditError(msg)
    return node
