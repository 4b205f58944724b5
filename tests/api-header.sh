#!/bin/sh
# The public header stands alone in every C since C99, and in C++; its comments make a page that describes every function.
set -eu
header=$top_srcdir/include/lngraph/lngraph.h page=$top_builddir/man/made/liblngraph.3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

compile() { # COMPILER LANGUAGE STANDARD
    printf '#include <lngraph/lngraph.h>\n#include <lngraph/lngraph.h>\nint lngraph_is_here(void);\nint lngraph_is_here(void) { return lng_version() != 0; }\n' |
        $1 -x "$2" -std="$3" -pedantic -Wall -Wextra -Werror -I"$top_srcdir/include" -c -o "$work/o" - || { echo "$1 -std=$3"; exit 1; }
}
for standard in c99 c11; do compile "${CC-cc}" c $standard; done
for cxx in g++ clang++; do
    command -v $cxx >/dev/null && for standard in c++11 c++17; do compile $cxx c++ $standard; done
done

# a wrong attribute is seen at compile time
if ${CC-cc} --version 2>/dev/null | grep -qiE 'gcc|clang|free software'; then
    printf '#include <lngraph/lngraph.h>\nvoid f(lng_builder *b, lng_value *x);\nvoid f(lng_builder *b, lng_value *x) { lng_builder_op(b, "sum", &x, 1, "axes: [%%s]", 2); }\n' |
        ${CC-cc} -x c -Wall -Werror -I"$top_srcdir/include" -c -o "$work/o" - 2>/dev/null && { echo 'the format is not checked'; exit 1; }
fi

names=$(sed -n 's/^LNG_API .*[ *]\(lng_[a-z0-9_]*\)(.*/\1/p' "$header")
[ "$(echo "$names" | wc -l)" = "$(grep -c '^LNG_API' "$header")" ] || { echo 'a declaration hides its name'; exit 1; }
grep -nE '^[a-z].*\<lng_[a-z0-9_]+\(' "$header" && { echo 'a function without LNG_API'; exit 1; }
grep -nE '^(typedef )?struct [a-z_]+ *\{' "$header" && { echo 'a struct that is not opaque'; exit 1; }
[ -e "$page" ] || exit 0 # the page is made with the program
for name in $names; do
    grep -qx "\\.Fo $name" "$page" || { echo "liblngraph(3) does not describe $name"; exit 1; }
done
