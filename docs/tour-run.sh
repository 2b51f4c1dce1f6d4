#!/usr/bin/env bash
# Takes the tour (docs/tour.sh) in an empty folder with the e1 that is found in PATH: each command, then what it prints.
set -euo pipefail
tour=$(cd "$(dirname "$0")" && pwd)/tour.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GIT_PAGER=cat
while IFS= read -r line; do
  printf '\n$ %s\n' "$line"
  eval "$line" </dev/null
done < "$tour"
printf '\nThe tour is over; its repository was a temporary folder. Make your own: e1 init DIR\n'
