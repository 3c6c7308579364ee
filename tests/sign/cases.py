"""What can be right or wrong with a signed text: one table for all who judge it.

Each case makes its keys and its signed file, and tells two things apart: what this
project says of it, and whether any OpenPGP program should call a signature in it good.
A good signature is far from enough: it may be over another text, or beside other text.
"""

from __future__ import annotations

from tests.sign import keycases, packetcases, textcases

CASES = (
    *keycases.GOOD,
    *keycases.BAD,
    *packetcases.PACKETS,
    *textcases.SIGNING,
    *textcases.FORM,
    *textcases.CONTENT,
)
