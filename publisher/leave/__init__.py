"""The page on which a subscriber leaves a list with one click (RFC 8058).

A WSGI application, for any server of such. GET shows a page with a button, so programs
that follow links unsubscribe nobody; POST acts, whether a mail program sends it or a
person presses the button. What it may do is said by the token in the address, which
Mailman judges; this program has no secret but Mailman's REST password, and no memory.

    gunicorn 'publisher.leave:application("/srv/advisories")'
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from publisher.errors import SettingsError
from publisher.leave.app import Application
from publisher.leave.pages import Pages
from publisher.wiring import Project

__all__ = ["Application", "application"]


def application(folder: str | Path) -> Application:
    """Return the application of the project in `folder`, or raise SettingsError."""
    project = Project.find(Path(folder))
    mailman = project.settings.mailman
    if mailman is None or not mailman.leave_url:
        msg = (
            "publisher.toml names no page to leave on: set mailman.leave_url to where "
            "the public finds it, e.g. https://lists.cert.example/leave"
        )
        raise SettingsError(msg)
    path = urlsplit(mailman.leave_url).path or "/"
    return Application(path, Pages(project.presentation), project.leaving.leave)
