# SPDX-License-Identifier: Apache-2.0
# judge.jq: what cases (common.jq) expected against what an engine answered: a line of TAP for each
# class, a summary above and the ids that differ below. Input: the cases. $output: what the engine
# printed; $engine is SQLite or PostgreSQL.

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

def counted($words; condition):
    map(select(condition)) | length | if . > 0 then ", \(.) \($words)" else "" end;

def shown: tostring | if length > 120 then .[:120] + "…" else . end;

def class_lines:
    .[0].class as $class
    | [.[] | . as $case | select(.expect | index([$case.answer]) | not)] as $different
    | "# \($class) in \($engine): \(length) cases"
      + counted("accepted"; .answer // "" | startswith("true"))
      + counted("refused"; .answer // "" | startswith("false"))
      + counted("equal"; .answer as $answer | .expect == [$answer] and ($answer | test("^(true|false|no text)") | not))
      + counted("refused by our rule"; .by_rule)
      + counted("disputed, judged otherwise than listed"; .disputed)
      + counted("the other way where both are right"; .listed and (.expect | length) == 2 and .answer != .listed)
      + counted("that the engine does not take for text"; .answer == "no text"),
      (if $different == [] and (map(.id) | unique | length) == length then "ok" else "not ok" end)
      + " - \($class) in \($engine): \(length) cases",
      ($different[] | "#   \(.id): expected \(.expect | map(shown) | join(" or ")), got \(.answer | shown)");

. as $cases
| [$output | split("\n")[] | if startswith("case|") then row else failure($cases) end]
| reduce .[] as $seen ({}; .[$seen.class][$seen.id] = $seen.answer)
| . as $answers
| $cases | group_by(.class)[] | map(.answer = $answers[.class][.id]) | class_lines
