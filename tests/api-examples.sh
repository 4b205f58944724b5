#!/bin/sh
# The examples, linked with the library as it was built: only what it exports is there for them.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/api"
check_examples "$top_builddir/examples"
finish
