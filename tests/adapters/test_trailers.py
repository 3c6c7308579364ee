"""Whom messages of commits name, in the forms of git and the forges."""

from __future__ import annotations

import pytest

from publisher.adapters import trailers

HANAKO = ("Hanako", "hanako@cert.example")
TARO = ("Taro", "taro@cert.example")

GITHUB = """Warn of Example Server (#12)

* Write the alert

* Mend a comma

Co-authored-by: Hanako <hanako@cert.example>

---------

Signed-off-by: Jiro <jiro@cert.example>
Co-authored-by: Taro <taro@cert.example>
"""
GITLAB = """Warn of Example Server

* Write the alert

  In a hurry.

  Co-authored-by: Hanako <hanako@cert.example>

Co-authored-by: Taro <taro@cert.example>
Merged-by: Jiro <jiro@cert.example>
"""
GITEA = """Warn of Example Server (#12)

Reviewed-on: https://git.cert.example/cert/advisories/pulls/12
Reviewed-by: Jiro <jiro@cert.example>
Co-authored-by: Hanako <hanako@cert.example>
Co-authored-by: Taro <taro@cert.example>
Co-committed-by: Jiro <jiro@cert.example>
"""
GIT = f"""Squashed commit of the following:

commit {"b" * 40}
Author: Taro <taro@cert.example>
Date:   Fri Nov 20 10:00:00 2026 +0900

    Mend a comma

    Author: nobody

commit {"a" * 40}
Author: Hanako <hanako@cert.example>
Date:   Fri Nov 20 09:00:00 2026 +0900

    Write the alert
"""


@pytest.mark.parametrize("message", [GITHUB, GITLAB, GITEA, GIT])
def test_a_squash_names_who_wrote(message: str) -> None:
    assert set(trailers.named(message).writers) == {HANAKO, TARO}


def test_only_what_git_proposes_names_the_commits() -> None:
    assert trailers.named(GIT).tip == "b" * 40
    assert trailers.named(GIT.partition("\n")[2]).tip == ""
    assert trailers.named(GIT.partition("\n")[2]).writers == ()


def test_who_reviewed_is_no_writer() -> None:
    said = trailers.named(f"{GITEA}Approved-by: Taro <taro@cert.example>\n")

    assert said.readers == (("Jiro", "jiro@cert.example"), TARO)


@pytest.mark.parametrize("text", ["", "Taro", "Taro <>", "<", "taro@cert.example"])
def test_a_name_without_an_address_is_told(text: str) -> None:
    assert trailers.named(f"x\n\nCo-authored-by:{text}\n").writers == (None,)


def test_a_message_of_any_size_is_read_in_linear_time() -> None:
    line = "Co-authored-by: " + "<" * 1000 + "\n"

    assert len(trailers.named(line * 1000).writers) == 1000
