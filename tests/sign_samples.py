"""Sign what is not signed of the sample advisories: `make samples`.

The secret key lies beside this file. It proves nothing, says so in its user id, and
is refused for every site that is not below `.example`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from publisher import edition
from publisher.pipeline import checking, housekeeping, recording, signing
from publisher.pipeline.tools import Tools
from publisher.sign import cleartext
from publisher.wiring import Project
from tests import keys

ROOT = Path(__file__).parent.parent
SECRET = Path(__file__).parent / "worthless-sample-key.asc"


def sign(root: Path) -> list[str]:
    """Sign the samples of the project at `root` and return the new files."""
    with keys.gnupg_home() as home:
        keys.gpg(home, "--import", data=SECRET.read_bytes())
        project = Project(root, gnupg_home=home)
        try:
            tools = project.tools()
            snapshot = tools.repository.snapshot()
            succession = checking.succession(tools, snapshot)
            loaded = checking.load(tools, snapshot, succession)
            checking.require(loaded)
            recording.complete(tools, loaded)
            other = housekeeping.to_sign(tools)
            texts = [*signing.plan(tools, loaded).texts, *([other] if other else [])]
            signed = signing.sign(tools, texts, project.signer(), project.clock)
            return [str(each.path) for each in signed]
        finally:
            project.close()


def made_anew(tools: Tools) -> Iterator[tuple[str, str, str]]:
    """Yield each newest signed text, and what its source makes today.

    In the state of the record in which it was signed, the two are the same unless a
    template or the program changed: then `make resign-samples` signs all anew.
    """
    snapshot = tools.repository.snapshot()
    loaded = checking.load(tools, snapshot, checking.succession(tools, snapshot))
    for each in loaded:
        assert each.checked is not None, each.findings
        advisory = each.checked.advisory
        for text in advisory.texts:
            name = f"r{text.revision}.{text.language}.txt.asc"
            if advisory.is_behind(text):
                continue
            signed = cleartext.payload(each.files[name])
            state = edition.imprint(signed).record
            anew = edition.edition(each.checked, text, tools.presentation, state)
            yield f"{advisory.id}/{name}", signed, anew.text


if __name__ == "__main__":
    import click

    for made in sign(ROOT) or ["nothing to sign"]:
        click.echo(made)
