#!/bin/sh
# The product is hardened: a position-independent program, relocations that become read-only, no executable stack. And lngraph.spdx names what it
# was made from.
. "$top_srcdir/tests/shell/common"
spdx=$top_builddir/lngraph.spdx
field() { claim "lngraph.spdx: $1" grep -Eq "$1" "$spdx"; }
field '^SPDXVersion: SPDX-2\.3$'
field '^PackageName: zlib$'
field '^PackageName: libyaml$'
field '^Created: 20[0-9-]{8}T[0-9:]{8}Z$'
claim 'lngraph.spdx is filled in' [ "$(grep -c @ "$spdx")" = 0 ]

library=$top_builddir/.libs/liblngraph.so
if [ -n "${SANITIZE-}" ] || [ -z "${OPTIMISE-}" ] || ! [ -e "$library" ] || ! command -v readelf >/dev/null; then
    finish # made with flags of its own, or as something that readelf cannot read
fi
readelf -hdlsW "$LNGRAPH" >program 2>/dev/null
readelf -hdlsW "$library" >library 2>/dev/null
for file in program library; do
    claim "$file: position-independent" grep -Eq '^ *Type: *DYN' $file
    claim "$file: relocations become read-only" grep -q GNU_RELRO $file
    claim "$file: at the start" grep -Eq 'BIND_NOW|FLAGS_1.*NOW' $file
    claim "$file: the stack is not executable" grep -Eq 'GNU_STACK.* RW ' $file
done
finish
