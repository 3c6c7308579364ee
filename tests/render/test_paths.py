"""Where the files of the site lie."""

import posixpath

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.model.chain import EditionKey
from publisher.render import paths
from tests import builders
from tests.builders import EN

PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map("/".join)


@settings(max_examples=200)
@given(path=PATHS, start=PATHS)
def test_a_relative_link_leads_where_it_should(path: str, start: str) -> None:
    link = paths.relative(path, start)

    folder = posixpath.dirname("/" + start)
    assert posixpath.normpath(posixpath.join(folder, link)) == "/" + path


def test_the_files_of_an_advisory_lie_in_its_folder() -> None:
    advisory = builders.advisory().id

    assert paths.advisory(advisory, EN) == f"{builders.FOLDER}/en.html"
    text = paths.signed_file(advisory, EditionKey(advisory, 2, EN).signed_name(1))
    assert text == f"{builders.FOLDER}/r2.en.txt.asc"
