#!/bin/sh
# The product is hardened, as SECURITY.md lists: a position-independent program, relocations that become read-only, no executable stack, and
# stacks that are checked. And lngraph.spdx names what it was made from.
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
readelf -hdlW --dyn-syms "$LNGRAPH" >program 2>/dev/null
readelf -hdlW --dyn-syms "$library" >library 2>/dev/null
for file in program library; do
    claim "$file: position-independent" grep -Eq '^ *Type: *DYN' $file
    claim "$file: relocations become read-only" grep -q GNU_RELRO $file
    claim "$file: at the start" grep -Eq 'BIND_NOW|FLAGS_1.*NOW' $file
    claim "$file: the stack is not executable" grep -Eq 'GNU_STACK.* RW ' $file
done
claim 'the stack is checked' grep -q ' __stack_chk_fail' library # the program only calls the library
finish
