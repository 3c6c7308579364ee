"""The eight steps, each with a fact to show for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.demo import promises
from publisher.demo.stranger import Stranger
from publisher.demo.workshop import EN, JA
from publisher.model.chain import EditionKey
from publisher.pipeline import listing
from publisher.push import due
from publisher.render import mail

if TYPE_CHECKING:
    from publisher.demo.facts import Facts
    from publisher.demo.scene import Scene
    from publisher.model.chain import Announcement

_WITHHELD = (b"Kagerou", b"ADV-2099-0001", b"Yoiyami", b"ADV-2026-0007")
"""What stands in the samples under embargo and TLP:AMBER and nowhere else."""


@dataclass(frozen=True)
class Steps:
    """Walks through the steps on a scene and notes what it sees."""

    scene: Scene
    facts: Facts
    say: Callable[[str], object]

    def walk(self) -> None:
        """Take all steps in order."""
        self.say("2. create the declared lists")
        self._create_lists()
        self.say("3. let two readers join by mail only")
        self._join()
        self.say("4. lint, sign, build and push the sample advisories")
        sent = self._release()
        self.say("5. open the mailboxes, verify with an independent gpg")
        self._check_mailboxes(sent)
        self.say("6. publish a second revision of one advisory")
        self._check_update()
        self.say("7. let one reader leave by mail, publish another revision")
        self._check_leaving()
        self.say("8. publish once more, with nothing new")
        self._check_the_end()

    def _release(self) -> tuple[Announcement, ...]:
        release = self.scene.release()
        self.say(f"   {release}")
        return release.sent

    def _create_lists(self) -> None:
        project = self.scene.project
        settings, lists = project.settings, project.lists
        applied = listing.apply(project.presentation, lists)
        made = [plan for plan in applied if plan.missing]
        compared = listing.plan(project.presentation, lists)
        left = [plan for plan in compared if not plan.agrees]
        self.facts.note(
            promises.LISTS,
            len(made) == len(settings.lists) and not left,
            f"{len(made)} created, {len(left) or 'nothing'} left to change",
        )

    def _join(self) -> None:
        scene = self.scene
        welcomes = [
            scene.hanako.join(scene.mailing_list(JA)),
            scene.john.join(scene.mailing_list(JA)),
            scene.john.join(scene.mailing_list(EN)),
        ]
        count = len(welcomes)
        seen = f"{count} confirmations answered, {count} welcomes"
        self.facts.note(promises.JOIN, all(welcomes), seen)

    def _check_mailboxes(self, sent: Sequence[Announcement]) -> None:
        counts = {
            language: sum(each.mailing_list.language == language for each in sent)
            for language in (JA, EN)
        }
        self._wait(sent)
        scene = self.scene
        expected = [counts[JA], counts[JA] + counts[EN]]
        self.facts.note(
            promises.REACH,
            bool(sent) and self._received() == expected,
            f"{counts[JA]} in Japanese and {counts[EN]} in English, once each",
        )
        home = scene.folder / "stranger"
        stranger = Stranger.with_key(home, scene.url, scene.keyring.fingerprint)
        self._note_same(promises.SAME, sent, stranger)

    def _check_update(self) -> None:
        before = self._received()
        self.scene.revise(2, {EN: "Exploitation observed", JA: "悪用を確認"})
        sent = self._release()
        self._wait(sent)
        news = [now - then for now, then in zip(self._received(), before, strict=True)]
        names = [reader.address for reader in self.scene.readers]
        shown = ", ".join(f"{n} {count}" for n, count in zip(names, news, strict=True))
        self.facts.note(
            promises.UPDATE,
            len(sent) == 2 and news == [1, 2],
            f"{len(sent)} mails sent; new mails: {shown}",
        )
        threaded = sum(self._answers_the_first(each) for each in sent)
        self.facts.note(
            promises.THREAD,
            threaded == len(sent) > 0,
            f"{threaded} of {len(sent)} answer the first mail",
        )
        stranger = Stranger(self.scene.folder / "stranger", self.scene.url)
        self._note_same(promises.UPDATE_SAME, sent, stranger)

    def _check_leaving(self) -> None:
        scene = self.scene
        farewell = scene.hanako.leave(scene.mailing_list(JA))
        before = len(scene.hanako.inbox())
        scene.revise(3, {EN: "Fixed version confirmed", JA: "修正版を確認"})
        sent = self._release()
        for each in sent:
            scene.john.wait_for_advisory(each.message_id)
        scene.host.settle()
        news = len(scene.hanako.inbox()) - before
        self.facts.note(
            promises.LEAVE,
            bool(farewell) and len(sent) == 2 and news == 0,
            f"{len(sent)} mails sent to the lists, {news} reached the one who left",
        )

    def _check_the_end(self) -> None:
        again = self._release()
        traces = self._traces()
        self.facts.note(
            promises.WITHHELD,
            not traces,
            f"{len(traces)} traces in site, feeds and mailboxes",
        )
        self.facts.note(promises.ONCE, not again, f"{len(again)} mails")

    def _note_same(
        self, promise: str, sent: Sequence[Announcement], stranger: Stranger
    ) -> None:
        """Compare mailbox, git and site, and verify what arrived."""
        scene = self.scene
        same = good = 0
        for each in sent:
            key = each.key
            path = f"advisories/{key.id.year}/{key.id}/{key.filename}"
            received = mail.body(
                scene.john.wait_for_advisory(each.message_id).as_bytes()
            )
            in_git = (scene.project.root / path).read_bytes()
            same += received == in_git == stranger.fetch(path)
            good += stranger.verifies(received, scene.keyring.fingerprint)
        self.facts.note(
            promise,
            same == good == len(sent) > 0,
            f"{same} of {len(sent)} equal byte for byte, {good} good signatures",
        )

    def _answers_the_first(self, announcement: Announcement) -> bool:
        key = announcement.key
        first = EditionKey(key.id, 1, key.language)
        expected = due.message_id(first, announcement.mailing_list)
        message = self.scene.john.wait_for_advisory(announcement.message_id)
        return str(message["In-Reply-To"]) == expected

    def _wait(self, sent: Sequence[Announcement]) -> None:
        for each in sent:
            for reader in self.scene.subscribers(each.mailing_list):
                reader.wait_for_advisory(each.message_id)
        self.scene.host.settle()

    def _received(self) -> list[int]:
        """Count the advisories in each reader's mailbox."""
        return [len(self.scene.advisories(reader)) for reader in self.scene.readers]

    def _traces(self) -> list[str]:
        """Return where anything of the withheld samples shows."""
        texts = {
            str(file): file.read_bytes()
            for file in self.scene.site.rglob("*")
            if file.is_file()
        }
        for reader in self.scene.readers:
            for message in self.scene.advisories(reader):
                name = f"{reader.address} {message['Message-ID']}"
                texts[name] = mail.body(message.as_bytes())
        return [n for n, text in texts.items() if any(m in text for m in _WITHHELD)]
