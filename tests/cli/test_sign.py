from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from publisher.wiring import Project
from tests import keys
from tests.cli.terminal import Desk, run, run_json

pytestmark = pytest.mark.gpg

BOTH = ["r1.en.txt.asc", "r1.ja.txt.asc"]


def test_each_text_is_shown_and_signed_after_a_yes(desk: Desk) -> None:
    result = run("sign", answers="y\n")

    shown, _, after = result.stdout.partition("Sign 3 texts as shown?")
    assert "当センターの発行物を検証する方法" in shown
    assert "How to check what we publish" in shown
    assert after.count("signed   advisories/") == 2
    assert "signed   security.txt" in after
    assert desk.signed() == BOTH


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_nothing_is_signed_without_a_yes(desk: Desk, answer: str) -> None:
    result = run("sign", answers=answer, code=2)

    assert "nothing was signed" in result.stderr
    assert desk.signed() == []


def test_by_a_wrong_clock_nothing_is_shown_and_nothing_signed(desk: Desk) -> None:
    desk.lists.now = datetime.now(UTC) - timedelta(days=1, minutes=1)

    result = run("sign", answers="y\n", code=2)

    assert "the clock here is 1 day ahead of it" in result.stderr
    assert "Sign " not in result.stdout
    assert desk.signed() == []


def test_yes_does_not_ask(desk: Desk) -> None:
    result = run("sign", "--yes")

    assert "?" not in result.stdout
    assert desk.signed() == BOTH


def test_a_dry_run_shows_and_does_not_sign(desk: Desk) -> None:
    result = run("sign", "--dry-run")

    assert "How to check what we publish" in result.stdout
    assert result.stdout.endswith("3 texts would be signed\n")
    assert desk.signed() == []


def test_what_is_signed_is_skipped(desk: Desk) -> None:
    run("sign", "--yes")
    before = {name: (desk.folder() / name).read_bytes() for name in BOTH}

    everything = run("sign", "--yes")
    named = run("sign", desk.folder().name, "--yes")

    assert everything.stdout == "nothing to sign\n"
    assert named.stdout.count("signed already") == 2
    assert before == {name: (desk.folder() / name).read_bytes() for name in BOTH}


def test_the_draft_of_a_colleague_is_skipped(desk: Desk) -> None:
    name = run("new", "note").stdout.split("/")[-2]
    desk.fill_in(name)

    result = run("sign", "--yes")

    assert f"skipped  {name}: draft" in result.stdout
    assert desk.signed() == BOTH


def test_what_does_not_pass_lint_is_not_signed(desk: Desk) -> None:
    desk.edit(("## 概要", "## FIXME"))
    name = desk.folder().name

    result = run("sign", "--yes", name, code=1)

    assert "L425" in result.stderr
    assert f"1 advisory does not pass lint ({name}); nothing was done" in result.stderr
    assert desk.signed() == []


def test_only_what_is_named_is_signed(desk: Desk) -> None:
    first = desk.folder().name
    run("new", "note")

    run("sign", first, "--yes")

    assert desk.signed() == BOTH


def test_a_key_of_somebody_else_cannot_sign(desk: Desk, stranger_key: keys.Key) -> None:
    result = run("sign", "--yes", "--key", stranger_key.fingerprint, code=2)

    assert "is not among team.fingerprints" in result.stderr
    assert desk.signed() == []


def test_a_pinned_key_is_chosen_by_its_fingerprint(desk: Desk) -> None:
    spaced = " ".join(desk.key.fingerprint)

    run("sign", "--yes", "--key", spaced.lower())

    assert desk.signed() == BOTH


def test_a_key_that_signed_earlier_signs_nothing_new(
    desk: Desk, stranger_key: keys.Key
) -> None:
    pin(desk, stranger_key, '["{old}"]\nprevious = ["{new}"]')

    result = run("sign", "--yes", "--key", stranger_key.fingerprint, code=2)

    assert f"{stranger_key.fingerprint} is in team.previous" in result.stderr
    assert desk.signed() == []


def pin(desk: Desk, key: keys.Key, change: str) -> None:
    """Make a key one of the team's; `change` says what takes the place of the list."""
    (desk.root / "keys" / f"{key.fingerprint}.asc").write_bytes(key.public)
    names = {"old": desk.key.fingerprint, "new": key.fingerprint}
    desk.settings((f'["{desk.key.fingerprint}"]', change.format(**names)))


