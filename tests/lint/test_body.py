"""Rules of bodies: each case is a body and the findings with their places in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.lint.linting import body, check, codes, places, with_body


def full_width(text: str) -> str:
    """Return ASCII as the wide characters that look like it."""
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


GOOD = {
    "a paragraph": "Text.\n",
    "emphasis": "A *word* and **two words**.\n",
    "asterisks in text": "All of *.example.com, and 5 * 3.\n",
    "underscores in text": "Set max_open_files, _x and FOO_BAR_.\n",
    "japanese emphasis": "**至急、更新してください。**次に、再起動します。\n",
    "japanese over lines": "至急、\n更新してください。\n",
    "code with everything": "`<b> &amp; ![x](y) [a]: b`\n\n```\n<b>&nbsp;\n# h\n```\n",
    "a tab in code": "```\n\tx\n```\n",
    "lists in lists": "* a\n    1. b\n    2. c\n        * d\n* e\n",
    "paragraphs in a list": "1. a\n\n    b\n\n    * c\n\n2. d\n",
    "code in a list": "* a\n\n    ```sh\n    b\n    ```\n\n    c\n\n* d\n",
    "a list below a heading": "## A\n* a\n* b\n",
    "a list, then another kind": "* a\n\n1. b\n",
    "a year at a line's start": "It was in\n2026. Then it ended.\n",
    "a quotation": "> a\n> b\n>\n> * c\n",
    "a table": "| A | B |\n|---|--:|\n| a | `b\\|c` |\n",
    "a table below a heading": "## A\n| A | B |\n|---|---|\n| a | b |\n",
    "a rule": "a\n\n---\n\nb\n",
    "headings": "## A\n\n### B\n\n#### C\n\n## D\n",
    "a link": "See [the bulletin](https://vendor.example/sb-1).\n",
    "an address": "See <https://vendor.example/sb-1>.\n",
    "a definition": "See [this][1] and [that].\n\n[1]: https://a.example/\n"
    "[that]: https://b.example/\n",
    "a link named as its host": "[vendor.example](https://www.vendor.example/sb)\n",
    "comparisons": "If a < b & c > d; AT&T.\n",
    "a note in brackets": "[注意] 更新してください。\n",
    "lists as formatters write them": "- a\n  1. b\n  2. c\n     - d\n- e\n",
    "lists as others write them": "Do this:\n1. a\n   - b\n2. c\n\n   d\n",
    "numbers with parentheses": "1) a\n2) b\n",
    "two kinds of lists": "* a\n1. b\n",
    "two bullets": "* a\n- b\n",
    "a list below text": "a\n* b\n",
    "a table below text": "a\n|b|c|\n|-|-|\n|d|e|\n",
    "a fence anywhere": "1. a\n   ```sh\n   b\n   ```\n> ```\n> c\n> ```\n",
    "indented code": "a\n\n    b\n\tc\n\nd\n",
    "underlined headings": "A\n---\n\nB\n---\n",
    "a closed heading": "## C# ##\n",
    "a number sign": "#12 is fixed.\n",
    "hard breaks": "a\\\nb\n",
    "a mail address": "<csirt@cert.example> or csirt@cert.example\n",
    "bare addresses": "See https://a.example/__init__.py (or https://a.example/_b_).\n",
    "pointers": "(*Reader).Open and (*Writer).Close\n",
    "globs without a loss": "192.0.2.* and 198.51.100.* only.\n",
    "escaped low lines": "max\\_open\\_files and \\*.conf\n",
    "emphasis beside brackets": "**「重要」**です。（*注*）と_強調_。\n",
    "emphasis beside marks": '(*a*), "**b**"; _c_: *d.* Note:*e* non-*f*\n',
    "a wrapped number": "as in section\n2. That is all.\n",
    "an initial": "thanks to\nJ. Doe\n",
    "emphasis beside emphasis": "**Ctrl**+**C**, **A**/**B**, **9.8**/10, **50**%\n",
    "emphasised options": "**-k**, **--force**, **.NET**, **/etc/passwd**, **$HOME**\n",
    "a letter that is emphasised": "**N**ame and **設定**/**更新**\n",
    "escapes of formatters": "C\\+\\+, 3\\-4, x\\@y, \\(a\\), it\\'s.\n",
    "single tildes": "~alice and ~bob, ~5 of ~10, https://a.example/~c/ or ~/d\n",
    "a wrapped circled number": "開発者は\n①公開、②案内をした。\n",
    "names that are emphasised": "The module in _some-package_ and *more*\n",
    "emphasis at the beginning of lines": "*git* runs `a\n--b`, and\n*Note* this.\n",
    "an escaped angle": "Crash in base_type\\<T>::swap\n",
    "a sentence that counts": "(1) a, (2) b, or (3) c\n(4) d, or\n(5) e\n",
    "backslashes that stay": "Write \\r, \\n or C:\\Windows, and \\A.\n",
    "lines that are parted": "・a\\\n・b\n",
    "a long table": "|A|B|\n|-|-|\n" + "|some words|more of them|\n" * 2000,
    "an escaped mark": "\\# 5 is alive, \\[so] \\*so\\*.\n",
    "jinja": "{{ config }} and {% raw %}.\n",
    "an inline fence": "```x``` is code.\n",
    "names with variants": "葛\U000e0100城 and 神 reported it. ⚠️\n",
    "dashes": "a\n\n------\n\nb -----x\n",
    "other armor": "```text\n-----BEGIN CERTIFICATE-----\n-----\n```\n",
    "mail": "[Write to us](mailto:team@cert.example).\n",
    "files and products": (
        "[README.md](https://code.example/README.md), [Node.js](https://node.example/)\n"
    ),
    "our other host": "[cert.example](https://www.cert.example/)\n",
}

BAD = {
    "empty": ("\n", [("L401", 2, 0)]),
    "only blanks": ("\u3000\n", [("L401", 2, 0)]),
    "too long": ("a\n\n" * 70_000, [("L402", 1, 0)]),
    "too long without a blank line": ("a\n\n" + "b" * 20_001, [("L402", 3, 0)]),
    "too deep": ("> " * 13 + "a\n", [("L402", 1, 0)]),
    "unclosed fence": ("a\n\n```sh\nb\n", [("L403", 3, 0)]),
    "unclosed fence in a quotation": ("> ```\n> b\n", [("L403", 1, 0)]),
    "fence with two words": ("~~~ sh x\nb\n~~~\n", [("L419", 1, 0)]),
    "item too deep": ("* a\n        * b\n", [("L418", 2, 0)]),
    "numbers that change": ("1. a\n1. b\n1. c\n", [("L417", 2, 0)]),
    "a number left out": ("3) a\n5) b\n", [("L417", 2, 0)]),
    "japanese items": ("・a\n・b\n", [("L418", 2, 0)]),
    "circled numbers": ("次のとおり。\n① a\n② b\n", [("L418", 3, 0)]),
    "full-width numbers": ("> １．a\n> ２．b\n", [("L418", 2, 0)]),
    "a reference mark": ("a\n※b\n", [("L418", 2, 0)]),
    "numbers in parentheses": ("(1) a\n(2) b\n", [("L418", 2, 0)]),
    "dashes": ("– one\n– two\n", [("L418", 2, 0)]),
    "kana in brackets": ("（ア）あ\n（イ）い\n", [("L418", 2, 0)]),
    "numbers without a blank": ("1.あ\n2.い\n", [("L418", 2, 0)]),
    "steps": ("手順1：あ\n手順2：い\n", [("L418", 2, 0)]),
    "indented items": ("・あ\n　・い\n", [("L418", 2, 0)]),
    "letters": ("* x\n  a. b\n  b. c\n", [("L418", 3, 0)]),
    "wide blank in code": ("`a\u3000b`\n", [("L420", 1, 3)]),
    "curly quotes in code": ("```\necho “a”\n```\n", [("L420", 2, 6)]),
    "a dash in a command": ("Run `a –b`.\n", [("L420", 1, 8)]),
    "a yen sign in a path": ("`C:¥a`\n", [("L420", 1, 4)]),
    "lost cell": ("|a|b|\n|-|-|\n|c|d|lost|\n", [("L410", 3, 0)]),
    "first level": ("# A\n", [("L411", 1, 3)]),
    "first level, underlined": ("A\n===\n", [("L411", 1, 1)]),
    "first level below a rule": ("a\n\n---\n\n# A\n", [("L411", 5, 3)]),
    "skipped level": ("## A\n\n#### B\n", [("L412", 3, 6)]),
    "deep first heading": ("### A\n", [("L412", 1, 5)]),
    "references": ("## References\n", [("L413", 1, 4)]),
    "reserved in japanese": ("## 改訂履歴：\n", [("L413", 1, 4)]),
    "reserved in full width": (f"## {full_width('Contact')}\n", [("L413", 1, 4)]),
    "reserved in emphasis": ("## *謝辞*\n", [("L413", 1, 4)]),
    "heading in a list": ("* ## A\n", [("L414", 1, 6)]),
    "wordless heading": ("a\n\n##\nb\n", [("L414", 3, 1)]),
    "list from a date": ("20261120. a\n", [("L415", 1, 0)]),
    "tag": ("a <b>c</b>\n", [("L421", 1, 3), ("L421", 1, 7)]),
    "comment": ("a <!-- b -->\n", [("L421", 1, 3)]),
    "instruction": ("<?php ?>\n", [("L421", 1, 1)]),
    "named entity": ("a&nbsp;b\n", [("L422", 1, 2)]),
    "numbered entity": ("a &#x202e;\n", [("L422", 1, 3)]),
    "image": ("![a](https://b.example/c.png)\n", [("L423", 1, 3)]),
    "footnote": ("a[^1]\n\n[^1]: b\n", [("L427", 1, 1)]),
    "words struck through": ("a ~~b~~ c\n", [("L428", 1, 3)]),
    "boxes to tick": ("- [ ] a\n- [x] b\n", [("L429", 1, 0), ("L429", 2, 0)]),
    "one tilde": ("a ~not~ b\n", [("L428", 1, 0)]),
    "struck through in Japanese": ("影響は~~ない~~。\n", [("L428", 1, 4)]),
    "a box of a forge": ("> [!NOTE]\n> a\n", [("L430", 1, 0)]),
    "wildcards in quotes": ('"*" and "*"\n', [("L436", 1, 1)]),
    "wildcards in brackets": ("「*」と（*）\n", [("L436", 1, 1)]),
    "a way upwards": ("..\\..\\..\\ up\n", [("L436", 1, 1)]),
    "files of a folder": ("%TEMP%\\*.tmp\n", [("L436", 1, 1)]),
    "a shell's end": ("rm {} \\;\n", [("L436", 1, 7)]),
    "a hidden definition": ("[x]: <#>\n\na\n", [("L435", 1, 1)]),
    "a name": ("Set __init__.\n", [("L436", 1, 5)]),
    "a dunder in an object": ("obj.__class__ here\n", [("L436", 1, 1)]),
    "a name with low lines": ("See _a_b_ there.\n", [("L436", 1, 5)]),
    "a call": ("Use __import__('os').\n", [("L436", 1, 5)]),
    "globs": ("/etc/*.conf and /var/*.log\n", [("L436", 1, 1), ("L436", 1, 17)]),
    "digits": ("Wait 10*2*5 s.\n", [("L436", 1, 6)]),
    "deep globs": ("**/*.py and **/*.js\n", [("L436", 1, 1), ("L436", 1, 13)]),
    "a registry key": ("In HKCR\\CLSID\\{0A-1} it is.\n", [("L436", 1, 4)]),
    "a path": ("C:\\Users\\me\\.ssh\n", [("L436", 1, 1)]),
    "a share": ("At \\\\server\\share\n", [("L436", 1, 4)]),
    "a pattern": ("Match foo\\.bar\n", [("L436", 1, 7)]),
    "a definition that is none": ("[注意]: 更新\n", [("L437", 1, 0)]),
    "a link with a blank": ("[a](b c)\n", [("L437", 1, 0), ("L311", 1, 5)]),
    "frame": ("-----BEGIN PGP SIGNATURE-----\n", [("L424", 1, 0)]),
    "frame in code": ("```\n  -----BEGIN PGP MESSAGE-----\n```\n", [("L424", 2, 0)]),
    "frame within a line": ("a -----begin pgp signed\n", [("L424", 1, 0)]),
    "imprint": (
        "> Advisory ADV-2026-0001, revision 1, language en\n",
        [("L424", 1, 0)],
    ),
    "another frame in code": (
        "```\n- ----- begin pgp signature\n```\n",
        [("L424", 2, 0)],
    ),
    "end within a line": ("a -----END PGP MESSAGE-----\n", [("L424", 1, 0)]),
    "unfinished": ("a\n\nFIXME: b\n", [("L425", 3, 1)]),
    "unfinished code": ("```\nx FIXME\n```\n", [("L425", 2, 3)]),
    "no-break space": ("a\u00a0b\n", [("L426", 1, 2)]),
    "script": ("[a](javascript:alert(1))\n", [("L311", 1, 5)]),
    "data": ("<data://text/html,x>\n", [("L311", 1, 2)]),
    "no scheme": ("[a](//b.example/)\n", [("L311", 1, 5)]),
    "relative": ("[a](b.html)\n", [("L311", 1, 5)]),
    "anchor": ("[a](#b)\n", [("L311", 1, 5)]),
    "no host": ("[a](https:///b)\n", [("L311", 1, 5)]),
    "password": ("[a](https://u:p@b.example/)\n", [("L311", 1, 5)]),
    "blank in an address": (
        "[a](https://b.example/c d)\n",
        [("L437", 1, 0), ("L311", 1, 5)],
    ),
    "escaped address": ("[a](ftp://b.example/\\_)\n", [("L311", 1, 1)]),
    "mail with a subject": (
        "[a](mailto:a@b.example?subject=b)\n",
        [("L311", 1, 5)],
    ),
    "other mail": (
        "[c@b.example](mailto:a@b.example)\n",
        [("L431", 1, 15)],
    ),
    "other mail in words": (
        "[write to c@b.example](mailto:a@b.example)\n",
        [("L431", 1, 24)],
    ),
    "defined script": ("[a]\n\n[a]: javascript:x\n", [("L311", 3, 6)]),
    "foreign letters": ("[a](https://ex\u0430mple.example/)\n", [("L312", 1, 5)]),
    "punycode": ("[a](https://xn--exmple-4nf.example/)\n", [("L312", 1, 5)]),
    "other address": (
        "[https://a.example/x](https://b.example/x)\n",
        [("L431", 1, 23)],
    ),
    "other host": ("[bank.example](https://b.example/)\n", [("L431", 1, 16)]),
    "other host in words": (
        "[at https://a.example/](https://b.example/)\n",
        [("L431", 1, 25)],
    ),
    "other host in full width": (
        f"[{full_width('bank.example')}](https://b.example/)\n",
        [("L431", 1, 16)],
    ),
    "wordless link": ("[](https://b.example/)\n", [("L432", 1, 4)]),
    "titled link": ('[a](https://b.example/ "c")\n', [("L433", 1, 5)]),
    "half a link": ("[a](https://b.example/\n", [("L434", 1, 3)]),
    "unused definition": ("a\n\n[b]: https://b.example/\n", [("L435", 3, 1)]),
    "repeated definition": (
        "[b]\n\n[b]: https://b.example/\n[B]: https://b.example/\n",
        [("L435", 4, 1)],
    ),
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_what_authors_write_passes(text: str) -> None:
    assert _found(text) == []


@pytest.mark.parametrize(("text", "expected"), BAD.values(), ids=BAD)
def test_a_body_is_refused_with_the_place(
    text: str, expected: list[tuple[str, int, int]]
) -> None:
    assert _found(text) == expected


def _found(text: str) -> list[tuple[str, int, int]]:
    """Return all but empty sections: short cases have many (see test_sections.py)."""
    return [each for each in places(body(text)) if each[0] != "L442"]


def test_what_the_facts_name_is_no_disguise() -> None:
    named = with_body("[booking.example](https://vendor.example/)\n")
    product = replace(named.affected[0], name="booking.example")

    assert codes(check(named)) == ["L431"]
    assert codes(check(replace(named, affected=(product,)))) == []
