import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model import ids
from publisher.model.ids import AdvisoryId

IDS = st.builds(
    AdvisoryId,
    st.from_regex(r"[A-Z][A-Z0-9]{0,11}", fullmatch=True),
    st.integers(1000, 2999),
    st.integers(0, 9_999_999),
)


@given(IDS)
def test_an_id_reads_back_what_it_writes(advisory: AdvisoryId) -> None:
    assert AdvisoryId.parse(str(advisory)) == advisory


@pytest.mark.parametrize(
    "text",
    ["", "ADV", "adv-2026-0001", "ADV-26-0001", "ADV-2026-001", "ADV-2026-00001",
     "ADV-2026-0001 ", "ADV-2026-0001\n",
     "ADV-2026-\uff10\uff10\uff10\uff11", "../ADV-2026-0001"],
)  # fmt: skip
def test_an_id_has_one_spelling(text: str) -> None:
    with pytest.raises(ValueError, match=r"ADV|advisory id"):
        AdvisoryId.parse(text)


@given(st.text(max_size=30))
def test_any_other_text_is_refused_without_a_crash(text: str) -> None:
    for read in (AdvisoryId.parse, ids.language, ids.cve, ids.cwe):
        try:
            value = read(text)
        except ValueError:
            continue
        assert str(value) == text


def test_the_next_number_follows_in_order() -> None:
    assert AdvisoryId.parse("ADV-2026-9999") < AdvisoryId.parse("ADV-2026-10000")


@pytest.mark.parametrize(
    "text", ["CVE-2026-90001", "CVE-1999-0001", "CVE-2026-1234567"]
)
def test_a_cve_id_is_taken_as_it_is(text: str) -> None:
    assert ids.cve(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "CVE-2026-001",
        "cve-2026-90001",
        "CVE-1998-0001",
        "CVE-2026-0012345",
        "CVE-2026-00001",
    ],
)
def test_what_is_no_cve_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no CVE id"):
        ids.cve(text)


@pytest.mark.parametrize("text", ["CWE-0", "CWE-079", "787", "CWE-"])
def test_what_is_no_cwe_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no CWE id"):
        ids.cwe(text)
