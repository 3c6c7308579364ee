"""The list server: Mailman's REST interface, through mailmanclient."""

from publisher.adapters.mailman.lists import MailmanLists

__all__ = ["MailmanLists"]
