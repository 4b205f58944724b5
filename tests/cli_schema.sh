#!/bin/sh
# lngraph schema: it knows every key, block and op. tests/schema/run has it judged by a validator.
. "$top_srcdir/tests/shell/common"

expect 0 schema
empty err
has out '^  "$schema": "https://json-schema.org/draft/2020-12/schema",$'
cp out schema
keys=$(sed -n 's/^ *{*"\([a-z0-9]*\)", LNG_KEY_.*/\1/p' "$top_srcdir/src/syntax/sections.c" "$top_srcdir/src/data/sections.c" | sort -u)
blocks=$(ls "$top_srcdir"/src/std/*.yaml | grep -v /datasets.yaml | xargs sed -n 's/^\([a-z0-9_]*\):$/\1/p')
ops=$(grep -L LNG_OP_HIDDEN "$top_srcdir"/src/op/*.c | sed 's|.*/\(.*\)\.c|\1|')
claim 'the tables are found' [ "$(printf '%s\n' $keys $blocks $ops | wc -l)" -ge 120 ]
for name in $keys $blocks $ops; do
    has schema "^ *\"$name\": {\$"
done

# property NAME: its part of the schema, on one line
property() { awk -v name="\"$1\": {" '$0 ~ name { inside = 1 } inside { printf "%s ", $0 } inside && /^ *}/ { exit }' schema | tr -s ' ' >out; }
last='the schema'
property epochs
has out '"type": \["integer"\], "minimum": 1, "maximum": 1000000 '
property format
has out '"enum": \["idx", .*"csv"'
property optimizer
has out '"examples": \["sgd"'
property conv2d
has out '"required": \["filters", "kernel"\]'
property filters
has out '"description": "int > 0", .*"exclusiveMinimum": 0 '
property do
has out '"#/$defs/graph.STEP"'

# ---- of report.json ----
expect 0 schema --report
has out '^  "title": "lngraph report.json",$'
cp out schema
last='the schema'
property format
has out '"type": "integer", "const": 2 '
property judged
has out '"description": "more about the last split'
has schema '"additionalProperties": {$'
finish
