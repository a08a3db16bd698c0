# SPDX-License-Identifier: Apache-2.0
# judge.jq: what a timeline expected against what was answered: a line of TAP each, why not below.
# Input: the timelines. $answers: an array of [timeline, JSON], in the order of the events.

def outcome: # of one answer, in the words of the vectors
    (if .body then (.body | fromjson) else . end)
    | if .access_token then "tokens"
      elif .device_code then "issued"
      elif .error then .error
      else "ok" end;

def meets($event): # an outcome
    . as $seen
    | if $event.expect == "rejected" then $seen != "ok"
      elif $event.expect then $seen == $event.expect
      else (($event.expect_any | index([$seen])) != null) and $seen != $event.never
           and (($event.prefer // $seen) == $seen) end;

def complaints: # {event, answer}
    .event as $event | .answer as $answer
    | ($answer | outcome) as $seen
    | if ($seen | meets($event)) | not then
          "at \($event.t) s \($event.action): expected "
          + "\($event.prefer // $event.expect // $event.expect_any | tojson), got \($answer | tojson)"
      elif $seen == "slow_down" and $event.interval_now
           and $answer.interval != $event.interval_now then
          "at \($event.t) s: expected interval \($event.interval_now), got \($answer | tojson)"
      else empty end;

def total_complaint($tokens):
    if .total_tokens != null and .total_tokens != $tokens then
        "expected \(.total_tokens) token responses, got \($tokens)"
    elif .total_tokens_at_most != null and $tokens > .total_tokens_at_most then
        "expected at most \(.total_tokens_at_most) token responses, got \($tokens)"
    else empty end;

.[] | .id as $id
| [$answers[] | select(.[0] == $id) | .[1]] as $mine
| ([$mine[] | select(outcome == "tokens")] | length) as $tokens
| (if ($mine | length) == (.events | length) then
       [([.events, $mine] | transpose[] | {event: .[0], answer: .[1]} | complaints),
        total_complaint($tokens)]
   else ["\(.events | length) events, \($mine | length) answers"] end) as $found
| (if $found == [] then "ok" else "not ok" end) + " - \($id) in \($engine)", ($found[] | "#   " + .)
