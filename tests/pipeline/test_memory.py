"""Memory, while a lot is made that stays."""

import gc

import pytest

from publisher.pipeline import memory


def test_cycles_are_looked_for_again_afterwards() -> None:
    with memory.growing():
        assert not gc.isenabled()

    assert gc.isenabled()


def test_an_error_changes_nothing_about_it() -> None:
    with pytest.raises(ValueError, match="invalid literal"), memory.growing():
        int("some")

    assert gc.isenabled()


def test_who_does_without_stays_without() -> None:
    gc.disable()
    try:
        with memory.growing():
            pass

        assert not gc.isenabled()
    finally:
        gc.enable()
