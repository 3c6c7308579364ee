"""What a project keeps besides advisories: its security.txt, signed now and then."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from publisher import lint, security_txt
from publisher.errors import PublisherError, TrustError
from publisher.lint import naming
from publisher.lint.disclosure import Disclosure
from publisher.model.chain import ToSign
from publisher.pipeline import accepting
from publisher.sign import accept, trust

if TYPE_CHECKING:
    from datetime import datetime

    from publisher.model.keys import KeyState
    from publisher.pipeline.tools import Tools
    from publisher.source import Finding

PATH = PurePosixPath(security_txt.NAME)


@dataclass(frozen=True, slots=True)
class Served:
    """What the site serves as security.txt, and why it may be nothing."""

    data: bytes | None
    warnings: tuple[Finding, ...] = ()


def to_sign(tools: Tools) -> ToSign | None:
    """Return the security.txt that waits for a signature, if it is time for one.

    One that is there and does not count is replaced.
    """
    if not tools.settings.team.fingerprints:
        return None
    key = _key(tools)
    text, doubt = _read(tools)
    if not doubt and not security_txt.due(text, tools.settings, key, tools.now):
        return None
    text = security_txt.text(tools.settings, key, tools.now)
    return ToSign(PATH, text, security_txt.NAME, replaces=True)


def served(tools: Tools) -> Served:
    """Return the security.txt that the site may serve.

    Its signature counts, it says what the settings say, and it has not expired.
    """
    data = tools.repository.find(PATH)
    if data is None:
        return Served(None)
    (text, doubt), key = _read(tools), _key(tools)
    if text is not None and security_txt.holds(text, tools.settings, key, tools.now):
        return Served(data)
    found = Disclosure(
        text=text,
        doubt=doubt,
        wanted=True,
        settings=tools.settings,
        key=key,
        now=tools.now,
    )
    return Served(None, lint.project(found))


def expires(tools: Tools) -> datetime | None:
    """Return when security.txt ceases to hold; None: there is none that counts."""
    text, _ = _read(tools)
    return None if text is None else security_txt.expires(text)


def findings(tools: Tools) -> tuple[Finding, ...]:
    """Return what is amiss: warnings only, whatever the state of the keys."""
    data = tools.repository.find(PATH)
    text, doubt, key = None, "", None
    if data is not None:
        try:
            text, doubt = _read(tools)
            key = _key(tools)
        except PublisherError as error:
            text, doubt = None, str(error)
    found = Disclosure(
        text=text,
        doubt=doubt,
        wanted=_begun(tools),
        settings=tools.settings,
        key=key,
        now=tools.now,
    )
    return lint.project(found)


def naming_findings(tools: Tools) -> tuple[Finding, ...]:
    """Return what is amiss with how advisories are named: warnings only."""
    settings = tools.repository.find(naming.SETTINGS) or b""
    text = settings.decode(errors="replace")
    return lint.named(naming.Naming(tools.settings.prefix, text))


def _read(tools: Tools) -> tuple[str | None, str]:
    """Return what security.txt says if its signature counts, else why it does not."""
    data = tools.repository.find(PATH)
    if data is None:
        return None, ""
    report = tools.verifier.reports([data])[0]
    try:
        text = trust.decide(data, report, accepting.policy(tools)).text
        security_txt.expires(text)
    except (TrustError, ValueError) as error:
        return None, str(error)
    return text, ""


def _key(tools: Tools) -> KeyState | None:
    """Return the key that signs unasked."""
    names = tools.settings.team.fingerprints
    return tools.verifier.keys().get(names[0]) if names else None


def _begun(tools: Tools) -> bool:
    """Tell whether anything was ever signed here."""
    return any(
        accept.file_name(advisory, name) is not None
        for advisory, files in tools.repository.snapshot().items()
        for name in files
    )
