"""The plugin itself: what `class` names in Mailman's configuration."""

from __future__ import annotations

import logging

from mailman.config import config
from mailman.interfaces.plugin import IPlugin
from sqlalchemy.exc import SQLAlchemyError
from zope.interface import implementer

from publisher.errors import PublisherError
from publisher.mailman_plugin import configuration, farewell, schema, wording
from publisher.mailman_plugin.bounces import processor
from publisher.mailman_plugin.resource import Root

__all__ = ["Publisher"]

logger = logging.getLogger("mailman.plugins")


@implementer(IPlugin)
class Publisher:
    """Signed announcements for Mailman."""

    name = "publisher"
    """Mailman sets it to the plugin's name in its configuration."""

    def pre_hook(self) -> None:
        """Do nothing; there is no database yet."""

    def post_hook(self) -> None:
        """Bring the tables up to date, and log what keeps posts from passing.

        A broken configuration or database does not stop Mailman, which may have other
        lists; our lists refuse every post until it is mended.
        """
        wording.install()
        farewell.install()
        processor.install()
        for look in (lambda: schema.prepare(config.db.engine), configuration.load):
            try:
                look()
            except (PublisherError, SQLAlchemyError) as error:
                logger.error("publisher: no post will pass: %s", error)  # noqa: TRY400
        for setting in configuration.foreign():
            what = "publisher: %s in mailman.cfg is not ours: see docs/mail-server.md"
            logger.error(what, setting)

    @property
    def resource(self) -> Root:
        """What REST serves under `plugins/publisher`."""
        return Root()
