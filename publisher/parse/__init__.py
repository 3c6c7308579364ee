"""From the bytes of one advisory's folder to an Advisory, with all that is wrong."""

from publisher.parse.folder import advisory

__all__ = ["advisory"]
