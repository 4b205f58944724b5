#!/bin/sh
# What is shared between the files of the library is shared: another file of the product uses it, or the installed headers declare it.
# The rest is static, in the tests, or gone.
set -eu
NM=${NM-nm}
command -v ${NM%% *} >/dev/null || exit 77
cd "$top_builddir"

hooks='lng_on_allocation lng_engine_poison' # what the tests do to the library, and cannot do from outside
declared=$(sed -n 's/^LNG_API .*[ *]\(lng_[a-z0-9_]*\)[([;].*/\1/p' "$top_srcdir"/include/lngraph/*.h)
defined=$($NM -g --defined-only liblngraph.a | awk 'NF == 3 && $3 ~ /^lng_/ {print $3}' | sort -u)
used=$($NM -g --undefined-only liblngraph.a man/*.o | awk 'NF == 2 {print $2}')
[ "$(echo "$defined" | wc -l)" -gt 500 ] || { echo 'liblngraph.a defines too little'; exit 1; }
dead=$(printf '%s\n' $declared $used $hooks '' $defined | awk '!$1 {all = 1} !all {used[$1]} all && !($1 in used)')
[ -z "$dead" ] || { printf 'nothing in the product but its own file uses:%s\n' "$dead"; exit 1; }
