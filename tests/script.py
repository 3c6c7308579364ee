"""The stand-alone `verify.py` as a module, to ask its functions one by one."""

from __future__ import annotations

from functools import cache
from types import ModuleType

from publisher.model.ids import Language
from tests import builders


@cache
def module() -> ModuleType:
    """Return the script as the site of the sample settings offers it."""
    text = builders.presentation().render("site/verify.py", Language("en"))
    made = ModuleType("verify")
    exec(compile(text, "verify.py", "exec"), made.__dict__)
    return made
