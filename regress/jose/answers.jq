# SPDX-License-Identifier: Apache-2.0
# answers.jq: cases (common.jq) with the answer that an engine gave to each; none is null. Input: the
# cases. $output: what the engine printed.

def row: # case|class|id|answer
    split("|") | { class: .[1], id: .[2], answer: (.[3:] | join("|")) };

def failure($cases): # of the statement in this line of the script (script.jq)
    capture("(near line |<stdin>:)(?<line>[0-9]+): (ERROR: +)?(?<why>.*)")
    | .why as $why
    | $cases[(.line | tonumber) - 2] // { class: "", id: .line }
    | "idplane: \(.raises): " as $ours
    | .answer = if .raises and ($why | startswith($ours)) then "false"
                elif $why | startswith("invalid byte sequence for encoding \"UTF8\"") then "no text"
                else "error: " + $why end;

. as $cases
| [$output | split("\n")[] | if startswith("case|") then row else failure($cases) end]
| reduce .[] as $seen ({}; .[$seen.class][$seen.id] = $seen.answer)
| . as $answers
| $cases[] | .answer = $answers[.class][.id]
