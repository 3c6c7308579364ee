"""Run the demo: the scene, the steps, the table of what was seen."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from publisher.demo import scene
from publisher.demo.facts import Facts
from publisher.demo.steps import Steps
from publisher.errors import OperatorError, WorldError

if TYPE_CHECKING:
    from publisher.demo.scene import Scene

Say = Callable[[str], object]


def run(*, serve: bool, keep: Path | None, as_json: bool, say: Say, tell: Say) -> int:
    """Run the demo and return its exit code: 0, or 3 if a fact does not hold.

    What it saw goes to `say`, what it is doing to `tell`. Everything that was
    started is ended before this returns or raises, also on Ctrl-C and SIGTERM, which
    raise KeyboardInterrupt. The files stay for people to look at, in `keep` or in a
    temporary folder; a demo that is cut short, or that a script reads, leaves none.
    """
    with _interruptible(), _folder(keep, discard=as_json) as folder:
        tell("1. make a team key, start Mailman and the local MTA")
        with scene.opened(folder) as opened:
            facts = Facts(tell)
            Steps(opened, facts, tell).walk()
            if as_json:
                say(json.dumps([asdict(fact) for fact in facts.facts], indent=2))
            else:
                _conclude(opened, facts, tell)
            if serve:
                tell(f"\nThe site is at {opened.url}/ until Ctrl-C.")
                with contextlib.suppress(KeyboardInterrupt):
                    threading.Event().wait()
    return 0 if facts.hold else WorldError.exit_code


def _conclude(opened: Scene, facts: Facts, say: Say) -> None:
    say(f"\n{facts.table()}\n")
    say(f"site       {opened.site}")
    for language in opened.project.settings.languages:
        say(f"feed       {opened.site / language / 'feed.xml'}")
    for reader in opened.readers:
        say(f"mailbox    {opened.host.mailbox(reader.address)}")
    say(f"all of it  {opened.folder}: look around, then remove it")


@contextlib.contextmanager
def _folder(keep: Path | None, *, discard: bool) -> Iterator[Path]:
    if keep is None:
        folder = Path(tempfile.mkdtemp(prefix="publisher-demo-"))
        try:
            yield folder
        except BaseException:
            shutil.rmtree(folder)
            raise
        if discard:
            shutil.rmtree(folder)
        return
    if keep.exists() and any(keep.iterdir()):
        msg = f"{keep} is not empty: name a folder that is new or empty"
        raise OperatorError(msg)
    keep.mkdir(parents=True, exist_ok=True)
    yield keep.absolute()


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Turn SIGTERM into what Ctrl-C does, and let nothing interrupt what follows."""
    interrupted = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        nonlocal interrupted
        interrupted = True
        for each in before:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    for each, handler in before.items():
        # Whoever starts it in the background does not want Ctrl-C to reach it.
        if handler is not signal.SIG_IGN:
            signal.signal(each, interrupt)
    try:
        yield
    finally:
        # After an interruption there is nothing left to do but to end.
        for each, handler in before.items():
            if not interrupted:
                signal.signal(each, handler)
