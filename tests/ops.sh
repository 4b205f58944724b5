#!/bin/sh
# Code names an op by its symbol (&lng_op_exp) and an attribute by its enumerator (LNG_CONV_STRIDE), so that a typo does not compile.
# An op or attribute is looked up by its name only in the files below, where a user wrote it, or where a program that is an attribute is read.
set -eu
cd "${top_srcdir:-.}"

lookups='src/graph/fused\.c
src/graph/op\.h
src/graph/registry\.c
src/api/attributes\.c
src/api/builder\.c
src/op/clock\.c
src/lang/call\.c
src/lang/call_block\.c
src/lang/call_op\.c
src/lang/check_names\.c
src/syntax/library\.c
src/train/opcheck\.c
tests/test_ops\.c'
by_text='lng_op_(find|attr_index)\('
by_name='strcmp\([^;]*op->name,|lng_op_(find|attr_index)\([^;]*"|attr\[[0-9]+\]'

found() { # PATTERN FILE...
    pattern=$1
    shift
    grep -nE "$pattern" "$@" || true
}
[ -n "$(printf 'x = lng_op_find("exp");\n' | found "$by_name")" ] && [ -n "$(printf 'strcmp(n->op->name, "exp") == 0\n' | found "$by_name")" ] &&
    [ -n "$(printf 'n->attr[0].i\n' | found "$by_name")" ] || { echo 'the patterns find nothing'; exit 1; }
files=$(ls src/*/*.[ch] tests/*.[ch])
wrong=$(found "$by_name" $files
    found "$by_text" $files | grep -vE "^($(echo "$lookups" | paste -sd'|' -)):" || true)
[ -z "$wrong" ] || { printf 'an op is &lng_op_NAME (graph/ops.h), an attribute LNG_OP_NAME (graph/attributes.h):\n%s\n' "$wrong"; exit 1; }
