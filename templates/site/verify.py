#!/usr/bin/env python3
"""Check texts that were signed by the team behind the site named below.

    python3 verify.py FILE...           signed texts (.asc) and saved mails (.eml)
    python3 verify.py --site            everything that the site says it published
    python3 verify.py --key KEY FILE... the same without asking the site for anything

It needs Python 3.8 or newer and GnuPG, and was written to be read: a forged site would
offer a forged copy of it. Compare the fingerprints below with ones that you have from
elsewhere, say from an earlier mail, and keep this file: it works for later texts, too.

A text counts if
 1. the file is one cleartext-signed block (RFC 9580, section 7) and nothing else, and
    a reader can see nothing in it that the signature does not cover;
 2. GnuPG calls every signature in it good, and each is by one of the pinned keys;
 3. digest and key are strong (SHA-2 or SHA-3; RSA from 3072 bits), and the key had not
    expired when it signed. What a retired key signed before it was retired counts; what
    a compromised key signed does not, unless another key signed the text, too;
 4. it ends with its imprint: which advisory, revision and language it is, and in which
    state the publication record was before it;
 5. it is in the publication record of the site (not asked with --key alone).

Exit code: 0 all of it counts, 2 something is in doubt, 3 GnuPG or the network failed.
"""

import argparse
import base64
import collections
import hashlib
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from email.parser import BytesHeaderParser
from pathlib import Path
from types import SimpleNamespace

SITE = {{ settings.site.url | tojson }}
PINNED = {{ settings.team.pinned | list | tojson }}

NOW = datetime.now(timezone.utc)
FAST = 60  # seconds by which the clock of whoever signed may be ahead of this one
LIMIT = 64 * 2**20  # bytes of one file or answer


class Doubt(Exception):
    """Why something does not count."""


class SetAside(Doubt):
    """It does not count now: its key was revoked since, its time is over, or has not come.
    Another signature may stand."""


class Trouble(Exception):
    """GnuPG or the network failed: nothing is known."""


class Missing(Trouble):
    """The site says that there is nothing at an address."""


# 1. and 4. The form of a signed text, and its imprint.

FORM = re.compile(
    r"-----BEGIN PGP SIGNED MESSAGE-----\n(?:Hash: SHA(?:256|384|512)\n)*\n"
    r"(.*)\n-----BEGIN PGP SIGNATURE-----\n\n"
    r"((?:[A-Za-z0-9+/]{1,76}\n)*[A-Za-z0-9+/]{1,76}={0,2}\n)"
    r"(?:=[A-Za-z0-9+/]{4}\n)?"
    r"-----END PGP SIGNATURE-----\n",
    re.S,
)
ARMOR = re.compile(r"[A-Za-z0-9+/]+={0,2}(?:=[A-Za-z0-9+/]{4})?")
IMPRINT = re.compile(
    r"Advisory ([A-Z][A-Z0-9]{0,11}-[12][0-9]{3}-(?:[0-9]{4}|[1-9][0-9]{4,6})), "
    r"revision ([1-9][0-9]{0,3}), language ([a-z]{2,3}(?:-[A-Z]{2})?)\n"
    r"SHA-256 of the sources of this text, as `sha256sum --check` reads them:\n"
    r"[0-9a-f]{64}  \3\.md\n"
    r"(?:[0-9a-f]{64}  (?!\3\.md)[a-z]{2,3}(?:-[A-Z]{2})?\.md\n)?"
    r"SHA-256 of the publication record before this text:\n"
    r"([0-9a-f]{64})\n"
)
AGAIN = "take the file as it was published"
BLANKS = " \t\u3000\u00a0\u1680\u202f\u205f" + "".join(map(chr, range(0x2000, 0x200B)))
# What no line may hold, whatever the version of Unicode: controls; what changes the
# direction of text; what nobody sees; surrogates, private use and noncharacters; blanks
# that look like a space; and selectors that choose the look of nothing.
HIDDEN = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891"
    "\u08e2\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u2800\u3164\ud800-\uf8ff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\uffff"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
    "\U000f0000-\U0010ffff"
    + "".join(chr(p + 0xFFFE) + chr(p + 0xFFFF) for p in range(0x10000, 0xF0000, 0x10000))
    + "]|(?<![#*0-9\xa9\xae\u2010-\u2bff\u3030\u303d\u3200-\u33ff\U0001f000-\U0001fbff])"
    "[\ufe0e\ufe0f]|(?<![\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
    "[\ufe00-\ufe0d\U000e0100-\U000e01ef]"
)


