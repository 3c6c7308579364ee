"""Builds the adapters; the only package that knows them."""

from publisher.wiring.adopting import foreign
from publisher.wiring.local import STATE
from publisher.wiring.loose import (
    found,
    public_key,
    read_folder,
    skeleton,
    write_folder,
)
from publisher.wiring.project import KEYS, Project

__all__ = [
    "KEYS",
    "STATE",
    "Project",
    "foreign",
    "found",
    "public_key",
    "read_folder",
    "skeleton",
    "write_folder",
]
