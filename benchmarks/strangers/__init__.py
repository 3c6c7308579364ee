"""Try advisories that others wrote on lint: what is refused, and are letters lost?

    python -m benchmarks.strangers DIR… --out FOLDER [--limit N] [--project DIR]

Each DIR is a checkout or a bare git directory of a public archive of advisories; its
files are known by their paths (`formats.FORMATS`). Each archive becomes a project
below FOLDER: front matter of ours, made from their facts, before a body of which no
letter is changed. Then every text is parsed, linted and laid out as it would be signed:

- how many pass lint as they are, and how many after `publisher lint --fix`;
- which codes refuse how many;
- whether the signed text shows the letters that another reader of Markdown
  (markdown-it-py with GFM's tables, strikethrough and bare addresses) shows;
- whether anything that lint accepted is refused later;
- how long lint takes for one text, in milliseconds of one processor.

What others wrote stays outside of this repository: it is for trying only.
"""
