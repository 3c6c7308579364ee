"""What REST serves under `plugins/publisher`, to the REST administrator only.

- `version`: the plugin's version.
- `lists/<list-id>`: what Mailman's own resources do not tell of a list; PATCH sets its
  posting chain and the texts to its subscribers.
- `messages/<list-id>/<SHA-256 of the Message-ID>`: all about a message.
- `queues`: how much lies in each of Mailman's queues, and since when.
- `bounces/<list-id>`: how many members' mail bounces.
- `digests/<list-id>`: DELETE has mail sent to members who chose digests.
- `leave`: POST takes the member off a list whose token it holds.
- `posts/<list-id>/<advisory>/<language>/<revision>`: whether that text was posted.
- `refusals/<list-id>/<SHA-256 of the Message-ID>`: why a message was not posted; DELETE
  forgets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mailman.config import config
from mailman.handlers.decorate import decorate
from mailman.interfaces.listmanager import IListManager
from mailman.rest.helpers import (
    NotFound,
    bad_request,
    child,
    etag,
    no_content,
    not_found,
    okay,
)
from mailman.rest.validator import Validator
from zope.component import getUtility

import publisher
from publisher.errors import PublisherError
from publisher.lists import names
from publisher.mailman_plugin import configuration, leaving, notices, standing
from publisher.mailman_plugin.bounces import canaries
from publisher.mailman_plugin.ledger import Ledger
from publisher.mailman_plugin.members import Bounces, Digests
from publisher.mailman_plugin.messages import Message
from publisher.mailman_plugin.queues import Queues
from publisher.mailman_plugin.unsubscribe import Leave
from publisher.model import ids

if TYPE_CHECKING:
    from falcon import Request, Response
    from mailman.interfaces.mailinglist import IMailingList

_NOTICES = "notices"
_DECORATIONS = ("list:member:regular:header", "list:member:regular:footer")

# Mailman's router finds its way by methods that are marked as `child`, which return a
# resource and what is left of the path.
Found = tuple[Any, Sequence[str]]


class Root:
    """The plugin's resources."""

    @child()  # type: ignore[untyped-decorator]  # Mailman has no types.
    def version(self, context: object, segments: Sequence[str]) -> Found:
        """Find `version`."""
        del context
        return Version(), segments

    @child()  # type: ignore[untyped-decorator]
    def lists(self, context: object, segments: Sequence[str]) -> Found:
        """Find `lists/<list-id>`."""
        del context
        return (NotFound() if len(segments) != 1 else List(*segments)), []

    @child()  # type: ignore[untyped-decorator]
    def messages(self, context: object, segments: Sequence[str]) -> Found:
        """Find `messages/<list-id>/<digest>`."""
        del context
        return (NotFound() if len(segments) != 2 else Message(*segments)), []

    @child()  # type: ignore[untyped-decorator]
    def queues(self, context: object, segments: Sequence[str]) -> Found:
        """Find `queues`."""
        del context
        return Queues(), segments

    @child()  # type: ignore[untyped-decorator]
    def bounces(self, context: object, segments: Sequence[str]) -> Found:
        """Find `bounces/<list-id>`."""
        del context
        return (NotFound() if len(segments) != 1 else Bounces(*segments)), []

    @child()  # type: ignore[untyped-decorator]
    def digests(self, context: object, segments: Sequence[str]) -> Found:
        """Find `digests/<list-id>`."""
        del context
        return (NotFound() if len(segments) != 1 else Digests(*segments)), []

    @child()  # type: ignore[untyped-decorator]
    def leave(self, context: object, segments: Sequence[str]) -> Found:
        """Find `leave`."""
        del context
        return Leave(), segments

    @child()  # type: ignore[untyped-decorator]
    def posts(self, context: object, segments: Sequence[str]) -> Found:
        """Find `posts/<list-id>/<advisory>/<language>/<revision>`."""
        del context
        return (NotFound() if len(segments) != 4 else Posted(*segments)), []

    @child()  # type: ignore[untyped-decorator]
    def refusals(self, context: object, segments: Sequence[str]) -> Found:
        """Find `refusals/<list-id>/<digest>`."""
        del context
        return (NotFound() if len(segments) != 2 else Refusal(*segments)), []


