#!/bin/sh
# Every model file in the manuals and the README does what is said of it.
#
# In a manual, a literal block after the line  .\" model  is a model file, or sections of one; what a file needs and the block has not is
# added, and sessions find it as NAME.yaml. After  .\" wrong CODE  it must be refused with that code. A command after  .\" works  succeeds;
# after  .\" fails CODE  it gets that error. A block after  .\" session  shows commands, `$ COMMAND`, and what they print; a line `...` stands for any lines.
# One after  .\" session PROGRAM  is left out where that program is not installed. A block after  .\" file NAME  is a file that sessions find.
set -eu
. "$top_srcdir/tests/shell/paste"
. "$top_srcdir/tests/shell/churn"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

manual_blocks "$work"
status=0 count=0

# judge FILE STATUS: what is right succeeds, what is wrong fails with the error that its name ends with; its output is in `out`
judge() {
    case $1 in
    *.model) [ "$2" = 0 ] && [ ! -s "$work/out" ] ;;
    *.works) [ "$2" = 0 ] ;;
    *) [ "$2" != 0 ] && grep -q "error\[${1##*.}\]" "$work/out" ;;
    esac || {
        status=1
        printf '%s: exit status %s\n' "${1##*/}" "$2"
        cat "$1" "$work/out"
    }
    count=$((count + 1))
}

mkdir "$work/here"
for file in "$work"/*.model "$work"/*.wrong.*; do
    [ -e "$file" ] || continue
    complete "$file"
    code=0
    "$LNGRAPH" check "$file" >"$work/out" 2>&1 || code=$?
    judge "$file" $code
    name=$(sed -n 's/^name: *\([a-z]*\)$/\1/p' "$file")
    case $file in *.model) [ "${name:-example}" = example ] || cp "$file" "$work/here/$name.yaml" ;; esac
done

# ---- commands, in a folder with two small models and those of the manuals, a run, an image and a table ----
cd "$work/here"
HOME=$work/here
export HOME
unset LNGRAPH_DATA XDG_CACHE_HOME
lngraph() { "$LNGRAPH" "$@"; }
for name in my other; do
    [ $name = my ] && units=10 || units=12
    printf 'name: %s\ndata: {source: digits}\ngraph: [flatten(image / 255), dense: {units: %s, activation: softmax}]\n' $name $units >$name.yaml
    printf "train: {loss: 'cross_entropy(out, label)', optimizer: sgd(lr=0.1), steps: 3}\n" >>$name.yaml
    complete $name.yaml
done
{
    printf 'P5\n28 28\n255\n'
    awk 'BEGIN { while (n++ < 784) printf(n >= 112 && n < 672 && n % 28 >= 12 && n % 28 < 16 ? "~" : " ") }' | tr ' ~' '\000\377'
} >one.pgm
churn churn.csv
lngraph run my.yaml >"$work/out" 2>&1 || cat "$work/out"
for file in "$work"/*.works "$work"/*.fails.*; do
    code=0
    eval "$(cat "$file")" >"$work/out" 2>&1 || code=$?
    judge "$file" $code
done

# shown FILE: what the session promises, with `...`; against what its commands print, now in `out`
shown() {
    awk 'FNR == NR { if (FNR > 1) want[++n] = $0; next } { got[++m] = $0 }
        function plain(line) { # without what depends on the machine, and an estimate
            gsub(home, "~", line); gsub(/[0-9]+ threads?/, "N threads", line)
            gsub(/avx2|avx512|baseline/, "LEVEL", line)
            gsub(/ *[0-9][0-9.,]* +(s|ms|us|MB|examples\/s)/, " TIME", line)
            gsub(/about [0-9,]+ of code/, "about N of code", line)
            if (line ~ /us\/step|^-+$/) # as wide as what stands below
                gsub(/^ +|--+/, "", line)
            if (line ~ /^ *[0-9.]+ +[0-9.]+ % /) # a row of a profile
                gsub(/ *[0-9][0-9.]*/, " N", line)
            return line
        }
        END {
            ok[0, 0] = 1
            for (i = 1; i <= n; i++) {
                any = want[i] == "..."
                for (j = 0; j <= m; j++)
                    ok[i, j] = any ? ok[i - 1, j] || (j && ok[i, j - 1]) : j && ok[i - 1, j - 1] && plain(want[i]) == plain(got[j])
            }
            exit !ok[n, m]
        }' home="$HOME" "$1" "$work/out"
}
for file in "$work"/*.file.*; do
    cp "$file" "${file##*.file.}"
done
for file in "$work"/*.session*; do
    [ -z "${SANITIZE-}" ] || break # they train for minutes; other tests run the same commands
    program=${file##*.session}
    [ -z "$program" ] || command -v "${program#.}" >/dev/null || continue
    grep '^\$ ' "$file" | while read -r _ command; do
        printf '$ %s\n' "$command"
        eval "$command" 2>&1 || true
    done >"$work/out"
    shown "$file" || {
        status=1
        cat "$file" && echo 'is not what comes:' && cat "$work/out"
    }
    count=$((count + 1))
done
echo "$count examples"
[ $count -ge 60 ] || status=1
exit $status
