#!/bin/sh
# Every standard block says what it is, has an example, and has numbers of its own in test_numbers.c or test_layers.c.
. "$top_srcdir/tests/shell/common"
cat "$top_srcdir/tests/test_numbers.c" "$top_srcdir/tests/test_layers.c" | grep -o '".*"' >rows
for file in "$top_srcdir"/src/std/*.yaml; do
    group=$(basename "$file" .yaml)
    [ "$group" != datasets ] || continue # are no blocks
    blocks=$(sed -n 's/^\([a-z][a-z0-9_]*\):$/\1/p' "$file")
    claim "$group has blocks" [ -n "$blocks" ]
    claim "each block of $group says what it is" [ "$(grep -c '^  about: .' "$file")" = "$(echo "$blocks" | wc -l)" ]
    claim "each block of $group has an example" [ "$(grep -c '^  example: .' "$file")" = "$(echo "$blocks" | wc -l)" ]
    for block in $blocks; do
        claim "$block has a row with its numbers" grep -qw -- "$block" rows
    done
done
finish
