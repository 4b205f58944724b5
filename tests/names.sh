#!/bin/sh
# The shared library exports what the installed headers declare with LNG_API and nothing more; every external symbol inside is lng_...
set -eu
NM=${NM-nm}
command -v ${NM%% *} >/dev/null || exit 77

declared=$(sed -n 's/^LNG_API .*[ *]\(lng_[a-z0-9_]*\)[([;].*/\1/p' "$top_srcdir"/include/lngraph/*.h | sort)
[ -n "$declared" ] || { echo 'the installed headers declare nothing'; exit 1; }
shared=$top_builddir/.libs/liblngraph.so
if [ -e "$shared" ]; then
    # sanitizers and linkers add names of their own, which start with an underscore
    exported=$($NM -D --defined-only "$shared" | awk '$3 !~ /^_/ {print $3}' | sort)
    if [ "$declared" != "$exported" ]; then
        printf 'declared in the headers:\n%s\nexported by the library:\n%s\n' "$declared" "$exported"
        exit 1
    fi
fi
foreign=$($NM -g --defined-only "$top_builddir/liblngraph.a" | awk 'NF == 3 && $3 !~ /^(lng_|_)/ {print $3}')
if [ -n "$foreign" ]; then
    printf 'external symbols that are not lng_noun_verb (or should be static):\n%s\n' "$foreign"
    exit 1
fi
