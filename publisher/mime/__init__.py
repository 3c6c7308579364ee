"""Mail by anybody, read in time that grows with its length and under limits.

- `limits`: how much one mail may hold, for lists and for mailboxes.
- `check`: what can be told from the bytes alone, before anything parses them.
- `parts`: the parse, and the one walk over what it gives.
- `charsets`, `addresses`: names of charsets, and addresses in headers.
- `japanese`: ISO-2022-JP as it is really sent.

Whatever reads a mail that we did not write goes through `parts.parse`. Python's own
parser asks each part that holds others of each line, follows any depth, and decodes by
any codec that a mail names; so the limits are there before it is called.
"""
