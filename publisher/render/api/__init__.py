"""The machine index: static JSON below `/api/v1/`, described in docs/api.md.

Each file names the JSON Schema that it follows. A file of this version may gain
members; none is taken away, renamed or given another meaning.
"""

from publisher.render.api.advisory import advisory
from publisher.render.api.files import files

__all__ = ["advisory", "files"]
