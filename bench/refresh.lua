-- SPDX-License-Identifier: Apache-2.0
-- refresh.lua: refresh tokens, of which each is good once and every answer brings the next. The file
-- is left with those that are still good, for the next run; what was on its way at the end is lost.
--
--   wrk -t 1 … URL -- FILE FORM          FORM followed by a token

local thread

function setup(of)
    thread = of
end

function init(arguments)
    file, form, first, last, tokens = arguments[1], arguments[2], 1, 0, {}
    for line in io.lines(file) do
        last = last + 1
        tokens[last] = line
    end
end

function request()
    local token = tokens[first]
    if not token then
        error("there are too few refresh tokens in " .. file)
    end
    tokens[first] = nil
    first = first + 1
    return wrk.format("POST", nil, {["Content-Type"] = "application/x-www-form-urlencoded"}, form .. token)
end

function response(status, headers, body)
    local token = status == 200 and string.match(body, '"refresh_token":%s*"([^"]+)"')
    if token and string.find(body, '"access_token"', 1, true) then
        last = last + 1
        tokens[last] = token
    else
        wrong = wrong or string.format("%d %s", status, body)
    end
end

-- It runs in another state than the functions above.
function done()
    local left, kept = thread:get("tokens"), io.open(thread:get("file"), "w")
    for at = thread:get("first"), thread:get("last") do
        kept:write(left[at], "\n")
    end
    kept:close()
    local wrong = thread:get("wrong")
    if wrong then
        print("wrong answer: " .. wrong)
    end
end
