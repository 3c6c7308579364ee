"""Names that look like a host and are none: of files, and of products."""

from __future__ import annotations

import re
from urllib.parse import unquote

_FILES = frozenset(
    """
    adoc asc asp aspx bak bat bin bz2 c cab cfg cgi class cmd cnf conf config cpp cs
    csh css csv ctl cxx dat db deb diff dll dmg doc docx dtd dylib ear eml env erb
    ese exe f90 gem gif go gradle gz h hpp hta htm html ics ini ipynb iso jar java
    jpeg jpg js json jsonl jsp jsx kt less lnk lock log lua man mjs mk mp4 msg msi
    mts odt pcap pdf pem pfx php plist png po pot ppt pptx properties proto ps1 psd
    psm1 rar rb reg rpm rst rtf sass scala scss service so socket sql sqlite svg swf
    swift sys tar tgz tif tiff toml ts tsv tsx ttf txt vb vbs vhd vue war wasm whl
    wsdl wsf xhtml xls xlsm xlsx xml xsd xsl xz yaml yar yara yml zip
    """.split()  # noqa: SIM905 (a list of words is read more easily)
)
"""Endings of files below which there are no hosts, or hardly any."""
_DOUBTFUL = frozenset(
    (
        *("ai", "am", "app", "cc", "in", "la", "md", "mdx", "ml", "mov", "pl", "pm"),
        *("ps", "py", "rs", "sh", "st", "tf"),
    )
)
"""Endings of files that are domains, too."""
_STEMS = frozenset(
    (
        *("readme", "changelog", "changes", "contributing", "security", "license"),
        *("copying", "authors", "news", "history", "install", "upgrading", "todo"),
        *("code_of_conduct", "setup", "main", "lib", "mod", "index", "build"),
        *("conftest", "__init__", "__main__", "manage", "configure", "makefile"),
        *("run", "start", "entrypoint", "wscript", "cargo", "requirements"),
    )
)
"""What files with such endings are often called."""
_PRODUCT = re.compile(r"[A-Z][A-Za-z0-9]*\.(?:NET|Net|IO|AI|JS)")
_IDENTIFIER = re.compile(r"[A-Z][a-z]\w*(?:\.[A-Z][a-z]\w*){2,}")


def is_name(text: str, url: str) -> bool:
    """Tell whether `text`, the words of a link to `url`, names a file or a product.

    What could be a host as well has to be written as nobody writes one (`ASP.NET`), to
    be called as files are (`README.md`), or to be what the address ends with.
    """
    if _PRODUCT.fullmatch(text) or _IDENTIFIER.fullmatch(text):
        return True
    stem, _, ending = text.lower().rpartition(".")
    if ending in _FILES:
        return True
    if ending not in _DOUBTFUL or "/" in text:
        return False
    path = unquote(re.split("[?#]", url, maxsplit=1)[0]).lower()
    return stem in _STEMS or path.endswith(f"/{stem}.{ending}")
