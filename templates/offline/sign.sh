#!/bin/sh
# Show each text of this folder, ask, and sign it: needs gpg and nothing else.
#
#     sh sign.sh                         with the keys that README.txt names
#     sh sign.sh FINGERPRINT...          with these keys, all in one block;
#                                        SUBKEY! is a subkey and no other one
#
# Signed texts go to signed/. Nothing is overwritten, so this can be stopped and run
# again at any time. Exit codes: 0 done (declined texts included), 1 something is
# wrong and was not signed, 2 usage.

set -u
export LESSCHARSET=utf-8
LF='
'

fail() {
    printf 'sign.sh: %s\n' "$2" >&2
    exit "$1"
}

# Whether a text is UTF-8 without control characters and without those that hide or
# reorder what is seen: what is shown here must be all that is signed.
is_harmless() {
    od -An -v -tu1 "$1" | LC_ALL=C awk '
        function check(c) {
            if ((c < 32 && c != 9 && c != 10) || (c > 126 && c < 160)) bad = 1
            if (c == 173 || c == 1564 || c == 65279) bad = 1
            if (c == 8203 || c == 8206 || c == 8207 || (c > 8231 && c < 8239)) bad = 1
            if ((c > 8287 && c < 8304) || (c > 917503 && c < 917632)) bad = 1
            if (c < least || (c > 55295 && c < 57344) || c > 1114111) bad = 1
        }
        {
            for (i = 1; i <= NF; i++) {
                b = $i + 0
                if (more > 0) {
                    if (b < 128 || b > 191) { bad = 1; more = 0; continue }
                    code = code * 64 + b - 128
                    if (--more == 0) check(code)
                }
                else if (b < 128) { least = 0; check(b) }
                else if (b > 193 && b < 224) { more = 1; code = b - 192; least = 128 }
                else if (b > 223 && b < 240) { more = 2; code = b - 224; least = 2048 }
                else if (b > 239 && b < 245) { more = 3; code = b - 240; least = 65536 }
                else bad = 1
                last = b
            }
        }
        END { exit (bad || more > 0 || last != 10) }
    '
}

# A plain file, no link, in at most one folder, with a name that means no harm.
is_plain() {
    case "${1#texts/}" in
        *[!A-Za-z0-9./-]* | */*/* | -* | */-* | *..*) return 1 ;;
    esac
    [ -f "$1" ] && [ ! -L "$1" ]
}

# Each line a SHA-256 and the name of a file that was exported, and nothing else.
are_digests() {
    LC_ALL=C awk '
        NF != 2 || length($1) != 64 || $1 ~ /[^0-9a-f]/ { bad = 1 }
        $2 !~ /^texts\/[A-Za-z0-9][A-Za-z0-9.-]*(\/[A-Za-z0-9][A-Za-z0-9.-]*)?$/ {
            if ($2 != "README.txt" && $2 != "sign.sh") bad = 1
        }
        END { exit (bad || NR == 0) }
    ' SHA256SUMS
}

is_listed() {
    LC_ALL=C awk -v name="$1" '$2 == name { found = 1 } END { exit !found }' SHA256SUMS
}

check_digests() {
    if command -v sha256sum >/dev/null 2>&1; then
        sha256sum -c SHA256SUMS >/dev/null
    elif command -v shasum >/dev/null 2>&1; then
        shasum -a 256 -c SHA256SUMS >/dev/null
    else
        echo 'sign.sh: neither sha256sum nor shasum is here: digests are not checked' >&2
    fi
}

