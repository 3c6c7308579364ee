"""The page on which one leaves, by real HTTP."""

from __future__ import annotations

import base64
import dataclasses
import http.client
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import urlsplit
from wsgiref.validate import validator

import pytest
from babel.messages.pofile import read_po

from publisher.adapters import templates
from publisher.errors import MailmanError
from publisher.leave import Application, server
from publisher.leave.pages import Face, Pages
from tests import builders

pytestmark = pytest.mark.enable_socket

LIST = "announce-en.lists.cert.example"
MEMBER = "0123456789abcdef0123456789abcdef"
TOKEN = "A" * 43
QUERY = f"list={LIST}&member={MEMBER}&token={TOKEN}"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=xx"
ONE_CLICK = "List-Unsubscribe=One-Click"


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str


@dataclass
class Site:
    """The page, and what was asked of Mailman."""

    url: str = ""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    answer: bool | MailmanError = True

    def leave(self, list_id: str, member: str, token: str) -> bool:
        self.asked.append((list_id, member, token))
        if isinstance(self.answer, MailmanError):
            raise self.answer
        return self.answer

    def call(
        self, method: str, target: str, body: bytes | str = "", kind: str = FORM
    ) -> Answer:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=20)
        try:
            headers = {"Content-Type": kind} if method == "POST" else {}
            connection.request(method, target, body or None, headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        return Answer(response.status, dict(response.getheaders()), text)


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    application = Application("/leave", Pages(builders.presentation()), made.leave)
    # It stops at whatever PEP 3333 forbids.
    checked = validator(application)
    with server.serving(checked) as made.url:
        yield made


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_scanner_that_follows_the_link_unsubscribes_nobody(
    site: Site, method: str
) -> None:
    answer = site.call(method, f"/leave?{QUERY}")

    assert answer.status == 200
    assert site.asked == []
    assert ("<button" in answer.text) == (method == "GET")
    assert int(answer.headers["Content-Length"]) > 500


def test_the_page_is_in_the_lists_language_first_and_then_in_the_others(
    site: Site,
) -> None:
    english = site.call("GET", f"/leave?{QUERY}").text
    japanese = site.call("GET", f"/leave?{QUERY}".replace("-en.", "-ja.")).text

    assert english.index("Leave the list") < english.index("配信を停止する")
    assert japanese.index("配信を停止する") < japanese.index("Leave the list")
    assert '<html lang="ja">' in japanese


def test_the_button_leaves(site: Site) -> None:
    page = site.call("GET", f"/leave?{QUERY}").text
    assert 'name="List-Unsubscribe" value="One-Click"' in page
    assert '<form method="post">' in page

    answer = site.call("POST", f"/leave?{QUERY}", ONE_CLICK)

    assert answer.status == 200
    assert "has ended" in answer.text
    assert site.asked == [(LIST, MEMBER, TOKEN)]


def test_a_mail_program_leaves_with_either_form_of_the_body(site: Site) -> None:
    parts = (
        '--xx\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
        "One-Click\r\n--xx--\r\n"
    )
    kind = 'multipart/form-data; boundary="xx"'

    assert site.call("POST", f"/leave?{QUERY}", ONE_CLICK).status == 200
    assert site.call("POST", f"/leave?{QUERY}", parts, kind).status == 200
    assert len(site.asked) == 2


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("", FORM),
        ("List-Unsubscribe=Two-Click", FORM),
        (f"{ONE_CLICK}&{ONE_CLICK}", FORM),
        ("a=1&" * 100 + ONE_CLICK, FORM),
        (b"\xff\xfe", FORM),
        (ONE_CLICK + "&a=" + "x" * 5000, FORM),
        ("--xx--", "multipart/form-data; boundary=xx"),
        (ONE_CLICK, "multipart/form-data"),
        (ONE_CLICK, "multipart/form-data; boundary=\xff"),
        (ONE_CLICK, "multipart/form-data" + ';"' * 30_000),
        ("--xx\r\nContent-Type: multipart/x; boundary=x\r\n\r\n" * 50, MULTIPART),
        ("--xx\r\n\r\n" * 100, MULTIPART),
    ],
)
def test_another_body_does_nothing(site: Site, body: bytes | str, kind: str) -> None:
    answer = site.call("POST", f"/leave?{QUERY}", body, kind)

    assert answer.status == 400
    assert site.asked == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        QUERY.replace(LIST, ""),
        QUERY.replace(LIST, "other.lists.cert.example"),
        QUERY.replace(LIST, "%3Cscript%3E"),
        QUERY.replace(TOKEN, TOKEN[:-1]),
        QUERY.replace(TOKEN, f"{TOKEN}A"),
        QUERY.replace(MEMBER, "reader@home.example"),
        QUERY.replace(MEMBER, MEMBER.upper()),
        f"{QUERY}&member={MEMBER}",
        f"{QUERY}&more=1",
        f"{QUERY}&more=%ff",
        "&" * 5000,
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_that_is_none_of_ours_asks_mailman_nothing(
    site: Site, method: str, query: str
) -> None:
    answer = site.call(method, f"/leave?{query}", ONE_CLICK if method == "POST" else "")

    assert answer.status == 400
    assert site.asked == []
    assert "<button" not in answer.text
    assert "<script" not in answer.text
    assert "-leave@lists.cert.example" in answer.text


