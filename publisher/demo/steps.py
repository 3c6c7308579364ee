"""The nine steps, each with a fact to show for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import TYPE_CHECKING

from publisher.demo import promises
from publisher.demo.stranger import Stranger
from publisher.demo.workshop import EN, JA
from publisher.model.chain import EditionKey
from publisher.pipeline import listing
from publisher.ports import Outcome
from publisher.push import due
from publisher.render import mail

if TYPE_CHECKING:
    from publisher.demo.facts import Facts
    from publisher.demo.scene import Release, Scene
    from publisher.model.chain import Announcement

_WITHHELD = (b"Kagerou", b"ADV-2099-0001", b"Yoiyami", b"ADV-2026-0007")
"""What stands in the samples under embargo and TLP:AMBER and nowhere else."""


@dataclass(frozen=True)
class Steps:
    """Walks through the steps on a scene and notes what it sees."""

    scene: Scene
    facts: Facts
    say: Callable[[str], object]
    releases: list[Release] = field(default_factory=list)
    """All of them."""

    def walk(self) -> None:
        """Take all steps in order."""
        self.say("2. create the declared lists")
        self._create_lists()
        self.say("3. let two readers join by mail only")
        self._join()
        self.say("4. lint, sign, build and push the sample advisories")
        release = self._release()
        self.say("5. open the mailboxes, verify with an independent gpg")
        self._check_mailboxes(release)
        self.say("6. publish a second revision of one advisory")
        self._check_update()
        self.say("7. let one reader leave by mail, publish another revision")
        self._check_leaving()
        self.say(
            "8. check site and mail with the script on the site, then forge a text"
        )
        self._check_by_script(release.sent[0])
        self.say("9. publish once more, with nothing new")
        self._check_the_end()

    def _release(self) -> Release:
        release = self.scene.release()
        self.releases.append(release)
        self.say(f"   {release}")
        return release

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

    def _check_mailboxes(self, release: Release) -> None:
        published = release.built.summaries
        japanese, english = (
            sum(summary.text(language) is not None for summary in published)
            for language in (JA, EN)
        )
        self._wait(release.sent)
        scene = self.scene
        self.facts.note(
            promises.REACH,
            bool(published) and self._received() == [japanese, japanese + english],
            f"{japanese} in Japanese and {english} in English, once each",
        )
        home = scene.folder / "stranger"
        stranger = Stranger.with_key(home, scene.url, scene.keyring.fingerprint)
        self._note_same(promises.SAME, release.sent, stranger)

    def _check_update(self) -> None:
        before = self._received()
        self.scene.revise(2, {EN: "Exploitation observed", JA: "悪用を確認"})
        sent = self._release().sent
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
        sent = self._release().sent
        for each in sent:
            scene.john.wait_for_advisory(each.message_id)
        scene.host.settle()
        news = len(scene.hanako.inbox()) - before
        self.facts.note(
            promises.LEAVE,
            bool(farewell) and len(sent) == 2 and news == 0,
            f"{len(sent)} mails sent to the lists, {news} reached the one who left",
        )

    def _check_by_script(self, announcement: Announcement) -> None:
        scene = self.scene
        stranger = Stranger(scene.folder / "stranger", scene.url)
        letter = scene.john.wait_for_advisory(announcement.message_id).as_bytes()
        texts = len(list(scene.project.site.folder.rglob("r*.asc")))
        good = stranger.check(letter)
        key = announcement.key
        path = f"advisories/{key.id.year}/{key.id}/{key.filename}"
        served = scene.project.site.folder / path
        data = served.read_bytes()
        served.write_bytes(data.replace(b"TLP:CLEAR", b"TLP:GREEN", 1))
        forged = stranger.check()
        served.write_bytes(data)
        self.facts.note(
            promises.SCRIPT,
            f" {texts} count" in good.output.decode()
            and good.code == 0
            and (forged.code, path in forged.output.decode()) == (2, True),
            f"{texts} texts and a mail count; one word changed on the site is found",
        )

    def _check_the_end(self) -> None:
        before = self._received()
        again = self._release().sent
        self.scene.host.settle()
        news = sum(self._received()) - sum(before)
        traces = self._traces()
        self.facts.note(
            promises.WITHHELD,
            not traces,
            f"{len(traces)} traces in site, feeds and mailboxes",
        )
        seen = f"{len(again)} mails sent, {news} received"
        self.facts.note(promises.ONCE, not again and not news, seen)
        self._check_canary()

    def _check_canary(self) -> None:
        sent = sum(len(release.sent) for release in self.releases)
        seen = [each for release in self.releases for each in release.seen]
        good = sum(each.outcome is Outcome.DELIVERED for each in seen)
        self.facts.note(
            promises.CANARY,
            good == sent == len(seen) > 0,
            f"{good} of {sent} copies verify, none came twice",
        )
        slowest = max((each.seconds or 0.0 for each in seen), default=0.0)
        self.say(f"   the slowest mail was in the mailbox after {slowest:.1f} s")

    def _note_same(
        self, promise: str, sent: Sequence[Announcement], stranger: Stranger
    ) -> None:
        """Compare every mailbox, git and site, and verify what arrived."""
        scene = self.scene
        copies = same = good = 0
        for each in sent:
            key = each.key
            path = f"advisories/{key.id.year}/{key.id}/{key.filename}"
            in_git = (scene.project.root / path).read_bytes()
            on_site = stranger.fetch(path)
            for reader in scene.subscribers(each.mailing_list):
                message = reader.wait_for_advisory(each.message_id)
                received = mail.body(message.as_bytes())
                copies += 1
                same += received == in_git == on_site
                good += stranger.verifies(received, scene.keyring.fingerprint)
        self.facts.note(
            promise,
            same == good == copies > 0,
            f"{same} of {copies} copies equal byte for byte, {good} good signatures",
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
            for message in reader.inbox():
                name = f"{reader.address} {message['Message-ID']}"
                texts[name] = _words(message)
        return [n for n, text in texts.items() if any(m in text for m in _WITHHELD)]


def _words(message: EmailMessage) -> bytes:
    """Return all that a mail shows: its headers and its parts, decoded."""
    parts = [str(value) for value in message.values()]
    bodies = [part.get_payload(decode=True) for part in message.walk()]
    shown = [body for body in bodies if isinstance(body, bytes)]
    return b"\n".join([*(part.encode() for part in parts), *shown])
