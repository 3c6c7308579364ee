"""What pages weigh."""

import pytest

from benchmarks import weight


@pytest.mark.gpg
def test_no_page_of_the_samples_is_over_its_budget() -> None:
    found = weight.of_samples()

    assert len(found) == len(weight.BUDGETS)
    assert [each for each in found if each.size > each.budget.limit] == []
    assert [each for each in found if each.zipped > weight.SENT] == []
