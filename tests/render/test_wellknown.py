"""What lies below `/.well-known/`."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.adapters.gpg import GpgVerifier
from publisher.model.keys import KeyState, Revocation
from publisher.presentation import Presentation
from publisher.render import wellknown
from tests import builders, keys
from tests.render import samples
from tests.render.samples import KEY, NOW

A, B = "A" * 40, "B" * 40
HOSTILE = [
    "no address",
    "Nobody <@cert.example>",
    "Nobody <csirt@>",
    "Nobody <csirt@localhost>",
    "<../../x@y>",
    "<../../x@cert.example>",
    "<x@../../etc/cert.example>",
    "<x@cert.example/../../y.example>",
    "<x@..example>",
    "<x@.cert.example>",
    "<x@-.example>",
    "<x@cert.example.>",
    "<a&&b@cert.example>",
    "<a||uid@cert.example>",
    '<"a b"@cert.example>',
    "<a b@cert.example>",
    "<.a@cert.example>",
    "<a..b@cert.example>",
    "<日本@cert.example>",
    "<csirt@例え.example>",
    "<\u212aelvin@cert.example>",
    "<csirt@cert.example\n>",
    "Two <a@cert.example> <b@cert.example>",
    "<a@cert.example> behind",
    "",
]


def look(
    fingerprints: Sequence[str] = (KEY.fingerprint,),
    previous: Sequence[str] = (),
    site: str = "https://www.cert.example",
) -> Presentation:
    """Return how a team with these pinned keys presents itself."""
    shown = builders.presentation()
    settings = shown.settings
    team = replace(
        settings.team, fingerprints=tuple(fingerprints), previous=tuple(previous)
    )
    settings = replace(settings, team=team, site=replace(settings.site, url=site))
    return replace(shown, settings=settings)


def export(fingerprint: str, address: str) -> bytes:
    """Stand for a key with the user ids of one address."""
    return f"{fingerprint[0]}:{address};".encode()


def made(
    known: Sequence[KeyState], shown: Presentation | None = None
) -> dict[str, str]:
    """Return the files of the directory as text."""
    plans = wellknown.directory(known, export, shown or look(), NOW)
    files = [(str(plan.path), plan.make().decode()) for plan in plans]
    assert len(dict(files)) == len(files)
    return dict(files)


def hu(local: str, domain: str = "") -> str:
    """Return where the keys of an address lie."""
    folder = f"/{domain}" if domain else ""
    return f".well-known/openpgpkey{folder}/hu/{wellknown.digest(local)}"


def test_the_name_is_that_of_the_draft_s_example() -> None:
    # draft-koch-openpgp-webkey-service-21, section 3.1.
    assert wellknown.digest("Joe.Doe") == "iy9q119eutrkn8s1mk4r39qejnbu3n5q"


def test_only_letters_of_ascii_become_lower_case() -> None:
    assert wellknown.digest("CSIRT") == wellknown.digest("csirt")
    assert wellknown.digest("É") != wellknown.digest("é")


@given(st.text())
def test_a_name_is_always_one_plain_word(local: str) -> None:
    assert re.fullmatch("[a-z1-9]{32}", wellknown.digest(local))


@pytest.mark.gpg
def test_names_are_those_that_gpg_computes() -> None:
    locals_ = ["csirt", "Joe.Doe", "a+b-c_d.9", "x" * 60]
    with keys.gnupg_home() as home:
        for local in locals_:
            keys.make(home, f"Team <{local}@cert.example>")
        listed = keys.gpg(home, "--with-wkd-hash", "--list-keys").decode()

    found = re.findall(r"^ +([a-z1-9]{32})@cert\.example$", listed, re.MULTILINE)
    assert sorted(found) == sorted(map(wellknown.digest, locals_))


def test_both_methods_serve_a_key_and_a_policy() -> None:
    files = made([KEY])

    served = "0:csirt@cert.example;"
    assert files == {
        ".well-known/openpgpkey/policy": "",
        hu("csirt"): served,
        ".well-known/openpgpkey/cert.example/policy": "",
        hu("csirt", "cert.example"): served,
    }


def test_keys_of_one_address_stand_together_the_current_one_first() -> None:
    revoked = samples.key(A, revocation=Revocation(NOW, hard=True, note=""))
    previous = samples.key(B)

    files = made([previous, revoked, KEY], look([A, KEY.fingerprint], [B]))

    assert files[hu("csirt")] == (
        "0:csirt@cert.example;B:csirt@cert.example;A:csirt@cert.example;"
    )


def test_a_key_that_is_not_pinned_is_never_served() -> None:
    assert made([samples.key(A)]) == {}


def test_an_address_counts_once_however_often_it_is_written() -> None:
    users = (
        "CERT <CSIRT@cert.example>",
        "csirt@CERT.example",
        "Other <csirt@cert.example>",
    )
    key = replace(KEY, user_ids=users)

    assert wellknown.addresses(key) == ("csirt@cert.example",)
    assert made([key])[hu("csirt")] == "0:csirt@cert.example;"


def test_each_address_has_files_of_its_own() -> None:
    key = replace(
        KEY,
        user_ids=(
            "テスト <csirt@cert.example>",
            "<info@cert.example>",
            "x@other.example",
        ),
    )

    files = made([key])

    assert files[hu("info", "cert.example")] == "0:info@cert.example;"
    assert files[hu("x", "other.example")] == "0:x@other.example;"
    assert ".well-known/openpgpkey/other.example/policy" in files
    assert hu("x", "cert.example") not in files


@pytest.mark.parametrize("site", ["https://www.cert.example", "https://cert.example"])
def test_the_direct_path_that_two_domains_share_is_the_own_domain_s(site: str) -> None:
    key = replace(KEY, user_ids=("<csirt@other.example>", "<csirt@cert.example>"))

    files = made([key], look(site=site))

    assert files[hu("csirt")] == "0:csirt@cert.example;"
    assert files[hu("csirt", "other.example")] == "0:csirt@other.example;"


def test_a_domain_that_only_ends_alike_is_another_one() -> None:
    key = replace(KEY, user_ids=("<csirt@cert.example>",))

    assert (
        wellknown.locatable([key], look(site="https://notcert.example").settings, NOW)
        == ""
    )


@pytest.mark.parametrize("user", HOSTILE)
def test_odd_user_ids_are_left_out(user: str) -> None:
    assert made([replace(KEY, user_ids=(user,))]) == {}
    both = replace(KEY, user_ids=(user, "<csirt@cert.example>"))
    assert made([both]) == made([KEY])


@given(st.lists(st.text(alphabet="<>@./\\-a.é \n&|=%")))
def test_no_user_id_makes_a_path_elsewhere(users: list[str]) -> None:
    key = replace(KEY, user_ids=tuple(f"{user}<{user}@b.example>" for user in users))

    for plan in wellknown.directory([key], export, look(), NOW):
        assert re.fullmatch(
            r"\.well-known/openpgpkey/([a-z0-9-]+(\.[a-z0-9-]+)+/)?"
            r"(policy|hu/[a-z1-9]{32})",
            str(plan.path),
        )


def test_a_file_is_made_again_when_a_key_of_it_changes() -> None:
    def planned(*known: KeyState) -> dict[str, str]:
        plans = wellknown.directory(known, export, look([KEY.fingerprint, A]), NOW)
        return {str(plan.path): plan.key for plan in plans}

    other = samples.key(A, "<info@cert.example>")
    before, after = planned(KEY, other), planned(replace(KEY, public=b"new"), other)

    assert {path for path in before if before[path] != after[path]} == {
        hu("csirt"),
        hu("csirt", "cert.example"),
    }


def test_keys_are_exported_only_when_a_file_is_made() -> None:
    def never(fingerprint: str, address: str) -> bytes:
        raise AssertionError(fingerprint, address)

    plans = list(wellknown.directory([KEY], never, look(), NOW))

    assert len(plans) == 4


def test_security_txt_is_served_as_it_was_signed() -> None:
    one = wellknown.security_txt(b"signed\n", look())
    other = wellknown.security_txt(b"other\n", look())

    assert str(one.path) == ".well-known/security.txt"
    assert one.make() == b"signed\n"
    assert one.key != other.key


def imported(data: bytes) -> tuple[list[str], list[str]]:
    """Return the keys that a fresh gpg imports, and all their user ids.

    A key that is revoked is marked so.
    """
    with keys.gnupg_home() as home:
        keys.gpg(home, "--import", data=data)
        listed = keys.gpg(home, "--with-colons", "--list-keys").decode()
    rows = [line.split(":") for line in listed.split("\n")]
    validity = [row[1] for row in rows if row[0] == "pub"]
    prints = [row[9] for row in rows if row[0] == "fpr"]
    marked = [
        f"{name} revoked" if state == "r" else name
        for name, state in zip(prints, validity, strict=True)
    ]
    return marked, [row[9] for row in rows if row[0] == "uid"]


@pytest.mark.gpg
def test_what_is_served_imports_as_exactly_the_user_id() -> None:
    with keys.gnupg_home() as home, keys.gnupg_home() as ring:
        key = keys.make(home, "Team <csirt@cert.example>")
        keys.gpg(home, "--quick-add-uid", key.fingerprint, "Me <me@other.example>")
        verifier = GpgVerifier([key.public], ring)
        (state,) = verifier.keys().values()
        plans = {
            str(plan.path): plan.make()
            for plan in wellknown.directory(
                [state], verifier.exported, look([key.fingerprint]), datetime.now(UTC)
            )
        }

    served = plans[hu("csirt", "cert.example")]
    assert served == plans[hu("csirt")]
    assert not served.startswith(b"-----")
    team = ["Team <csirt@cert.example>"]
    assert imported(served) == ([key.fingerprint], team)
    other = plans[hu("me", "other.example")]
    assert imported(other) == ([key.fingerprint], ["Me <me@other.example>"])


@pytest.mark.gpg
def test_keys_that_follow_each_other_are_served_in_one_file() -> None:
    with keys.gnupg_home() as home, keys.gnupg_home() as ring:
        old, new = (keys.make(home, "Team <csirt@cert.example>") for _ in range(2))
        revocation = home / "openpgp-revocs.d" / f"{old.fingerprint}.rev"
        text = revocation.read_text("utf-8").replace(":-----BEGIN", "-----BEGIN")
        keys.gpg(home, "--import", data=text.encode())
        verifier = GpgVerifier([old.public, new.public], ring)
        plans = {
            str(plan.path): plan.make()
            for plan in wellknown.directory(
                list(verifier.keys().values()),
                verifier.exported,
                look([new.fingerprint], [old.fingerprint]),
                datetime.now(UTC) + timedelta(seconds=2),
            )
        }

    found, _ = imported(plans[hu("csirt")])
    assert found == [new.fingerprint, f"{old.fingerprint} revoked"]
