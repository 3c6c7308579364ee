from __future__ import annotations

import pytest

from publisher import markup
from publisher.edition import body
from publisher.edition.inline import BodyError, Links, Target
from tests.edition.samples import PAGE, laid_out


def test_a_link_is_its_words_and_a_number() -> None:
    text = laid_out("See [the notes](https://a.example/) today, or ask.")

    assert text == "  See the notes [1] today, or ask."


def test_the_number_follows_japanese_without_a_blank() -> None:
    assert laid_out("[情報](https://a.example/)を参照") == "  情報[1]を参照"


def test_the_number_stays_with_its_words() -> None:
    text = laid_out("あ" * 36 + "[い](https://a.example/)")

    assert text == "  " + "あ" * 36 + "\n  い[1]"


def test_the_same_address_has_the_same_number() -> None:
    links = Links(PAGE)
    tree = markup.parse(
        "[a](https://a.example/x) [b](https://b.example/) [c](https://a.example/x)"
    )

    text = body.body_text(tree, links, "")

    assert text == "  a [1] b [2] c [1]"
    assert links.targets == [
        Target(1, "a", "https://a.example/x"),
        Target(2, "b", "https://b.example/"),
    ]


def test_an_address_in_the_text_stands_in_angle_brackets() -> None:
    text = laid_out("こちらは<https://a.example/x>です。")

    assert text == "  こちらは<https://a.example/x>です。"


@pytest.mark.parametrize(
    "markdown",
    [
        "Write to <a_b@cert.example>.",
        "Write to a_b@cert.example.",
        "See https://a.example/_x_ (or <https://a.example/_y_>).",
    ],
)
def test_an_address_stands_as_it_is_written(markdown: str) -> None:
    assert laid_out(markdown) == f"  {markdown}"


def test_a_mail_address_in_the_text_has_no_number() -> None:
    text = laid_out("Write to [a@cert.example](mailto:a@cert.example).")

    assert text == "  Write to <a@cert.example>."


def test_a_link_within_the_page_has_no_number() -> None:
    assert laid_out("[below](#solution)") == "  below"


@pytest.mark.parametrize("markdown", ["a [b](<>) c", "a [b](#x) c"])
def test_a_link_without_an_address_is_its_words(markdown: str) -> None:
    assert laid_out(markdown) == "  a b c"


@pytest.mark.parametrize("markdown", ["a [](<>) b", "a [](#x) b"])
def test_a_link_without_either_is_nothing(markdown: str) -> None:
    assert laid_out(markdown) == "  a b"


def test_a_link_without_words_is_its_number() -> None:
    assert laid_out("see [](https://a.example/)") == "  see [1]"


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("../ADV-2026-0001/en.html", "/advisories/2026/ADV-2026-0001/en.html"),
        ("/keys/", "/keys/"),
    ],
)
def test_a_relative_address_is_made_whole(url: str, whole: str) -> None:
    links = Links(PAGE)

    links.number(url, "")

    assert [each.url for each in links.targets] == ["https://www.cert.example" + whole]


def test_blanks_in_an_address_are_escaped() -> None:
    assert Links(PAGE).whole("https://a.example/b c") == "https://a.example/b%20c"


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(BodyError, match=r"'http://\[x' is no address"):
        laid_out("[a](http://[x)")
