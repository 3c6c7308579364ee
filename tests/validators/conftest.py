"""The built site of the samples, for all checkers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import readers


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The site of the samples."""
    with readers.samples(tmp_path_factory.mktemp("samples")) as built:
        yield built
