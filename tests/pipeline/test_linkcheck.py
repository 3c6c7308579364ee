"""The links of advisories: who is asked, and what is made of the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from publisher.pipeline import checking, linkcheck
from publisher.ports import Life, Reply
from publisher.source import Finding
from tests.projects import Workplace

pytestmark = pytest.mark.gpg
VENDOR = "https://vendor.example/sb-1"


@dataclass
class FakeLinks:
    """Servers that answer as they are told; all others are alive."""

    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def ask(self, urls: Sequence[str], seconds: float) -> Mapping[str, Reply]:
        assert seconds == 7
        self.asked += urls
        return {url: self.replies.get(url, Reply(Life.ALIVE)) for url in urls}


def found(
    workplace: Workplace, links: FakeLinks, *, withheld: bool = False
) -> tuple[Finding, ...]:
    tools = workplace.tools()
    snapshot = tools.repository.snapshot()
    succession = checking.succession(tools, snapshot)
    loaded = checking.load(tools, snapshot, succession)
    return linkcheck.check(tools, loaded, links, 7, withheld=withheld)


def test_each_address_is_asked_for_once(workplace: Workplace) -> None:
    workplace.write((f"({VENDOR})", f"({VENDOR}#fix)"))
    links = FakeLinks()

    assert found(workplace, links) == ()
    assert links.asked == [VENDOR]


def test_a_dead_link_is_a_warning_at_its_first_place(workplace: Workplace) -> None:
    links = FakeLinks({VENDOR: Reply(Life.DEAD, "its server answers 404")})

    (finding,) = found(workplace, links)

    assert str(finding) == (
        "advisories/2026/ADV-2026-0007/en.md:16:35: L801 warning: the link "
        f"{VENDOR!r} is dead: its server answers 404; it is there 3 times "
        "(expected a page that is there, or an archive's copy)"
    )


def test_what_cannot_be_found_out_is_a_note(workplace: Workplace) -> None:
    links = FakeLinks({VENDOR: Reply(Life.UNKNOWN, "its server answers 403")})

    (finding,) = found(workplace, links)

    assert (finding.code, finding.level) == ("L803", "note")
    assert "L803 note: the link" in str(finding)


def test_a_dead_page_of_ours_is_an_error(workplace: Workplace) -> None:
    contact = "https://www.cert.example/contact.html"
    workplace.write((f"({VENDOR})", f"({contact})"))
    links = FakeLinks({contact: Reply(Life.DEAD, "its server answers 404")})

    (finding,) = found(workplace, links)

    assert (finding.code, finding.level) == ("L802", "error")


def test_what_this_program_builds_is_not_asked_for(workplace: Workplace) -> None:
    page = "https://www.cert.example/advisories/2026/ADV-2026-0007/en.html"
    workplace.write((VENDOR, page))
    links = FakeLinks()

    assert found(workplace, links) == ()
    assert links.asked == []


@pytest.mark.parametrize(
    "change",
    [
        ("tlp: CLEAR", "tlp: AMBER"),
        ("tlp: CLEAR", "tlp: CLEAR\ndraft: true"),
        ("2026-11-2", "2126-11-2"),
    ],
)
def test_nobody_is_asked_about_what_is_not_public(
    workplace: Workplace, change: tuple[str, str]
) -> None:
    year = workplace.folder()
    for file in year.glob("*.asc"):
        file.unlink()
    workplace.write(change)
    links = FakeLinks()

    assert found(workplace, links) == ()
    assert links.asked == []
    if "2126" not in change[1]:
        found(workplace, links, withheld=True)
        assert links.asked == [VENDOR]
