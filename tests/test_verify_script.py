"""The script that the site offers: a second opinion, which must be the same."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from publisher import webserver
from publisher.errors import SettingsError
from publisher.model.found import Found
from publisher.model.ids import AdvisoryId, Language
from publisher.pipeline import verifying
from publisher.wiring import Project
from tests import keys, letters
from tests.projects import ID, SETTINGS, Workplace
from tests.sign.bench import Made
from tests.sign.case import Case
from tests.sign.cases import CASES

pytestmark = pytest.mark.gpg

OTHER = AdvisoryId("ADV", 2026, 8)
IN_PLACE = {
    "another id inside",
    "another revision inside",
    "another language inside",
    "another source than was signed",
    "later than now",
}
"""What is wrong only where the file lies, or at the time when it is looked at."""


@dataclass(frozen=True)
class Stand:
    """The script as a site serves it, and a project with the same keys."""

    root: Path
    project: Project

    @property
    def script(self) -> Path:
        return self.root / "verify.py"

    @property
    def key_options(self) -> list[str]:
        files = sorted((self.root / "keys").glob("*.asc"))
        return [part for file in files for part in ("--key", str(file))]

    def run(self, *arguments: str, code: int) -> subprocess.CompletedProcess[str]:
        """Run the script with nothing but a PATH, and expect an exit code."""
        done = subprocess.run(
            ["env", "-i", f"PATH={os.environ['PATH']}", sys.executable, "-I",
             str(self.script), *arguments],
            cwd=self.root, capture_output=True, check=False, timeout=120,
            encoding="utf-8",
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def verdicts(self, files: Mapping[str, bytes]) -> dict[str, tuple[bool, bool]]:
        """Return what the script and `publisher verify` think of each file."""
        folder = self.root / "files"
        folder.mkdir(exist_ok=True)
        names = {name: folder / f"{at}.eml" for at, name in enumerate(files)}
        for name, path in names.items():
            path.write_bytes(files[name])
        found = [Found(str(names[name]), data) for name, data in files.items()]
        try:
            verdicts = verifying.verify(self.project.tools(), found)
            ours = {verdict.name: verdict.good for verdict in verdicts}
        except SettingsError:
            # A key of the project itself is none: nothing is verified by it.
            ours = dict.fromkeys(map(str, names.values()), False)
        code = 0 if all(ours.values()) else 2
        told = self.run(*self.key_options, *map(str, names.values()), code=code).stdout
        good = [
            ln.partition("good: ")[2] for ln in told.split("\n") if ln[:5] == "good:"
        ]
        theirs = {name: any(ln.startswith(f"{path}: ") for ln in good)
                  for name, path in names.items()}  # fmt: skip
        return {name: (theirs[name], ours[str(path)]) for name, path in names.items()}


def stand(root: Path, ring: tuple[bytes, ...], pinned: tuple[str, ...]) -> Stand:
    (root / "keys").mkdir(parents=True)
    for number, public in enumerate(ring):
        (root / "keys" / f"{number}.asc").write_bytes(public)
    settings = SETTINGS.format(fingerprint='", "'.join(pinned))
    (root / "publisher.toml").write_text(settings, encoding="utf-8")
    project = Project(root)
    script = project.presentation.render("site/verify.py", Language("ja"))
    (root / "verify.py").write_text(script, encoding="utf-8")
    return Stand(root, project)


@pytest.fixture(scope="module")
def verdicts(
    made: Callable[[Case], Made], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[bool, bool]]:
    """Return both opinions on each case; cases with the same keys are asked at once."""
    groups: dict[tuple[tuple[bytes, ...], tuple[str, ...]], dict[str, bytes]]
    groups = defaultdict(dict)
    for case in CASES:
        each = made(case)
        groups[each.ring, each.pinned][case.name] = each.data
    found: dict[str, tuple[bool, bool]] = {}
    for (ring, pinned), files in groups.items():
        there = stand(tmp_path_factory.mktemp("case") / "root", ring, pinned)
        found |= there.verdicts(files)
        there.project.close()
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_script_agrees_with_publisher_verify(
    verdicts: dict[str, tuple[bool, bool]], case: Case
) -> None:
    script, ours = verdicts[case.name]
    expected = not case.reason or case.name in IN_PLACE

    assert (script, ours) == (expected, expected)


@pytest.fixture
def team(team_key: keys.Key, tmp_path: Path) -> Iterator[Stand]:
    there = stand(tmp_path / "root", (team_key.public,), (team_key.fingerprint,))
    yield there
    there.project.close()


def test_the_script_agrees_on_mails(team: Stand, workplace: Workplace) -> None:
    workplace.sign()
    files = {
        f"{name} {language}": change(
            (workplace.folder() / f"r2.{language}.txt.asc").read_bytes()
        )
        for name, change in (letters.GOOD | letters.BAD).items()
        for language in ("en", "ja")
    }

    found = team.verdicts(files)

    for name, verdict in found.items():
        good = name.rpartition(" ")[0] in letters.GOOD
        assert verdict == (good, good), name


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 100,
        b"Subject: \xff\n\n\xff",
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n" * 2000,
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n)
            for n in range(3000)
        ),
        b"-----BEGIN PGP SIGNED MESSAGE-----\n",
        b"-----BEGIN PGP SIGNED MESSAGE-----\n\n\n-----BEGIN PGP SIGNATURE-----\n\n"
        b"aaaa\n-----END PGP SIGNATURE-----\n",
    ],
    ids=["nothing", "NULs", "no letters", "broken parts", "nesting", "a head", "empty"],
)
def test_hostile_files_are_in_doubt_to_both(team: Stand, data: bytes) -> None:
    assert team.verdicts({"hostile": data}) == {"hostile": (False, False)}


def test_the_script_is_python_3_8_and_needs_nothing_else(team: Stand) -> None:
    tree = ast.parse(team.script.read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else name.name) or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }

    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_the_script_holds_the_sites_address_and_fingerprints(
    team: Stand, team_key: keys.Key
) -> None:
    text = team.script.read_text(encoding="utf-8")

    assert '\nSITE = "https://www.cert.example"\n' in text
    assert f'\nPINNED = ["{team_key.fingerprint}"]\n' in text


def test_the_script_explains_itself(team: Stand) -> None:
    told = team.run("--help", code=0).stdout

    assert "A text counts if" in told
    assert "name a file, or --site" in team.run(code=2).stderr


def test_without_gpg_nothing_is_decided(team: Stand, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = subprocess.run(
        [sys.executable, "-I", str(team.script), *team.key_options, "x"],
        env={"PATH": str(tmp_path / "empty")}, capture_output=True, check=False,
    )  # fmt: skip

    assert done.returncode == 3
    assert b"gpg is not installed" in done.stdout


@pytest.fixture
def published(team_key: keys.Key, tmp_path: Path) -> Iterator[Workplace]:
    """A project whose two advisories are signed and built."""
    made = Workplace(tmp_path / "project", team_key)
    made.write()
    made.sign()
    made.write(("Example Server", "Example Client"), advisory=OTHER)
    made.sign()
    made.build()
    yield made
    made.close()


@pytest.mark.enable_socket
def test_the_script_walks_a_site_and_checks_files_against_its_record(
    published: Workplace, team: Stand
) -> None:
    text = published.folder() / "r2.en.txt.asc"
    with webserver.serving(published.site) as url:
        done = team.run("--site", url, str(text), code=0)

    assert (
        f"{url}: 4 texts are recorded, 4 count; the record is in the state"
        in done.stdout
    )
    assert f"good: {text}: {ID} r2 en, the newest revision, signed " in done.stdout
    assert "compare them with a copy" in done.stderr


@pytest.mark.enable_socket
def test_what_the_script_does_not_know_yet_is_not_called_forged(
    published: Workplace, team: Stand, tmp_path: Path
) -> None:
    live = tmp_path / "live"
    shutil.copytree(published.site, live)
    year = live / "record/2026.jsonl"
    year.write_text(year.read_text() + '{"id":"ADV-2026-0009","version":2}\n')
    text = published.folder() / "r2.en.txt.asc"

    with webserver.serving(live) as url:
        told = team.run("--site", url, str(text), code=3).stdout

    assert f"not checked: {url}: its publication record is newer than" in told
    assert "good:" not in told


@pytest.mark.enable_socket
def test_the_script_finds_what_was_done_to_a_site(
    published: Workplace, team: Stand, tmp_path: Path
) -> None:
    live = tmp_path / "live"
    shutil.copytree(published.site, live)
    entry = f'"id":"{ID}","language":"ja"'
    edited = live / f"advisories/2026/{ID}/r2.en.txt.asc"
    edited.write_bytes(edited.read_bytes().replace(b"Stop", b"Stip"))
    (live / f"advisories/2026/{OTHER}/r2.ja.txt.asc").unlink()
    year = live / "record/2026.jsonl"
    lines = year.read_text().splitlines(keepends=True)
    year.write_text("".join(line for line in lines if entry not in line))

    with webserver.serving(live) as url:
        told = team.run("--site", url, code=2).stdout

    assert "it was changed after it was published" in told
    assert "a published text is gone" in told
    assert "record/2026.jsonl is not the file of the index" in told
    assert "an entry was changed or taken away" in told


@pytest.mark.enable_socket
def test_an_old_mail_shows_that_a_site_was_rolled_back(
    published: Workplace, team: Stand, tmp_path: Path
) -> None:
    before = tmp_path / "before"
    shutil.copytree(published.site, before)
    published.write(
        ("Example Server", "Example Proxy"), advisory=AdvisoryId("ADV", 2026, 9)
    )
    published.sign()
    mail = tmp_path / "kept.eml"
    signed = published.root / "advisories/2026/ADV-2026-0009/r2.en.txt.asc"
    mail.write_bytes(letters.mail(signed.read_bytes()))

    with webserver.serving(before) as url:
        told = team.run("--site", url, str(mail), code=2).stdout

    assert f"in doubt: {mail}: " in told
    assert "is not in the site's publication record" in told


@pytest.mark.enable_socket
def test_a_site_that_does_not_answer_is_not_in_doubt(team: Stand) -> None:
    told = team.run("--site", "http://127.0.0.1:9", code=3).stdout

    assert "cannot be fetched: Connection refused" in told