check_bundle() {
    for file in SHA256SUMS README.txt sign.sh; do
        [ -f "$file" ] || fail 1 "$file is missing: bring the whole folder"
    done
    are_digests || fail 1 'SHA256SUMS is damaged: bring the folder again'
    for file in texts signed signed/*; do
        [ ! -L "$file" ] || fail 1 'texts/ and signed/ must hold no links'
    done
    for text in texts/*/* texts/*; do
        if [ -d "$text" ] && [ ! -L "$text" ]; then
            case "$text" in texts/*/*) fail 1 'texts/ holds more than was exported' ;; esac
            continue
        fi
        # A pattern that fits nothing stands for itself.
        [ -e "$text" ] || [ -L "$text" ] || continue
        is_plain "$text" ||
            fail 1 'texts/ holds a link, or a name that is none of an exported text'
        is_listed "$text" || fail 1 "$text is not in SHA256SUMS: take it away"
    done
    check_digests ||
        fail 1 'a file is not as it was exported (SHA256SUMS): bring the folder again'
    for text in texts/*/* texts/*; do
        [ ! -f "$text" ] || is_harmless "$text" ||
            fail 1 "$text holds characters that a terminal would not show as they are"
    done
}

# Whether gpg's status lines tell of a good signature of each key, and of no other.
are_signers() {
    printf '%s\n' "$1" | LC_ALL=C awk -v keys="$keys" '
        BEGIN { wanted = split(keys, names, " ") }
        $1 == "[GNUPG:]" && $2 == "VALIDSIG" { made++; by[$NF] = by[$3 "!"] = 1 }
        END {
            for (i = 1; i <= wanted; i++) if (!(names[i] in by)) exit 1
            exit (made != wanted)
        }
    '
}

# Whether file $1 is the text $2 with good signatures.
is_signed() {
    status=$(gpg --batch --status-fd 3 --decrypt "$1" 3>&1 >"$scratch/shown" 2>/dev/null) ||
        return 1
    cmp -s "$scratch/shown" "$2" && are_signers "$status"
}

sign() {
    users=
    for key in $keys; do users="$users --local-user $key"; done
    rm -f "$scratch/signed"
    # shellcheck disable=SC2086  # fingerprints hold no blanks
    gpg --clear-sign --digest-algo SHA512 --no-emit-version --no-comments $users \
        --no-ask-sig-expire --default-sig-expire 0 \
        --output "$scratch/signed" <"$1" || return 1
    is_signed "$scratch/signed" "$1" || return 1
    mkdir -p "$(dirname "$2")" || return 1
    # The whole of it or nothing is there under its name.
    [ ! -e "$2" ] && mv "$scratch/signed" "$2"
}

show() {
    printf '\n==== %s\n\n' "$1"
    if [ -t 0 ] && [ -t 1 ]; then
        sh -c "${PAGER:-more}" <"$1" || cat "$1"
    else
        cat "$1"
    fi
    printf '\n==== end of %s\n' "$1"
}

# One text: "signed", "there", "declined", "failed" or "stop" is left in `outcome`.
ask() {
    target=signed/${1#texts/}.asc
    if [ -e "$target" ] || [ -L "$target" ]; then
        outcome=there
        { [ -f "$target" ] && [ ! -L "$target" ] && is_signed "$target" "$1"; } ||
            outcome=failed
        return
    fi
    show "$1"
    printf 'Sign %s with %s? [y = yes, n = no, q = stop here] ' "${1#texts/}" "$keys"
    # The end of the input is no answer.
    read -r answer || { echo; answer=q; }
    case "$answer" in
        y | Y | yes)
            outcome=signed
            sign "$1" "$target" || outcome=failed
            ;;
        q | Q | quit) outcome=stop ;;
        *) outcome=declined ;;
    esac
}

tell() {
    [ -z "$2" ] || printf '%s\n' "$1:" "$2"
}

# The keys of the command line, or else of the note, are left in `keys`.
choose_keys() {
    [ $# -gt 0 ] || {
        # shellcheck disable=SC2046  # one fingerprint a line
        set -- $(sed -n 's/^Key: \([0-9A-F]\{1,\}!\{0,1\}\)$/\1/p' README.txt)
    }
    [ $# -gt 0 ] || fail 2 'name the fingerprint of your key: sh sign.sh FINGERPRINT'
    keys=
    for key in "$@"; do
        bare=${key%!}
        case "$bare" in
            *[!0-9A-F]*) fail 2 'a fingerprint is 40 or 64 of 0-9 and A-F, without blanks' ;;
        esac
        case "${#bare}" in
            40 | 64) ;;
            *) fail 2 "$key is no whole fingerprint: 40 or 64 of 0-9 and A-F" ;;
        esac
        case " $keys " in
            *" $key "*) ;;
            *) keys=$keys${keys:+ }$key ;;
        esac
    done
}

sign_all() {
    signed='' there='' declined='' failed='' left=''
    for text in texts/*/* texts/*; do
        [ -f "$text" ] || continue
        outcome=stop
        [ -n "$left" ] || ask "$text"
        line="  ${text#texts/}"
        case "$outcome" in
            signed) signed=$signed${signed:+$LF}$line ;;
            there) there=$there${there:+$LF}$line ;;
            declined) declined=$declined${declined:+$LF}$line ;;
            failed) failed=$failed${failed:+$LF}$line ;;
            *) left=$left${left:+$LF}$line ;;
        esac
    done
}

sum_up() {
    echo
    tell 'Signed now' "$signed"
    tell 'Signed earlier' "$there"
    tell 'Declined (asked again next time)' "$declined"
    tell 'Not asked yet' "$left"
    tell 'NOT signed; or signed/ holds something else than this would make' "$failed"
    if [ -n "$signed$there" ]; then
        printf '\nCarry this whole folder back and run: publisher sign --import FOLDER\n'
    fi
}

main() {
    case "${1:-}" in
        -*) sed -n '2,/^$/s/^#\( \|$\)//p' "$0" && exit 2 ;;
    esac
    command -v gpg >/dev/null 2>&1 || fail 1 'gpg is not here: install GnuPG 2.2 or newer'
    here=$(dirname -- "$0")
    CDPATH='' cd -- "$here" || fail 1 'this folder cannot be read'
    check_bundle
    choose_keys "$@"
    if [ -t 0 ]; then
        GPG_TTY=$(tty)
        export GPG_TTY
    fi
    scratch=$(pwd)/.scratch
    rm -rf "$scratch"
    mkdir "$scratch" || fail 1 'this folder cannot be written to: copy it to where it can'
    trap 'rm -rf "$scratch"' EXIT
    trap 'exit 130' HUP INT TERM
    sign_all
    sum_up
    [ -z "$failed" ]
}

main "$@"