@pytest.fixture
def second(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[keys.Key]:
    """A second key of the team's, in one home with the first."""
    with keys.gnupg_home() as home:
        secret = ("--export-secret-keys", desk.key.fingerprint)
        keys.gpg(home, "--import", data=keys.gpg(desk.key.home, *secret))
        made = keys.make(home, "Second <second@cert.example>")
        pin(desk, made, '["{old}", "{new}"]')
        monkeypatch.setenv("GNUPGHOME", str(home))
        yield made


def test_two_keys_sign_in_one_block(desk: Desk, second: keys.Key) -> None:
    both = (desk.key.fingerprint, second.fingerprint)

    run("sign", "--yes", "--key", both[0], "--key", both[1])

    tools = Project.find(desk.root).tools()
    for name in BOTH:
        data = (desk.folder() / name).read_bytes()
        (report,) = tools.verifier.reports([data])
        made = {s[-1] for s in report.statuses if s[0] == "VALIDSIG"}
        assert made == set(both)
        assert data.count(b"BEGIN PGP SIGNATURE") == 1


def test_a_text_is_signed_again_on_purpose_and_keeps_its_first_signature(
    desk: Desk, second: keys.Key
) -> None:
    run("sign", "--yes")
    before = {name: (desk.folder() / name).read_bytes() for name in BOTH}
    again = ("sign", "--again", "--key", second.fingerprint, desk.folder().name)

    result = run(*again, answers="y\n")

    assert "Sign 2 texts as shown?" in result.stdout
    later = [name.replace(".asc", ".2.asc") for name in BOTH]
    assert desk.signed() == sorted([*BOTH, *later])
    assert before == {name: (desk.folder() / name).read_bytes() for name in BOTH}
    assert run(*again).stdout.endswith("nothing to sign\n")
    run("build")


def test_where_every_signature_stands_nothing_is_signed_again(
    desk: Desk, second: keys.Key
) -> None:
    run("sign", "--yes")

    result = run("sign", "--again", "--key", second.fingerprint, "--yes")

    assert result.stdout == "nothing to sign\n"
    assert desk.signed() == BOTH


def test_without_a_pinned_key_nobody_is_asked(desk: Desk) -> None:
    desk.settings((f'["{desk.key.fingerprint}"]', "[]"))

    result = run("sign", answers="y\n", code=2)

    assert "team.fingerprints is empty" in result.stderr
    assert result.stdout == ""


def test_a_pinned_key_whose_public_half_is_missing_stops_it(desk: Desk) -> None:
    (desk.root / "keys" / f"{desk.key.fingerprint}.asc").unlink()

    result = run("sign", "--yes", code=2)

    assert f"keys/ lacks the public key {desk.key.fingerprint}" in result.stderr
    assert desk.signed() == []


def test_a_secret_key_that_is_elsewhere_is_an_error_of_gpg(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with keys.gnupg_home() as empty:
        monkeypatch.setenv("GNUPGHOME", str(empty))
        result = run("sign", "--yes", code=3)

    assert f"gpg did not sign with {desk.key.fingerprint}" in result.stderr
    assert desk.signed() == []


def test_gpg_does_not_take_another_key_instead(
    desk: Desk, stranger_key: keys.Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GNUPGHOME", str(stranger_key.home))

    result = run("sign", "--yes", code=3)

    assert (
        f"gpg did not sign with {desk.key.fingerprint}: No secret key" in result.stderr
    )
    assert desk.signed() == []


def test_a_signature_that_is_in_doubt_stops_it(
    desk: Desk, stranger_key: keys.Key
) -> None:
    run("sign", "--yes")
    file = desk.folder() / "r1.ja.txt.asc"
    file.write_bytes(stranger_key.clearsign("forged\n"))

    result = run("sign", "--yes", code=2)

    assert "r1.ja.txt.asc: " in result.stderr


def test_what_is_signed_is_good_to_the_program_itself(desk: Desk) -> None:
    run("sign", "--yes")

    files = [str(desk.folder() / name) for name in desk.signed()]

    assert all(each["good"] for each in run_json("verify", *files))


WIDE = "| a | b |\n|---|---|\n" + f"| {'c' * 40} | {'d' * 40} |\n"
REASON = "the two columns have to stand side by side"


def begun(desk: Desk) -> str:
    """Begin a second advisory, which is warned of, and return its id."""
    name: str = run("new", "note", "--language", "en").stdout.split("/")[-2]
    desk.finish(name)
    with (desk.folder(name) / "en.md").open("a", encoding="utf-8") as source:
        source.write(f"\n{WIDE}")
    return name


def test_warnings_are_said_once_when_something_is_about_to_be_signed(
    desk: Desk,
) -> None:
    second = begun(desk)
    first = run("sign", "--yes", second)
    again = run("sign", "--yes")
    third = run("sign", "--yes")

    assert first.stderr.count("L409 warning: ") == 1
    assert again.stdout.count("signed ") == 3
    assert again.stderr == ""
    assert (third.stdout, third.stderr) == ("nothing to sign\n", "")
    assert "L409 warning: " in run("lint").stdout
    assert "L409 warning: " in run("lint", second).stdout


def test_a_release_says_nothing_of_warnings_long_ago(desk: Desk) -> None:
    begun(desk)
    run("lists", "apply")
    signed = run("publish", "--yes")
    again = run("publish", "--yes")

    assert signed.stderr.count("L409 warning: ") == 1
    assert "warning" not in again.stderr


def test_what_is_accepted_is_only_counted(desk: Desk) -> None:
    second = begun(desk)
    entry = f"accepted:\n  - {{finding: L409, reason: {REASON}}}\n"
    desk.edit(("history:\n", f"{entry}history:\n"), name=second)

    result = run("sign", "--yes", second)

    assert "L409" not in result.stderr
    assert "1 finding accepted, with a reason: `publisher lint` shows" in result.stderr
    assert run("build").stderr == ""


def test_an_error_is_not_drowned_in_warnings_of_others(desk: Desk) -> None:
    begun(desk)
    desk.edit(("## 概要", "## FIXME"), name=desk.folder("*-0001").name)

    result = run("sign", "--yes", code=1)

    warned, mark, last = result.stderr.partition("L425")
    assert mark
    assert "L409" in warned
    assert "L409" not in last
