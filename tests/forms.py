"""Write down the packaged templates as they are now: `python -m tests.forms`.

A project that copied one is told by `publisher lint` when a later version has another.
"""

from __future__ import annotations

import json

import publisher
from publisher.adapters import own_templates
from publisher.adapters.templates import PACKAGED


def today() -> dict[str, str]:
    """Return the digest of each packaged template."""
    return {
        file.relative_to(PACKAGED).as_posix(): own_templates.digest(file.read_bytes())
        for file in sorted(PACKAGED.rglob("*"))
        if file.is_file() and not file.name.startswith(".")
    }


def main() -> None:
    forms = {path: dict(known) for path, known in own_templates.forms().items()}
    for path, digest in today().items():
        forms.setdefault(path, {}).setdefault(digest, publisher.__version__)
    text = json.dumps(dict(sorted(forms.items())), indent=1)
    own_templates.FORMS.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
