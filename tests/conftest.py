"""Fixtures that every test may use."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from tests import keys, projects
from tests.sign import bench
from tests.sign.bench import Made
from tests.sign.case import Case

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("project", deadline=None)
hypothesis.settings.load_profile("project")

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the golden files with what the tests saw; review the diff",
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str | bytes], None]:
    """Compare with a file under tests/golden, or rewrite it on demand."""

    def compare(name: str, actual: str | bytes) -> None:
        data = actual.encode() if isinstance(actual, str) else actual
        file = GOLDEN / name
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        assert file.is_file(), f"{name} is missing: run pytest --update-golden"
        expected = file.read_bytes()
        hint = f"{name} differs: if that is meant, run pytest --update-golden"

        assert data.decode() == expected.decode(), hint

    return compare


@pytest.fixture(scope="session", autouse=True)
def state_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what clones without git are known by out of the user's own folders."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="session")
def team_key() -> Iterator[keys.Key]:
    """The team's key: Ed25519, made once."""
    with keys.gnupg_home() as home:
        yield keys.make(home, "Team <csirt@cert.example>")


@pytest.fixture(scope="session")
def stranger_key() -> Iterator[keys.Key]:
    """A key that is nobody's of the team."""
    with keys.gnupg_home() as home:
        yield keys.make(home, "Stranger <mallory@evil.example>")


@pytest.fixture(scope="session")
def made() -> Iterator[Callable[[Case], Made]]:
    """Make what a case of the table is about, once."""
    with bench.bench() as workbench:
        yield functools.cache(lambda case: case.make(workbench))


@pytest.fixture
def workplace(tmp_path: Path, team_key: keys.Key) -> Iterator[projects.Workplace]:
    """A project with the sample advisory, which is not signed yet."""
    made = projects.Workplace(tmp_path / "project", team_key)
    made.write()
    yield made
    made.close()
