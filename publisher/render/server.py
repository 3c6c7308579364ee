"""Settings of a web server that serves the site as it is meant to be served."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from publisher.errors import OperatorError, SettingsError
from publisher.model import headers, media
from publisher.render import redirects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from publisher.model.redirect import Redirect
    from publisher.presentation import Presentation

SERVERS = {"nginx": "nginx.conf", "caddy": "Caddyfile", "apache": "apache.conf"}
"""The template of each web server."""
_PLAIN = re.compile(r"/[^\"'\\\x00-\x1f\x7f{}$%]*")


def config(
    server: str, root: str, moved: Sequence[Redirect], presentation: Presentation
) -> str:
    """Return the settings of `server`; `root` is the folder that it serves.

    Raise SettingsError if the site has no host of its own.
    """
    settings = presentation.settings
    url = urlsplit(settings.site.url)
    if url.scheme != "https" or url.path or url.port not in (None, 443):
        msg = (
            f"site.url is {settings.site.url}: settings are made for a site with a "
            "host of its own, at https:// and the usual port; write others by hand, "
            "as docs/web-server.md describes"
        )
        raise SettingsError(msg)
    if not _PLAIN.fullmatch(root):
        msg = (
            f"{root!r} cannot be written to settings: serve a folder with a plain name"
        )
        raise OperatorError(msg)
    known = [(each.old, target) for each, target in redirects.resolved(moved)]
    return presentation.render(
        f"server/{SERVERS[server]}",
        settings.languages[0],
        url=settings.site.url,
        host=url.hostname,
        root=root,
        redirects=known,
        languages=settings.languages,
        headers=headers,
        media=media,
        compressed=_compressed(),
    )


def _compressed() -> list[str]:
    """Return the types that are text, each as it is served."""
    types = {*media.SUFFIXES.values(), *(place.type for place in media.PLACES)}
    return sorted(filter(media.is_text, types))