def payload(data):
    """Return the text of a signed file that is one block and nothing else."""
    try:
        file = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Doubt("it is not UTF-8") from None
    block = FORM.fullmatch(file)
    if block is None:
        raise Doubt(damage(file))
    if re.search(r"^(?:-(?! -| From )|From )", block[1], re.M):
        raise Doubt("a line is not dash-escaped, or a second block begins in it")
    text = re.sub(r"^- ", "", block[1], flags=re.M) + "\n"
    if text.endswith("\n\n") or text == "\n":
        raise Doubt("its text does not end with exactly one line end")
    for line in text[:-1].split("\n"):
        check_line(line)
    try:
        data = base64.b64decode(block[2])
        if base64.b64encode(data).decode() != block[2].replace("\n", ""):
            raise ValueError("bits before the padding that nobody reads")
        check_packets(Octets(data))
    except LookupError as error:
        raise Doubt(f"its signature is of a version or algorithm not known: {error}") from None
    except ValueError as error:
        raise Doubt(f"its signature cannot be read: {error}") from None
    return text


def check_line(line):
    """Raise Doubt if a line holds what a reader cannot see, or nobody signed."""
    hidden = HIDDEN.search(line)
    if hidden:
        raise Doubt(f"its text holds what cannot be seen, U+{ord(hidden[0]):04X}")
    # Signatures do not cover blanks at line ends (RFC 9580, section 7.2), and GnuPG does
    # not read what is behind 20,000 bytes of a line.
    if line != line.rstrip(BLANKS) or len(line.encode()) > 10000:
        raise Doubt("a line of its text ends with a blank or is too long")


def damage(file):
    """Say why a file has not the form of a signed text, or only had it once."""
    lines = file.split("\n")
    bare = [line.rstrip(BLANKS + "\r") for line in lines]
    first, second, last = (f"-----{mark}-----" for mark in (
        "BEGIN PGP SIGNED MESSAGE", "BEGIN PGP SIGNATURE", "END PGP SIGNATURE"))  # fmt: skip
    if lines[0] == first + "\r":
        return f"the line ends of this copy were changed to CRLF: {AGAIN}"
    tail = bare.index(second) if second in bare else len(lines)
    end = bare.index(last, tail) + 1 if last in bare[tail:] else len(lines)
    if lines[0].startswith(first) and any(bare[end:]):
        return "it goes on behind its signature: that part is unsigned"
    if bare[0] == first and "" in bare[:tail]:
        head = bare.index("") + 1
        for number in (*range(head), *range(tail, len(lines))):
            if lines[number] != bare[number]:
                return f"line {number + 1}, of the armor, ends with a blank: {AGAIN}"
    whole, armor = " ".join(file.split()), "".join(lines[tail + 1 : -2])
    is_joined = any(len(line) > 76 for line in lines[tail:]) and ARMOR.fullmatch(armor)
    if (all(whole.count(mark) == 1 for mark in (first, second, last))
            and whole.startswith(first) and whole.endswith(last)
            and (is_joined or not {first, second, last} <= set(bare))):  # fmt: skip
        return f"the lines of this copy were wrapped anew: {AGAIN}"
    if lines[0] == first and tail < end < len(lines):
        head = bare.index("")
        if not all(re.fullmatch("Hash: SHA(256|384|512)", line) for line in lines[1:head]):
            return "it has a header that is not its digest's name (SHA-2)"
        if bare.count(first) == bare.count(second) == 1 and end == len(lines) - 1:
            return "its signature is no plain ASCII armor (RFC 9580, section 6.2)"
    if lines[0] == first and lines[-1] == last:
        return f"its last line does not end with a line end: {AGAIN}"
    return ("it is not one signed block and nothing else: what stands before or after a "
            "block is not signed")  # fmt: skip


