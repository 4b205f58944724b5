#!/bin/sh
# Every case of tests/invalid: the input beside the errors that it must get.
#
# A case is a folder. Its files are copied to an empty folder and `lngraph check input.yaml` runs there. It must end with status 3,
# print nothing on standard output and on standard error exactly what stands in `error`, within a second of work and 64 MiB, and
# leave all files as they were. What a case may say of itself:
#   make-input  a shell script that makes what is too large or odd to be stored (run in that folder)
#   command     the arguments of lngraph, in shell syntax, instead of `check input.yaml`
#   status      another exit status
# The numbers' locale has a decimal comma where one can be had: it must make no difference. Standard input is input.yaml.
#
#   tests/invalid.sh [CASE...]      runs only these;   UPDATE=1 writes what came out as what is expected
: "${top_srcdir:=$(cd "$(dirname "$0")/.." && pwd)}" "${LNGRAPH:=$PWD/lngraph}"
export top_srcdir LNGRAPH
. "$top_srcdir/tests/shell/common"
cases=$(cd "$top_srcdir/tests/invalid" && pwd) || exit 99

if grep -q __asan_init "$LNGRAPH"; then # the sanitizers map terabytes, and are slow
    seconds=20 memory=unlimited
else
    seconds=1 memory=65536
fi

# The limit is on work, which other load does not stretch; whoever waits for something is stopped as hung.
hung=$(command -v timeout >/dev/null && echo timeout -k 1 30)

mkdir locale case
printf '%s\n' 'comment_char %' 'escape_char /' LC_NUMERIC 'decimal_point ","' 'thousands_sep "."' 'grouping 3' 'END LC_NUMERIC' >locale/source
if command -v localedef >/dev/null; then
    localedef -c -i locale/source "$work/locale/comma" >/dev/null 2>&1
    unset LC_ALL
    LOCPATH=$work/locale LC_NUMERIC=comma
    export LOCPATH LC_NUMERIC
fi

contents() { # of files below 10 MiB; some cases make files of gigabytes that are all hole
    find . -type f -size -20480 -exec cksum {} + | sort
    find . -type f ! -size -20480 -exec ls -l {} + | sort
}

run_case() { # NAME
    name=$1 status=3 command='check input.yaml'
    rm -rf case && cp -R "$cases/$name" case && chmod -R u+w case && cd case || exit 99
    [ ! -e status ] || status=$(cat status)
    [ ! -e command ] || command=$(cat command)
    [ ! -e make-input ] || sh ./make-input || { cd .. && bad "$name: make-input failed" && return; }
    input=/dev/null
    [ ! -f input.yaml ] || input=input.yaml
    contents >../before
    (
        ulimit -t $seconds
        ulimit -v $memory
        eval "exec $hung \"\$LNGRAPH\" $command"
    ) <$input >../out 2>../err
    got=$?
    contents >../after
    cd ..
    [ $got = "$status" ] || bad "$name: status $got, not $status"
    [ ! -s out ] || bad "$name: prints on standard output"
    cmp -s before after || bad "$name: changes files: $(diff before after)"
    if [ -n "${UPDATE:-}" ] && [ $got = "$status" ]; then
        cmp -s err "$cases/$name/error" || { echo "updated: $name" && cp err "$cases/$name/error"; }
    elif ! cmp -s err case/error; then
        bad "$name: these errors came (+), those were expected (-)"
        diff -u case/error err | tail -n +3
    fi
    made=$((made + 1))
}

[ $# -gt 0 ] || set -- $(ls "$cases")
for name; do
    run_case "$name"
done
finish
