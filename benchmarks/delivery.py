"""Time our delivery against stock Mailman's, in one run, on a real Mailman's database.

    python -m benchmarks.delivery [--recipients 5000] [--stock 500]

- personal: a copy for each recipient. Stock: VERP. Ours: VERP and one-click leave.
- bulk: from a post that was accepted to the last recipient, the pipeline included.

Both deliver to the same SMTP server, which does nothing but count.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from email import message_from_bytes
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any

import click

from benchmarks import sink

LIST = "announce@lists.cert.example"
BODY = "The words of an alert, as long as such things are.\n" * 60
MESSAGE = f"""\
From: Example CERT <csirt@cert.example>
To: {LIST}
Subject: [Alert] ADV-2026-0007 Remote code execution in Example Server
Date: Fri, 20 Nov 2026 10:00:00 +0900
Message-ID: <{{number}}@cert.example>
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

{BODY}""".encode()


class Bench:
    """A Mailman in this very process, with one list."""

    def __init__(self, folder: Path, port: int, taken: Synchronized[int]) -> None:
        from mailman.core.initialize import initialize

        from publisher.mailhost import MailHostSettings, files
        from publisher.mailhost.loopback import Ports

        settings = MailHostSettings(
            directory=folder,
            domain="lists.cert.example",
            site_owner="postmaster@cert.example",
            relay=("127.0.0.1", port),
        )
        files.make_folders(folder)
        files.write_configuration(settings, Ports(rest=9, smtp=9, lmtp=9), "none")
        initialize(str(folder / "etc" / "mailman.cfg"))
        self._taken = taken
        self._numbers = iter(range(10**6))

    def prepare(self, members: int) -> None:
        from mailman.app.lifecycle import create_list
        from mailman.config import config
        from mailman.interfaces.domain import IDomainManager
        from zope.component import getUtility

        from publisher.mailman_plugin import leaving
        from tests.mailman_plugin import crowd

        getUtility(IDomainManager).add("lists.cert.example")
        self.mlist = create_list(LIST, [], "publisher-announce")
        leaving.set_page(
            config.db.store, self.mlist.list_id, "https://lists.cert.example/leave"
        )
        self.page = leaving.page(config.db.store, self.mlist.list_id)
        config.db.commit()
        self.addresses = [f"reader-{n:06d}@home.example" for n in range(members)]
        with config.db.engine.begin() as connection:
            crowd.subscribe(connection, self.mlist.list_id, self.addresses)

    def one_click(self, *, on: bool) -> None:
        from mailman.config import config

        from publisher.mailman_plugin import leaving

        page = self.page if on else ""
        leaving.set_page(config.db.store, self.mlist.list_id, page)
        config.db.commit()

    def message(self) -> Any:
        from mailman.email.message import Message

        number = str(next(self._numbers)).encode()
        return message_from_bytes(MESSAGE.replace(b"{number}", number), Message)

    def rate(self, work: Callable[[], int]) -> float:
        """Return how many recipients a second `work` serves; it says how many."""
        before = self._taken.value
        start = time.perf_counter()
        count = work()
        seconds = time.perf_counter() - start
        assert self._taken.value - before == count, "some got nothing"
        return count / seconds

    def personal(self, deliver: Callable[..., None], count: int) -> int:
        from publisher.mailman_plugin.handlers.recipients import ANNOUNCEMENT

        recipients = set(self.addresses[:count])
        metadata = {"recipients": recipients, "verp": True, ANNOUNCEMENT: True}
        deliver(self.mlist, self.message(), metadata)
        return count

    def bulk(self, pipeline: str, deliver: Callable[..., None]) -> int:
        from mailman.config import config
        from mailman.core.pipelines import process

        # What a runner starts with: nothing of the list is loaded yet.
        config.db.store.expire_all()
        process(self.mlist, self.message(), {}, pipeline)
        queue = config.switchboards["out"]
        [file] = queue.files
        message, metadata = queue.dequeue(file)
        deliver(self.mlist, message, {**metadata, "verp": False})
        queue.finish(file)
        config.db.commit()
        return len(metadata["recipients"])


def compare(bench: Bench, stock_count: int) -> list[tuple[str, float, float]]:
    from mailman.mta.deliver import deliver as stock

    from publisher.mailman_plugin.delivery import deliver as ours

    everybody = len(bench.addresses)
    personal = (
        bench.rate(lambda: bench.personal(stock, stock_count)),
        bench.rate(lambda: bench.personal(ours, everybody)),
    )
    bench.one_click(on=False)
    bulk = (
        bench.rate(lambda: bench.bulk("default-posting-pipeline", stock)),
        bench.rate(lambda: bench.bulk("publisher-posting-pipeline", ours)),
    )
    return [("personal, delivery", *personal), ("bulk, pipeline and delivery", *bulk)]


@click.command()
@click.option("--recipients", default=5000, show_default=True)
@click.option("--stock", default=500, show_default=True, help="Personal copies.")
def main(recipients: int, stock: int) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="pb-") as folder,
        sink.running() as (port, taken),
    ):
        bench = Bench(Path(folder) / "host", port, taken)
        bench.prepare(recipients)
        results = compare(bench, min(stock, recipients))
    click.echo(f"{'recipients a second':30}{'stock':>10}{'ours':>10}{'ratio':>8}")
    for name, theirs, ours in results:
        click.echo(f"{name:30}{theirs:10.0f}{ours:10.0f}{ours / theirs:8.1f}")


if __name__ == "__main__":
    main()