class Octets:
    """Bytes that are taken one part after the other."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        self.at += size
        if self.at > len(self.data):
            raise ValueError("cut off")
        return self.data[self.at - size : self.at]

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def length(self, partial):
        """Take a length (RFC 9580, section 4.2.1); first octets from partial on are none."""
        first = self.number(1)
        if partial <= first < 255:
            raise ValueError("a part of unknown length")
        if first < 192:
            return first
        return self.number(4) if first == 255 else (first - 192 << 8) + self.number(1) + 192

    def end(self):
        if self.at < len(self.data):
            raise ValueError("more than there should be")


def check_packets(octets):
    """Raise an error unless all of it is signatures (RFC 9580, section 4.2)."""
    for _ in range(64):
        head = octets.number(1)
        if head < 0x80 or (head & 0x3F if head & 0x40 else head >> 2 & 0xF) != 2:
            raise Doubt("its signature holds something else than signatures")
        if head & 0x43 == 3:
            raise ValueError("a part of unknown length")
        size = octets.length(224) if head & 0x40 else octets.number(1 << (head & 3))
        check_signature(Octets(octets.take(size)))
        if octets.at == len(octets.data):
            return
    raise Doubt("it has more than 64 signatures")


def check_signature(octets):
    """Raise an error unless it is one signature and no more (RFC 9580, section 5.2.3)."""
    version, _, algorithm, _ = octets.take(4)
    for _ in range(2):
        area = Octets(octets.take(octets.number({4: 2, 6: 4}[version])))
        while area.at < len(area.data):
            if not area.take(area.length(255)):
                raise ValueError("an empty subpacket")
    octets.take(2)
    if version == 6:
        octets.take(octets.number(1))
    if algorithm in (27, 28):
        octets.take({27: 64, 28: 114}[algorithm])
    else:
        for _ in range({1: 1, 3: 1, 17: 2, 19: 2, 22: 2}[algorithm]):
            octets.take((octets.number(2) + 7) // 8)
    octets.end()


def imprint(text):
    """Return id, revision, language and state of the record, as a text names them."""
    match = IMPRINT.fullmatch(text, text.rfind("\nAdvisory ") + 1)
    starts = re.findall(r"^Advisory \S+, revision [1-9][0-9]{0,3}, language \S+$", text, re.M)
    if match is None or len(starts) != 1:
        raise Doubt("it is no text of an advisory: it does not end with one imprint")
    return match[1], int(match[2]), match[3], match[4]


def is_rewrapped(text):
    """Tell whether a text ends with an imprint that is one but for its line ends."""
    pattern = IMPRINT.pattern.replace(r"\n", " ").replace("  ", " ") + "$"
    words = " ".join(text.split()[-60:]) + " "
    return IMPRINT.fullmatch(text, text.rfind("\nAdvisory ") + 1) is None and bool(
        re.search(pattern, words))  # fmt: skip


# 2. and 3. What GnuPG says, and what is made of it.

STRONG = ("8", "9", "10", "12", "14")  # SHA-256, -384, -512, SHA3-256, -512
CURVES = ("ed25519", "ed448", "nistp256", "nistp384", "nistp521",
          "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1")  # fmt: skip
BAD = {
    "BADSIG": "the text was changed after it was signed",
    "ERRSIG": "its signature cannot be checked: its key is not one of the team's",
    "NODATA": "there is no signature",
    "FAILURE": "GnuPG could not finish the check",
}


class Ring:
    """A throw-away home of GnuPG that holds the team's keys and no others."""

    def __init__(self, home):
        self.program, self.home, self.keys = shutil.which("gpg"), home, {}
        if self.program is None:
            raise Trouble("gpg is not installed: install GnuPG 2.2 or newer")

    def gpg(self, *arguments, data=b""):
        """Return what GnuPG writes, split into lines."""
        done = subprocess.run(
            [self.program, "--homedir", self.home, "--no-options", "--no-tty",
             "--no-autostart", "--no-auto-key-retrieve", "--trust-model", "always",
             *arguments],
            input=data, cwd=self.home, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        return done.stdout.decode("utf-8", "replace").split("\n")

    def take(self, keys):
        """Import public keys and read what GnuPG knows of them (its doc/DETAILS)."""
        for key in keys:
            # With the clock behind, GnuPG would find no key in it.
            self.gpg("--batch", "--ignore-time-conflict", "--import", data=key)
        parts, name = [], ""
        for line in self.gpg("--batch", "--with-colons", "--fixed-list-mode", "--check-sigs"):
            fields = line.split(":") + [""] * 20
            kind = fields[0]
            if kind in ("pub", "sub"):
                if kind == "pub":
                    parts, name = [], fields[4]
                parts.append(SimpleNamespace(
                    fingerprint="", bits=int(fields[2]), algorithm=fields[3],
                    curve=fields[16], created=int(fields[5]), signs="s" in fields[11],
                    expires=int(fields[6] or 0), revocations=[], bound=(-1, ""),
                    # A primary key that is revoked takes its subkeys with it.
                    called_revoked=fields[1] == "r" and not any(p.called_revoked for p in parts),
                ))  # fmt: skip
            elif kind == "fpr" and not parts[-1].fingerprint:
                parts[-1].fingerprint = fields[9]
                self.keys[parts[0].fingerprint] = parts
            elif kind in ("sig", "rev") and fields[1] == "!" and fields[4] == name:
                self.note(parts[-1], int(fields[5]), fields[10], fields[15])
        if not any(name in self.keys for name in PINNED):
            raise Trouble(f"none of the pinned keys is there: {', '.join(PINNED)}")

    @staticmethod
    def note(part, time, kind, digest_used):
        """Take what a key says of a part of it: that it is bound, that it was revoked."""
        revoked = re.fullmatch(r"(?:20|28)[xl](?:,([0-9a-f]{2}))?", kind)
        if revoked:
            # 01 superseded, 03 retired (RFC 9580, section 5.2.3.31); all else: hard.
            part.revocations.append((revoked[1] not in ("01", "03"), time))
        elif re.fullmatch(r"(?:1[0-3]|18|1[fF])x", kind) and time > part.bound[0]:
            part.bound = (time, digest_used)

    def statuses(self, texts):
        """Return GnuPG's status lines for each text."""
        names = [f"{number}.asc" for number in range(len(texts))]
        for name, data in zip(names, texts):
            Path(self.home, name).write_bytes(data)
        said, current = {name: [] for name in names}, []
        for at in range(0, len(names), 250):
            # Without --batch, which would stop at the first bad signature.
            lines = self.gpg("--status-fd", "1", "--verify-files", *names[at : at + 250])
            for words in (line.split()[1:] for line in lines if line.startswith("[GNUPG:] ")):
                if words[:1] == ["FILE_START"]:
                    current = said.get(words[-1], [])
                elif words:
                    current.append(words)
        return [said[name] for name in names]

    def signers(self, text, statuses):
        """Return who signed and when, by the signatures that count."""
        for keyword, reason in BAD.items():
            told = [words for words in statuses if words[0] == keyword]
            parts = [part for key in self.keys.values() for part in key]
            if keyword == "ERRSIG" and told and any(
                part.created > NOW.timestamp() and part.fingerprint.endswith(told[-1][1])
                for part in parts
            ):
                raise Doubt("the clock here is behind the making of its key: set the clock")
            if keyword == "ERRSIG" and told and told[-1][6:7] != ["9"]:
                raise Doubt("GnuPG cannot check its signature: its header `Hash:` was changed, "
                            "or it is of a kind that this GnuPG does not check")  # fmt: skip
            if told:
                raise Doubt(f"the lines of this copy were wrapped anew: {AGAIN}"
                            if keyword == "BADSIG" and is_rewrapped(text) else reason)  # fmt: skip
        valid = [words for words in statuses if words[0] == "VALIDSIG" and len(words) > 10]
        good = ("GOODSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG")
        if not valid or len(valid) != sum(words[0] in good for words in statuses):
            raise Doubt("GnuPG did not call the signature valid")
        standing, aside = [], None
        for words in valid:
            try:
                standing.append(self.signer(*(words[at] for at in (1, 3, 4, 8, 9, 10))))
            except SetAside as error:
                aside = error
        if not standing:
            raise aside
        return standing

    def signer(self, signing, made, until, digest_used, kind, primary):
        """Return who made one valid signature, and when, if it counts."""
        time, parts = int(made), self.keys.get(primary, [])
        used = [part for part in parts if part.fingerprint == signing]
        if primary not in PINNED or not used:
            raise Doubt(f"it is signed by {primary}, which is no key of the team's")
        if digest_used not in STRONG or kind != "01" or not used[0].signs:
            raise Doubt("its signature uses a weak digest, or is not one for texts")
        for part in used if used[0] is parts[0] else [parts[0], *used]:
            self.check(part, time)
        if time > NOW.timestamp() + FAST:
            raise SetAside("its signature is from the future: a clock is wrong")
        if 0 < int(until) <= NOW.timestamp():
            raise SetAside("its signature has expired")
        return f"signed {datetime.fromtimestamp(time, timezone.utc)} by {primary}"

    @staticmethod
    def check(part, time):
        """Raise Doubt unless a key counts for what it signed at `time`."""
        is_rsa = part.algorithm in ("1", "3")
        if part.bits < 3072 if is_rsa else part.curve not in CURVES:
            raise Doubt(f"the key {part.fingerprint} is too weak")
        if part.bound[1] not in STRONG:
            raise Doubt(f"the key {part.fingerprint} is bound with a weak digest")
        if time < part.created or 0 < part.expires <= time:
            raise Doubt(f"the key {part.fingerprint} had expired, or was not made yet")
        unexplained = part.called_revoked and not part.revocations
        if unexplained or any(hard for hard, _ in part.revocations):
            raise SetAside(f"the key {part.fingerprint} was revoked as compromised")
        if any(since <= time for _, since in part.revocations):
            raise SetAside(f"the key {part.fingerprint} was revoked before it signed")


def decided(ring, texts):
    """Return for each text what it says and who signed it, or the Doubt about it."""
    found = []
    for data in texts:
        try:
            found.append(payload(data))
        except Doubt as error:
            found.append(error)
    # GnuPG is given only what has the form of a signed text.
    formed = [at for at, text in enumerate(found) if isinstance(text, str)]
    for at, statuses in zip(formed, ring.statuses([texts[at] for at in formed])):
        try:
            found[at] = (found[at], ", ".join(ring.signers(found[at], statuses)))
        except Doubt as error:
            found[at] = error
    return found


# Mails: the signed text has to be all that a reader sees.

FIELD = re.compile(rb"[!-9;-~]+:|[ \t]")
MAIL = re.compile(rb"^(?:content-type|date|delivered-to|from|message-id|mime-version"
                  rb"|received|return-path|subject|to|x-[!-9;-~]+):", re.I | re.M)  # fmt: skip


def unpacked(data):
    """Return the signed text that a file or a mail holds."""
    if len(data) > LIMIT:
        raise Doubt(f"it is larger than {LIMIT} bytes")
    if data.startswith(b"From "):
        data = data.partition(b"\n")[2]
    mail = data.replace(b"\r\n", b"\n")
    head = mail.partition(b"\n\n")[0]
    if not (MAIL.search(head) and all(map(FIELD.match, head.split(b"\n")))):
        return data
    try:
        # What has parts is refused: they are not taken apart, however many there are.
        mail = BytesHeaderParser().parsebytes(mail)
        body = mail.get_payload(decode=True)
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise Doubt(f"the mail cannot be read: {error}") from None
    if mail.get_content_type() != "text/plain":
        raise Doubt("the mail has several parts or is not plain text: what a reader sees "
                    "is not only what is signed")  # fmt: skip
    return body.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n"


# 5. The site and its publication record.

HEX = re.compile(r"[0-9a-f]{64}")
ID = re.compile(r"[A-Z][A-Z0-9]*-([12][0-9]{3})-[0-9]{4,7}")
FIELDS = ["after", "date", "first", "id", "language", "revision", "sha256", "signature"]


def fetch(site, path):
    """Return what the site serves at a path."""
    url = f"{site}/{path}"
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            here, there = (urllib.parse.urlsplit(u).hostname for u in (url, answer.url))
            data = answer.read(LIMIT + 1)
    except urllib.error.HTTPError as error:
        kind = Missing if error.code in (404, 410) else Trouble
        raise kind(f"{url}: answers {error.code}") from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        cause = getattr(error, "reason", error)
        told = (getattr(cause, name, None) for name in ("verify_message", "strerror"))
        why = next(filter(None, told), cause)
        raise Trouble(f"{url}: cannot be fetched: {why}") from None
    if here != there or len(data) > LIMIT:
        raise Trouble(f"{url}: leads to another host, or to too much")
    return data


def digest(data):
    return hashlib.sha256(data).hexdigest()


def state(digests):
    """Return the SHA-256 of a state of the record: of its newest entries, sorted."""
    return digest("".join(f"{each}\n" for each in sorted(digests)).encode())


def key_of(entry):
    return entry["id"], entry["revision"], entry["language"]


def path_of(entry):
    """Return where the site serves the signed text of an entry."""
    name, revision, language = key_of(entry)
    again = f".{entry['signature']}" if entry["signature"] > 1 else ""
    return f"advisories/{name.split('-')[1]}/{name}/r{revision}.{language}.txt{again}.asc"


class Record:
    """What the site says that it published: each entry by the SHA-256 of its line."""

    def __init__(self, site):
        self.entries, self.doubts = {}, []
        try:
            index = json.loads(fetch(site, "record/index.json"))
            for file in index["files"]:
                data = fetch(site, file["path"])
                if digest(data) != file["sha256"]:
                    self.doubts.append(f"{file['path']} is not the file of the index")
                for line in data.decode("ascii").splitlines():
                    self.read(line, file["path"])
            self.check(index["state"])
        except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
            raise Doubt(f"the publication record cannot be read: {error!r}") from None

    def read(self, line, path):
        """Take one line, which has to be an entry in its one spelling."""
        entry = json.loads(line)
        if entry.get("version", 1) != 1:
            raise Trouble("its publication record is newer than this script: get a newer one, "
                          "and not from this site alone, which may be forged")  # fmt: skip
        compact = json.dumps(entry, separators=(",", ":"), sort_keys=True)
        digests = [entry["sha256"], *entry["after"]]
        is_right = sorted(entry) == FIELDS and compact == line
        year = ID.fullmatch(entry["id"])[1]
        if not is_right or path != f"record/{year}.jsonl" or not all(map(HEX.fullmatch, digests)):
            raise ValueError(line)
        self.entries[digest(line.encode())] = entry

    def check(self, said):
        """Find out whether the entries hang together."""
        entries = self.entries.values()
        named = {before for entry in entries for before in entry["after"]}
        for before in sorted(named - set(self.entries)):
            self.doubts.append(f"an entry was changed or taken away: {before}")
        self.state = state(set(self.entries) - named)
        if self.state != said:
            self.doubts.append("the state of the record is not the one of its index")
        if len(set(map(path_of, entries))) < len(entries):
            self.doubts.append("a text is recorded twice")
        self.states = {self.state, state([]), *(state(e["after"]) for e in entries)}
        self.newest, self.by_digest = collections.Counter(), collections.defaultdict(list)
        for entry in entries:
            name, revision, language = key_of(entry)
            self.newest[name, language] = max(self.newest[name, language], revision)
            self.by_digest[entry["sha256"]].append(entry)
            if entry["date"] > NOW.strftime("%Y-%m-%dT%H:%M:%SZ"):
                self.doubts.append(f"{name} is not public before {entry['date']}")

    def stands(self, inside, data):
        """Say how a text stands in the record, or raise Doubt."""
        *key, before = inside
        if before not in self.states:
            raise Doubt("the site's record was never in the state that the text names: "
                        "the site was rolled back, or its record forged")  # fmt: skip
        entries = self.by_digest.get(digest(data))
        if not entries:
            raise Doubt("it is signed, and is not in the site's publication record")
        for entry in entries:
            if key_of(entry) != tuple(key):
                raise Doubt("it is recorded as another text")
            if entry["signature"] == 1 and state(entry["after"]) != before:
                raise Doubt("it names another state of the record than its entry")
        newest = self.newest[key[0], key[2]]
        return "the newest revision" if key[1] == newest else f"revision {newest} is newer"


# What is asked and told.

TOLD = collections.Counter()


def tell(verdict, name, words):
    TOLD[verdict] += 1
    line = f"{verdict}: {name}: {words}"
    # Names and messages may hold anything; the terminal shall not obey it.
    print("".join(c if c.isprintable() else ascii(c)[1:-1] for c in line))


def check_file(ring, name, record):
    """Check a signed text or a mail."""
    try:
        with Path(name).open("rb") as stream:
            data = unpacked(stream.read(LIMIT + 1))
        (found,) = decided(ring, [data])
        if isinstance(found, Doubt):
            raise found
        text, who = found
        inside = imprint(text)
        stands = record.stands(inside, data) if record else "the site was not asked"
        tell("good", name, f"{inside[0]} r{inside[1]} {inside[2]}, {stands}, {who}")
    except (Doubt, OSError) as error:
        tell("in doubt", name, error)


def walk(ring, site, record):
    """Check everything that the site says it published."""
    entries = sorted(record.entries.values(), key=path_of)
    for doubt in record.doubts if entries else ["nothing is recorded"]:
        tell("in doubt", site, doubt)
    there = []
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda entry: attempt(site, path_of(entry)), entries)
        for entry, data in zip(entries, answers):
            if isinstance(data, bytes):
                there.append((entry, data))
            elif isinstance(data, Missing):
                tell("in doubt", site, f"a published text is gone: {data}")
            else:
                tell("not checked", site, data)
    found = decided(ring, [data for _, data in there])
    # A revoked key's text may lie there once more, with the signature of another key.
    counting = {each[0] for each in found if isinstance(each, tuple)}
    texts = {}
    for (entry, data), each in zip(there, found):
        try:
            if digest(data) != entry["sha256"]:
                raise Doubt("it was changed after it was published")
            text = payload(data)
            if isinstance(each, Doubt) and not (isinstance(each, SetAside) and text in counting):
                raise each
            inside = imprint(text)
            record.stands(inside, data)
            if inside[:3] != key_of(entry):
                raise Doubt("it is recorded as another text")
            if texts.setdefault(inside[:3], text) != text:
                raise Doubt("it holds another text than the first signature")
            TOLD["good"] += 1
        except Doubt as error:
            tell("in doubt", f"{site}/{path_of(entry)}", error)
    print(f"{site}: {len(entries)} texts are recorded, {TOLD['good']} count; "
          f"the record is in the state {record.state}")  # fmt: skip


