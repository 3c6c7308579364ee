"""What is mended in sources, and what is left as it is."""

from __future__ import annotations

BODIES = {
    "blanks": ("a \nb\t\n \t\nc\u3000\n\n\u3000\n\nd\n", "a\nb\n\nc\n\n\n\nd\n"),
    "a break of two blanks": ("a  \nb   \nc  \n", "a\\\nb\\\nc\n"),
    "a break in a quotation": ("> a  \n> b\n", "> a\\\n> b\n"),
    "a break in an item": ("- a  \n  b\n", "- a\\\n  b\n"),
    "a break behind an escaped backslash": ("a\\\\  \nb\n", "a\\\\\\\nb\n"),
    "blanks of code that goes on": ("`a  \nb` c  \nd\n", "`a\nb` c\\\nd\n"),
    "blanks in code": ("```\na  \n\tb\t\n```  \n", "```\na  \n\tb\t\n```\n"),
    "code in a list": (
        "-\ta\n\n\t```sh\n\tb\tc  \n\t```\n",
        "-   a\n\n    ```sh\n\tb\tc  \n    ```\n",
    ),
    "code in a quotation": ("> ```\n> a\tb \n> ```\n", "> ```\n> a\tb \n> ```\n"),
    "tabs": ("a\tb\n\n1.\tc\n\td\n", "a   b\n\n1.  c\n    d\n"),
    "composition": ("か\u3099 e\u0301 \u212b\n", "が é Å\n"),
    "names' ideographs": ("\ufa11\n", "\ufa11\n"),
    "indented code": ("a\n\n    b\tc \n\td\n",) * 2,
    "underlined headings": ("A\n===\n\nB\n---\nc\n", "## A\n\n### B\nc\n"),
    "an underlined heading on two lines": ("A\nB\n---\n", "## A B\n"),
    "an underlined heading that ends in a mark": ("C #\n---\n", "## C \\#\n"),
    "a heading in an item": ("- A\n  ===\n", "- A\n  ===\n"),
    "high headings": ("# A\n\n## B #\n\n> # C\n", "## A\n\n### B #\n\n> ## C\n"),
    "a high heading further down": ("## A\n\n# B\n",) * 2,
    "headings that fill all levels": ("# A\n\n###### B\n", "# A\n\n###### B\n"),
    "a rule": ("a\n\n---\n\n***\n", "a\n\n---\n\n***\n"),
    "numbers": ("1. a\n1. b\n1. c\n", "1. a\n2. b\n3. c\n"),
    "numbers that begin elsewhere": ("3) a\n9) b\n", "3) a\n4) b\n"),
    "numbers that skip": ("1. a\n\n2. b\n\n4. c\n", "1. a\n\n2. b\n\n3. c\n"),
    "numbers within numbers": (
        "1. a\n   1. b\n   1. c\n1. d\n",
        "1. a\n   1. b\n   2. c\n2. d\n",
    ),
    "numbers on one line": ("1. 7. a\n   7. b\n1. c\n", "1. 7. a\n   8. b\n2. c\n"),
    "a number that becomes wider": (
        "9. a\n9. b\n\n   c\n\n   ```\n   d\n   ```\n",
        "9. a\n10. b\n\n    c\n\n    ```\n    d\n    ```\n",
    ),
    "a number that becomes wider beside blanks": (
        "9.  a\n9.  b\n\n    c\n",
        "9.  a\n10. b\n\n    c\n",
    ),
    "a number that becomes narrower": (
        "8. a\n10. b\n\n    c\n",
        "8. a\n9.  b\n\n    c\n",
    ),
    "a wider number in a quotation": (
        "> 9. a\n> 9. b\n>\n>    c\nd\n",
        "> 9. a\n> 10. b\n>\n>     c\nd\n",
    ),
    "the largest number": ("999999999. a\n1. b\n", "999999999. a\n1. b\n"),
    "entities": ("a &lt; b &amp; AT&amp;T &gt;&quot;&copy;\n", 'a < b & AT&T \\>"©\n'),
    "entities that could be marks": (
        "&lt;b&gt; &amp;lt; &#42;a&#x2a; &lbrack;a](b) &#35;\n",
        "\\<b> \\&lt; \\*a\\* \\[a](b) \\#\n",
    ),
    "an entity at the beginning": ("&#35; a\n&gt; b\n", "\\# a\n\\> b\n"),
    "entities of what nobody sees": ("a&nbsp;b &#12288; &shy;\n",) * 2,
    "entities in code": ("`&lt;` <https://a.example/?b&amp;c>\n",) * 2,
    "entities in a row": (
        "| &lt; | `&lt;` &lt; |\n|---|---|\n| &amp; | &amp; |\n",
        "| \\< | `&lt;` \\< |\n|---|---|\n| & | & |\n",
    ),
    "what is no entity": ("&foo; &amp &#xZ;\n",) * 2,
    "HTML": ("<pre>\na\tb  \n</pre>\n",) * 2,
    "bullets and emphasis": ("* a\n* __b__\n\n+ c\n",) * 2,
    "the end": ("a\n\n \n\n", "a\n"),
    "no end": ("a", "a\n"),
    "an open fence": ("```\na  \n\n\n", "```\na  \n"),
}
"""What a body is before and after."""

HEADS = {
    "a weakness": ("cwe: CWE-787", "cwe: 787", "cwe: CWE-787"),
    "zeros": ("cwe: CWE-787", "cwe: cwe-0787", "cwe: CWE-787"),
    "a list of weaknesses": (
        "cwe: CWE-787",
        "cwe: ['79', CWE-80, \"81\"]",
        "cwe: ['CWE-79', CWE-80, \"CWE-81\"]",
    ),
    "small letters": ("CVE-2026-90007", "cve-2026-90007", "CVE-2026-90007"),
    "another hyphen": ("CVE-2026-90007", "CVE\u20112026\u201390007", "CVE-2026-90007"),
    "full-width letters": (
        "CVE-2026-90007",
        "cve－２０２６－90007",
        "CVE-2026-90007",
    ),
    "a bare id": ("cve: CVE-2026-90007", "cve: 2026-90007", "cve: CVE-2026-90007"),
    "no id": ("CVE-2026-90007", "CVE-26-90007", "CVE-26-90007"),
    "no year": ("CVE-2026-90007", "CVE-1926-90007", "CVE-1926-90007"),
    "no weakness": ("cwe: CWE-787", "cwe: overflow", "cwe: overflow"),
    "a label": ("tlp: CLEAR", "tlp: TLP:clear", "tlp: CLEAR"),
    "another label": ("tlp: CLEAR", "tlp: amber+strict", "tlp: AMBER+STRICT"),
    "no label": ("tlp: CLEAR", "tlp: white", "tlp: white"),
    "blanks": ("kind: alert", "kind: alert \t", "kind: alert"),
    "a tab": ("vendor: Example,", "vendor:\tExample,", "vendor:    Example,"),
    "composition": ("Hoshizora", "Ho\u0308shizora", "Höshizora"),
    "a title like a label": ("title: Remote", "title: tlp clear", "title: tlp clear"),
}
"""What stands in the sample, what is put there, what is made of it."""
