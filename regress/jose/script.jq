# SPDX-License-Identifier: Apache-2.0
# script.jq: cases (common.jq) as SQL, a line each, so that an error names its case by the line;
# each prints one line: case|class|id|answer. The first line is for what the engine needs.
include "common";

(if $engine == "SQLite" then "char" else "chr" end) as $function
| if $engine == "SQLite" then ".load \($library)" else "SET search_path = public, idplane;" end,
  (.[]
   | "SELECT 'case', \(.class | quoted), \(.id | quoted), coalesce(\(.call), 'NULL');"
   | split("\n") | join("' || \($function)(10) || '"))
