#!/bin/sh
# Every manual page is clean under mandoc's lint and fits 80 columns; every page that one refers to exists, and lngraph(1) leads to all.
set -eu
[ -n "${MANDOC-}" ] || { echo 'mandoc is missing'; exit 77; }

status=0
pages=$(ls "$top_builddir"/man/made/*.[1-8] 2>/dev/null)
[ -n "$pages" ] || { echo 'no pages'; exit 1; }
"$MANDOC" -T lint -W warning $pages || status=1
for page in $pages; do # a name in bold is printed over itself
    "$MANDOC" -T ascii -O width=80 "$page" | sed "s/.$(printf '\b')//g" | awk -v page="${page##*/}" '
        length > 80 { print page ": more than 80 columns: " $0; wide = 1 } END { exit wide }' || status=1
done
for page in $pages; do
    sed -n 's/^\.Xr \(lngraph[a-z-]*\|liblngraph\) \([1-8]\).*/\1.\2/p' "$page" | sort -u | while read -r other; do
        case "$pages" in
        */"$other"*) ;;
        *) echo "${page##*/} refers to $other, which does not exist" ;;
        esac
    done
done >manuals.missing
cat manuals.missing
[ ! -s manuals.missing ] || status=1
rm -f manuals.missing

for code in $(sed -n 's/^LNG_ERROR([A-Z_]*, "\([a-z-]*\)".*/\1/p' "$top_srcdir/src/base/errors.def"); do
    grep -qxF ".\\\" code $code" "$top_srcdir/man/lngraph-errors.7.in" || {
        echo "lngraph-errors.7.in says nothing of the code $code"
        status=1
    }
done
for variable in $(sed -n 's/.*getenv("\([A-Z_]*\)").*/\1/p' "$top_srcdir"/src/*/*.c | sort -u); do
    grep -q "^\.It Ev .*$variable" "$top_builddir/man/made/lngraph.1" || {
        echo "lngraph.1 says nothing of the variable $variable"
        status=1
    }
done
for page in $pages; do
    grep -q "^\.Xr $(basename "$page" | sed 's/\.\([1-8]\)$/ \1/')" "$top_builddir/man/made/lngraph.1" || [ "${page##*/}" = lngraph.1 ] || {
        echo "lngraph.1 does not refer to ${page##*/}"
        status=1
    }
done
exit $status
