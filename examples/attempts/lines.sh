#!/bin/sh
# A task in a shell script: how many lines a file has.
#
#   inputs   file: File
#   outputs  lines: int
#
# It keeps to the attempt contract (docs/attempts.md), with a storage that is a folder. All it needs
# is in any Debian: a shell has no JSON, but to find a URI in it `sed` will do.
set -eu

path_in() { # the path of the first file:// URI behind a word of a document
    sed -n "s|.*\"$1\":\"file://\([^\"]*\)\".*|\1|p" "$invocation"
}

leave() { # an outcome, complete or not at all, unless there is one: a link does that at one go
    printf '%s\n' "$1" > "$outcome.$$"
    ln "$outcome.$$" "$outcome" || echo "there is an outcome already" >&2
    rm "$outcome.$$"
}

invocation=${VOLERY_INVOCATION#file://}
grep -q '"contract":1[,}]' "$invocation" || { echo "another contract" >&2; exit 76; }
outcome=$(path_in outcome)
expires=$(sed -n 's|.*"expires":\([0-9]*\).*|\1|p' "$invocation")
if [ "${expires:-0}" -gt 0 ] && [ "$(date +%s)" -gt "$expires" ]; then exit 75; fi

file=$(path_in uri)
if [ ! -r "$file" ]; then
    leave '{"failure": {"code": "NoFile", "kind": "USER", "message": "there is no such file"}}'
    exit 1
fi
echo "counting the lines of $file"
leave "{\"outputs\": {\"lines\": $(wc -l < "$file")}}"