class Version:
    """Which plugin this is."""

    def on_get(self, request: Request, response: Response) -> None:
        """Tell the version."""
        del request
        okay(response, etag({"version": publisher.__version__}))


class List:
    """What the plugin knows of a list."""

    def __init__(self, list_id: str) -> None:
        self._mlist = getUtility(IListManager).get_by_list_id(list_id)

    def on_get(self, request: Request, response: Response) -> None:
        """Tell the posting chain, the keys, and what is put around each post."""
        del request
        if self._mlist is None:
            not_found(response)
            return
        told = {
            names.POSTING_CHAIN: self._mlist.posting_chain,
            names.COMPONENTS: configuration.foreign(),
            names.DECORATION: _decoration(self._mlist),
            names.FINGERPRINTS: _fingerprints(),
            names.LEAVE_URL: leaving.page(config.db.store, self._mlist.list_id),
            names.CANARY: canaries.canary(config.db.store, self._mlist.list_id),
            _NOTICES: notices.texts(self._mlist),
        }
        okay(response, etag(told))

    def on_patch(self, request: Request, response: Response) -> None:
        """Set the posting chain, where subscribers leave, the canary, the texts."""
        if self._mlist is None:
            not_found(response)
            return
        known = {
            names.POSTING_CHAIN: _chain,
            names.LEAVE_URL: leaving.checked,
            names.CANARY: canaries.checked,
            _NOTICES: notices.checked,
        }
        try:
            values = Validator(_optional=tuple(known), **known)(request)
        except ValueError as error:
            bad_request(response, str(error))
            return
        if names.POSTING_CHAIN in values:
            self._mlist.posting_chain = values[names.POSTING_CHAIN]
        if names.LEAVE_URL in values:
            url = values[names.LEAVE_URL]
            leaving.set_page(config.db.store, self._mlist.list_id, url)
        if names.CANARY in values:
            email = values[names.CANARY]
            canaries.set_canary(config.db.store, self._mlist.list_id, email)
        notices.write(self._mlist, values.get(_NOTICES, {}))
        no_content(response)


class Posted:
    """Whether one text was posted to one list."""

    def __init__(
        self, list_id: str, advisory: str, language: str, revision: str
    ) -> None:
        self._list_id = list_id
        self._advisory = advisory
        self._language = language
        self._revision = revision

    def on_get(self, request: Request, response: Response) -> None:
        """Tell the state: accepted, claimed or unknown; and which text it is."""
        del request
        # Mailman answers a ValueError with 400.
        advisory = ids.AdvisoryId.parse(self._advisory)
        language = ids.language(self._language)
        revision = int(self._revision)
        told = {"state": "unknown"}
        store = config.db.store
        for post in Ledger(store, self._list_id).posts(advisory, language):
            stands = standing.state(store, self._list_id, post)
            if post.key.revision == revision and stands is not None:
                told = {
                    "state": stands.value,
                    "message_id": post.message_id,
                    "at": post.at,
                    "sha256": post.sha256,
                }
        okay(response, etag({"list_id": self._list_id, **told}))


class Refusal:
    """Why one message was not posted to one list."""

    def __init__(self, list_id: str, digest: str) -> None:
        self._list_id = list_id
        self._digest = digest

    def on_get(self, request: Request, response: Response) -> None:
        """Tell the reason, if a refusal is recorded."""
        del request
        found = Ledger(config.db.store, self._list_id).refusal(self._digest)
        if found is None:
            not_found(response)
            return
        reason, at = found
        okay(response, etag({"list_id": self._list_id, "reason": reason, "at": at}))

    def on_delete(self, request: Request, response: Response) -> None:
        """Forget the refusal."""
        del request
        Ledger(config.db.store, self._list_id).forget_refusal(self._digest)
        no_content(response)


def _chain(name: str) -> str:
    if name not in config.chains:
        msg = f"there is no chain {name!r}"
        raise ValueError(msg)
    return name


def _decoration(mlist: IMailingList) -> str:
    """Return what Mailman would put around a post, or why it could not deliver one."""
    try:
        return "".join(decorate(name, mlist) for name in _DECORATIONS)
    except OSError as error:
        return f"a template cannot be read: {error}"


def _fingerprints() -> Sequence[str]:
    """Return whose signatures count; none do if the configuration is broken."""
    try:
        return sorted(configuration.load().fingerprints)
    except PublisherError:
        return []
