#!/bin/sh
# The installed copy: the examples compile with nothing but what pkg-config says, shared and static, and do what they should.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/api"
: "${CC:=cc}" "${PKG_CONFIG:=pkg-config}" "${SANITIZE:=}"
LD_LIBRARY_PATH=$libdir${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
claim 'pkg-config knows lngraph' $PKG_CONFIG --exists --print-errors lngraph
version=$($PKG_CONFIG --modversion lngraph)
claim "the program is of version $version too" test "$("$bindir/lngraph" --version | awk '{ print $NF; exit }')" = "$version"

build() { # FOLDER LIBS
    mkdir -p "$1"
    for example in train_string gradient classify classify_table; do
        claim "$example.c compiles, $1" $CC -std=c99 -pedantic -Wall -Wextra -Werror $SANITIZE \
            "$exampledir/$example.c" $($PKG_CONFIG --cflags lngraph) -o "$1/$example" $2 -lm
    done
    [ $failed = 0 ] || finish
}

static=$libdir/liblngraph.a kinds=
if [ -e "$static" ]; then
    build static "$static $($PKG_CONFIG --static --libs lngraph | sed 's/-llngraph//g')"
    check_examples "$work/static"
    kinds=static
fi
if [ -e "$libdir/liblngraph.so" ]; then
    build shared "$($PKG_CONFIG --libs lngraph)"
    check_examples "$work/shared"
    kinds="$kinds shared"
fi
for cxx in g++ clang++; do # the header is C++, too, and what it declares is found by its C names
    if [ -e "$libdir/liblngraph.so" ] && command -v $cxx >/dev/null; then
        printf '#include <lngraph/lngraph.h>\n#include <cstring>\nint main() { return std::strcmp(lng_version(), "%s") != 0; }\n' "$version" >one.cc
        claim "$cxx links" $cxx -Wall -Wextra -pedantic -Werror $SANITIZE one.cc $($PKG_CONFIG --cflags --libs lngraph) -o one
        claim "$cxx: a program runs" ./one
    fi
done
claim 'there is a library' test -n "$kinds"
finish
