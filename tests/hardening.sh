#!/bin/sh
# The product is hardened, as SECURITY.md lists: a position-independent program, relocations that become read-only, no executable stack, and
# stacks and lengths that are checked. And lngraph.spdx names what it was made from.
. "$top_srcdir/tests/shell/common"
spdx=$top_builddir/lngraph.spdx
field() { claim "lngraph.spdx: $1" grep -Eq "$1" "$spdx"; }
field '^SPDXVersion: SPDX-2\.3$'
field '^PackageName: zlib$'
field '^PackageName: libyaml$'
field '^Created: 20[0-9-]{8}T[0-9:]{8}Z$'
claim 'lngraph.spdx is filled in' [ "$(grep -c @ "$spdx")" = 0 ]
# What SPDX 2.3 asks of each package, and relationships between elements that are there.
claim 'lngraph.spdx: packages and relationships are whole' awk -F ': ' '
    BEGIN { wanted = split("SPDXID PackageDownloadLocation FilesAnalyzed PackageLicenseConcluded PackageLicenseDeclared PackageCopyrightText", tag, " ") }
    function close_package() { for (i = 1; i <= wanted; i++) if (packages && !(tag[i] in has)) bad = 1; split("", has) }
    $1 == "PackageName" { close_package(); packages++ }
    { has[$1] }
    $1 == "SPDXID" { if ($2 !~ /^SPDXRef-[A-Za-z0-9.-]+$/ || $2 in id) bad = 1; id[$2] }
    $1 == "Relationship" { split($2, side, " "); element[side[1]]; element[side[3]] }
    END { close_package(); for (e in element) if (!(e in id)) bad = 1; exit bad || packages < 3 }' "$spdx"

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
if grep -q '@GLIBC' library; then
    claim 'lengths are checked' grep -Eq ' __(v?snprintf|memcpy)_chk' library
    # tests/syscalls.c takes the place of these calls: of their checking variants, of realpath's alone
    claim 'calls that the tests replace have their own names' [ "$(grep -Ec ' __(open(at)?_2|(p?read|readlink|getcwd|poll)_chk)' library)" = 0 ]
fi
finish
