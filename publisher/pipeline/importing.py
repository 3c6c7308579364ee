"""Make declarations of lists that the server has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from publisher.errors import OperatorError
from publisher.model import drill, ids
from publisher.model.advisory import Kind
from publisher.model.settings import MailingList

if TYPE_CHECKING:
    from publisher.model.ids import Language
    from publisher.model.settings import Settings
    from publisher.ports import Lists


def undeclared(settings: Settings, lists: Lists) -> tuple[str, ...]:
    """Return the addresses of the server's lists that are not declared."""
    declared = {each.address for each in settings.every_list}
    return tuple(
        each
        for each in lists.addresses()
        if each not in declared and not drill.is_twin(each.partition("@")[0])
    )


def declarations(
    settings: Settings,
    lists: Lists,
    addresses: Sequence[str],
    *,
    kinds: Sequence[Kind] = (),
    language: Language | None = None,
) -> tuple[MailingList, ...]:
    """Return how lists would be declared as they are, each once.

    `kinds` and `language` go before what the server says, which knows no kinds. One
    that is declared, that the server does not have, or whose language the site does
    not have is an OperatorError.
    """
    declared = {each.address for each in settings.every_list}
    chosen = dict.fromkeys(address.lower() for address in addresses)
    if twice := sorted(declared & set(chosen)):
        msg = f"publisher.toml declares {', '.join(twice)} already: nothing was changed"
        raise OperatorError(msg)
    found = [_declaration(lists, address, kinds, language) for address in chosen]
    for each in found:
        if each.language not in settings.languages:
            msg = (
                f"{each.address} is in {each.language!r} on the server, which is not in"
                " site.languages: say with --language in which one it announces"
            )
            raise OperatorError(msg)
    return tuple(found)


def _declaration(
    lists: Lists, address: str, kinds: Sequence[Kind], language: Language | None
) -> MailingList:
    wanted = tuple(kind for kind in Kind if kind in kinds or not kinds)
    # The server is asked by the address; the rest is what is to be found out.
    asked = MailingList(address, language or ids.language("en"), wanted, "", "")
    live = lists.live(asked)
    if live is None:
        msg = (
            f"the list server has no list {address!r}: `publisher lists import --all` "
            "takes all that it has"
        )
        raise OperatorError(msg)
    title = str(live.get("display_name") or "") or asked.name
    return MailingList(
        address=address,
        language=language or _language(address, live.get("preferred_language")),
        kinds=wanted,
        title=title,
        description=str(live.get("description") or "") or title,
    )


def _language(address: str, code: object) -> Language:
    try:
        return ids.language(str(code).replace("_", "-"))
    except ValueError as error:
        msg = f"{address} is in {code!r} on the server: say with --language which it is"
        raise OperatorError(msg) from error