def test_a_bad_token_is_told_so_and_how_to_leave_by_mail(site: Site) -> None:
    site.answer = False

    answer = site.call("POST", f"/leave?{QUERY}", ONE_CLICK)

    assert answer.status == 403
    assert "announce-en-leave@lists.cert.example" in answer.text


def test_while_mailman_is_away_one_is_asked_to_come_back(site: Site) -> None:
    site.answer = MailmanError("the list server at http://x does not answer")

    answer = site.call("POST", f"/leave?{QUERY}", ONE_CLICK)

    assert answer.status == 503
    assert answer.headers["Retry-After"] == "300"
    assert "announce-en-leave@lists.cert.example" in answer.text
    assert "http://x" not in answer.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_are_refused(site: Site, method: str) -> None:
    answer = site.call(method, f"/leave?{QUERY}")

    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD, POST"
    assert site.asked == []


@pytest.mark.parametrize("path", ["/", "/robots.txt", "/leave/", "/leave/more", "//"])
def test_there_is_no_other_page(site: Site, path: str) -> None:
    assert site.call("GET", f"{path}?{QUERY}").status == 404
    assert site.call("POST", f"{path}?{QUERY}", ONE_CLICK).status == 404
    assert site.asked == []


@pytest.mark.parametrize("target", [f"/leave?{QUERY}", "/leave", "/elsewhere"])
def test_every_answer_keeps_its_address_to_itself(site: Site, target: str) -> None:
    headers = site.call("GET", target).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "Set-Cookie" not in headers


def test_the_policy_lets_the_pages_own_style_pass(site: Site) -> None:
    answer = site.call("GET", f"/leave?{QUERY}")
    [style] = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)

    digest = base64.b64encode(sha256(style.encode()).digest()).decode()

    assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


def test_the_words_are_all_translated() -> None:
    catalogue = templates.PACKAGED / "locale" / "ja" / "leave.po"
    with catalogue.open("rb") as stream:
        known = {str(m.id) for m in read_po(stream) if m.id and m.string}
    page = (templates.PACKAGED / "leave" / "page.html").read_text(encoding="utf-8")
    used = set(re.findall(r'(?:words|say)\("([^"]+)"', page))

    assert used == known


def test_a_name_of_a_list_is_text_and_no_markup() -> None:
    presentation = builders.presentation()
    [first, *_] = presentation.settings.lists
    hostile = dataclasses.replace(first, title="<b>&amp;</b>")

    page = Pages(presentation).render(Face.ASK, hostile).decode()

    assert "<b>" not in page
    assert "&lt;b&gt;" in page
