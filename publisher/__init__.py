"""Signed security advisories: Markdown in git to page, feed and mailing list."""

__version__ = "0.1.0"
