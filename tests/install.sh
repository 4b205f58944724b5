#!/bin/sh
# make install puts everything beneath DESTDIR, the copy there works, and make uninstall takes all of it away again.
. "$top_srcdir/tests/shell/common"
unset MAKEFLAGS MFLAGS MAKELEVEL
root=$PWD/root
put() { # TARGET
    last="make $1 DESTDIR=$root"
    claim "$last" "${MAKE-make}" -s -C "$top_builddir" "$1" DESTDIR="$root" >out 2>&1
}
put install
(cd root && find . ! -type d | sort) >installed
for file in 'bin/lngraph' 'include/lngraph/lngraph\.h' 'pkgconfig/lngraph\.pc' 'man1/lngraph\.1' 'man3/liblngraph\.3' 'doc/lngraph/README\.md' 'doc/lngraph/examples/classify\.c'; do
    claim "$file is installed" grep -q "/$file\$" installed
done
(cd "$top_srcdir/include/lngraph" && ls) >headers
sed -n 's|.*/include/lngraph/||p' installed >installed.headers
claim 'the headers are the public ones' cmp headers installed.headers
put installcheck
put uninstall
(cd root && find . ! -type d -o -type d -name lngraph -empty) >out
last='make uninstall'
empty out
finish
