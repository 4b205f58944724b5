#!/bin/sh
# The stripped program and library stay small, as gcc makes them for x86-64 when nobody says how to optimize.
. "$top_srcdir/tests/shell/common"
most=2800000 # of both together, as the README says; an op that earns its place may raise both
library=$top_builddir/.libs/liblngraph.so
skip() {
    echo "skipped: $1"
    exit 77
}
[ -n "${OPTIMISE-}" ] || skip 'CFLAGS were given to configure'
[ -z "${SANITIZE-}" ] || skip 'a build with sanitizers'
[ -e "$library" ] || skip 'no shared library was built'
command -v strip >/dev/null || skip 'there is no strip'
${CC-cc} -dM -E -x c /dev/null >macros 2>/dev/null || skip 'the compiler tells no macros'
grep -q __LP64__ macros && grep -q __x86_64__ macros || skip 'not x86-64'
! grep -q __clang__ macros || skip 'not gcc'
cp "$LNGRAPH" program
cp "$library" library # the file, not the link to it
claim 'they can be stripped' strip program library
cat program library >both
size=$(wc -c <both)
last="$(($(wc -c <program))) bytes of program and $(($(wc -c <library))) of library"
echo "$last"
claim "$last are at most $most" [ "$size" -le $most ]
finish
