# SPDX-License-Identifier: Apache-2.0
# judge.jq: cases with their answers (answers.jq): a line of TAP for each class, a summary above and
# the ids that differ below. $engine is SQLite or PostgreSQL; $least is how many cases a class has.

def counted($words; condition):
    map(select(condition)) | length | if . > 0 then ", \(.) \($words)" else "" end;

def shown: tostring | if length > 120 then .[:120] + "…" else . end;

def is_verdict: . // "" | test("^(true|false|no text)");

def summary:
    "\(length) cases"
    + counted("accepted"; .answer // "" | startswith("true"))
    + counted("refused"; .answer // "" | startswith("false"))
    + counted("equal"; .expect == [.answer] and (.answer | is_verdict | not))
    + counted("refused by our rule"; .by_rule and .answer == "false")
    + counted("disputed, judged otherwise than listed"; .disputed)
    + counted("the other way where both are right";
              .listed and (.expect | length) == 2 and .answer != .listed)
    + counted("that the engine does not take for text"; .answer == "no text");

def judged: # all of a class
    "\(.[0].class) in \($engine)" as $name
    | [.[] | .answer as $answer | select(.expect | index([$answer]) | not)] as $different
    | ($different == [] and length >= $least and (map(.id) | unique | length) == length) as $good
    | "# \($name): \(summary)",
      "\(if $good then "ok" else "not ok" end) - \($name): \(length) cases",
      ($different[]
       | "#   \(.id): expected \(.expect | map(shown) | join(" or ")), got \(.answer | shown)");

if length == 0 then "not ok - no cases for \($engine)" else group_by(.class)[] | judged end