def attempt(site, path):
    try:
        return fetch(site, path)
    except Trouble as error:
        return error


def arguments():
    kind = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=kind)
    parser.add_argument("files", nargs="*", metavar="FILE", help="a signed text or a mail")
    parser.add_argument("--site", nargs="?", const=SITE, metavar="URL", help="walk this site")
    parser.add_argument("--key", action="append", metavar="KEY", help="a file of public keys")
    chosen = parser.parse_args()
    if not chosen.files and not chosen.site:
        parser.error("name a file, or --site")
    if chosen.site and not re.match("https?://", chosen.site):
        parser.error(f"{chosen.site!r} is no address of a site")
    return chosen


def main():
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    chosen = arguments()
    site = (chosen.site or SITE).rstrip("/")
    try:
        with tempfile.TemporaryDirectory(prefix="v-") as home:  # for the owner alone
            ring = Ring(home)
            if chosen.key:
                ring.take([Path(name).read_bytes() for name in chosen.key])
            else:
                print(f"keys come from {site}, and only these count; compare them with a copy "
                      "from elsewhere:", *PINNED, sep="\n  ", file=sys.stderr)  # fmt: skip
                ring.take([fetch(site, f"keys/{name}.asc") for name in PINNED])
            record = Record(site) if chosen.site or not chosen.key else None
            if chosen.site:
                walk(ring, site, record)
            for name in chosen.files:
                check_file(ring, name, record)
    except (Doubt, Missing) as error:
        tell("in doubt", site, error)
    except (Trouble, OSError) as error:
        tell("not checked", site, error)
    return 2 if TOLD["in doubt"] else 3 if TOLD["not checked"] else 0


if __name__ == "__main__":
    sys.exit(main())
