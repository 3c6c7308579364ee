"""The text edition: the plain text of one language of an advisory, to be signed."""

from publisher.edition.document import edition
from publisher.imprint import Imprint, imprint

__all__ = ["Imprint", "edition", "imprint"]
