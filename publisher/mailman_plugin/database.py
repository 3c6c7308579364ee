"""What goes on without Mailman's database, when that fails for a while."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from mailman.config import config
from sqlalchemy.exc import SQLAlchemyError

logger = logging.getLogger("mailman.error")


@contextmanager
def safely(otherwise: str) -> Iterator[None]:
    """Log an error of the database, with what happens `otherwise`, and go on.

    A mail that is half delivered must not be put aside: it would go out twice.
    """
    try:
        yield
    except SQLAlchemyError as error:
        logger.error("publisher: %s: %s", otherwise, error)  # noqa: TRY400
        config.db.abort()
