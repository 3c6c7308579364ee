"""What the core asks of the world, as small protocols.

Implementations are in `publisher.adapters`; the fakes of the tests implement the
same protocols and pass the same contract tests.
"""

from publisher.model.people import Person
from publisher.ports.checkout import Change, History, Repository
from publisher.ports.journal import Act, Journal, Noted, Outcome
from publisher.ports.mail import Inbox, Lists, Received
from publisher.ports.signing import SignatureReport, Signer, Verifier
from publisher.ports.site import Cache, Site, Workers
from publisher.ports.web import Crawler, Life, Links, Page, PutUp, Reply, Target, Web

__all__ = [
    "Act",
    "Cache",
    "Change",
    "Crawler",
    "History",
    "Inbox",
    "Journal",
    "Life",
    "Links",
    "Lists",
    "Noted",
    "Outcome",
    "Page",
    "Person",
    "PutUp",
    "Received",
    "Reply",
    "Repository",
    "SignatureReport",
    "Signer",
    "Site",
    "Target",
    "Verifier",
    "Web",
    "Workers",
]
