"""Names of vendors and products in addresses."""

import re
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publisher.render import paths, slugs
from tests.builders import EN

NAMES = st.text(st.characters(), max_size=120)
FOR_EVER = {
    "Example Server": "example_server",
    "F-Secure": "f-secure",
    "node.js": "node.js",
    "C++": "c~2b~2b",
    "a_b": "a~5fb",
    "../../etc": "~2e.~2f..~2fetc",
    "": "~",
    "株式会社 例": "~~_-336a2np34c8wkt3y",
    "トレンド": "~~fdkc8h2a",
    "x" * 90: "x" * 54 + "~" + "57p5t3uxps3nt5wkghq2utuhdx",
}
"""Addresses that were given out; none of them may ever change."""


@pytest.mark.parametrize(("name", "slug"), FOR_EVER.items())
def test_an_address_that_was_given_out_stays(name: str, slug: str) -> None:
    assert slugs.slug(name) == slug


@given(NAMES)
@example("..")
@example(".")
@example("/")
@example("\ud800")
def test_a_slug_is_one_harmless_part_of_a_path(name: str) -> None:
    slug = slugs.slug(name)

    assert re.fullmatch(r"[a-z0-9~_-][a-z0-9~._-]{0,80}", slug)
    assert paths.vendor(EN, name) == f"en/vendor/{slug}/index.html"


@given(NAMES, NAMES)
@example("a b", "a_b")
@example("a-b", "a_b")
@example("~~x", "\u3042x")
@example("x" * 90, "x" * 91)
@example("", "~")
def test_two_names_never_share_a_slug(one: str, other: str) -> None:
    same = slugs.identity(one) == slugs.identity(other)

    assert (slugs.slug(one) == slugs.slug(other)) == same


@given(st.text(st.sampled_from("aA1 -_.~\u3042\u3044é/\\"), max_size=8))
def test_a_slug_can_be_read_back(name: str) -> None:
    slug = slugs.slug(name)

    assert decoded(slug) == slugs.identity(name)


def decoded(slug: str) -> str:
    """Return the name of which `slug` is the slug, as long as it is not shortened."""
    if slug == "~":
        return ""
    if slug.startswith("~~"):
        slug = slug[2:].encode().decode("punycode")
    blanks = slug.replace("_", " ")
    return re.sub("~([0-9a-f]{2})", lambda match: chr(int(match[1], 16)), blanks)


@given(NAMES)
def test_spellings_of_one_name_have_one_slug(name: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)

    assert slugs.slug(wide) == slugs.slug(name)
    assert slugs.slug(f"  {name}\u3000") == slugs.slug(name)
    assert slugs.slug(unicodedata.normalize("NFD", name)) == slugs.slug(name)


def test_case_makes_no_other_name() -> None:
    assert slugs.slug("EXAMPLE Server") == slugs.slug("example SERVER")
    assert slugs.slug("Straße") == slugs.slug("STRASSE")


def test_what_names_have_in_common_has_itself_in_common() -> None:
    for code in range(sys.maxunicode + 1):
        found = slugs.identity.__wrapped__(f"a{chr(code)}b")

        assert slugs.identity.__wrapped__(found) == found
