"""Pages at old addresses of the site that lead to where things are now.

They work on any host that serves files; the generated settings of a web server answer
with a redirect of HTTP instead.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from publisher.errors import SettingsError
from publisher.model import redirect
from publisher.model.chain import Planned
from publisher.render import layout, paths

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from publisher.model.ids import AdvisoryId
    from publisher.model.redirect import Redirect
    from publisher.presentation import Presentation


def require(redirects: Sequence[Redirect], published: Collection[AdvisoryId]) -> None:
    """Raise SettingsError if a redirect leads to what is not `published`."""
    for each in redirects:
        if each.advisory is not None and each.advisory not in published:
            msg = (
                f"{each.place}: {each.target} is not published: take the line away "
                "until it is"
            )
            raise SettingsError(msg)


def pages(
    redirects: Sequence[Redirect],
    outputs: Collection[str],
    planned: Mapping[str, Planned],
    presentation: Presentation,
) -> Iterator[Planned]:
    """Plan what lies at each old address, or raise SettingsError.

    What is no page, such as a feed, is there once more; `outputs` are the paths of the
    advisories' own files, `planned` all other files.
    """
    for each, target in resolved(redirects):
        _check(each, outputs, planned)
        file = str(redirect.file(target))
        if file not in planned and file not in outputs:
            msg = f"{each.place}: there is no {target} on the site: mend the target"
            raise SettingsError(msg)
        if each.is_page:
            yield _page(each, file, presentation)
        elif file in planned:
            yield Planned(each.file, planned[file].key, planned[file].make)


def resolved(redirects: Sequence[Redirect]) -> Iterator[tuple[Redirect, str]]:
    """Yield each redirect with the path at the end of its chain."""
    by_path = {each.old: each for each in redirects}
    for each in redirects:
        last = redirect.followed(by_path, each)
        if last.advisory is None:
            yield each, last.target
        else:
            landing = paths.landing(last.advisory).removesuffix("index.html")
            yield each, f"/{landing}"


def _check(
    each: Redirect, outputs: Collection[str], planned: Mapping[str, Planned]
) -> None:
    if str(each.file) in outputs or str(each.file) in planned:
        msg = f"{each.place}: {each.old} is a file of the site: take the line away"
        raise SettingsError(msg)


def _page(each: Redirect, target: str, presentation: Presentation) -> Planned:
    settings = presentation.settings
    site = settings.site.url
    # Some hosts answer for a folder without the slash at its end.
    page = layout.Page(str(each.file), site, canonical=target, root=layout.root(site))
    make = functools.partial(
        layout.render,
        presentation,
        "site/redirect.html",
        settings.languages[0],
        page,
        target=target.removesuffix("index.html"),
    )
    return Planned(
        each.file,
        layout.key(presentation, "site/redirect.html", each.old, target),
        make,
    )
