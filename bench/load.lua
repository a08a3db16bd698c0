-- SPDX-License-Identifier: Apache-2.0
-- load.lua: what wrk sends: one form over and over, or polls of many codes in random order.
--
--   wrk … URL -- FORM            the body of every request
--   wrk … URL -- @FILE FORM      FORM followed by the next line of FILE

local requests, at = {}, 0

local function post(body)
    return wrk.format("POST", nil, {["Content-Type"] = "application/x-www-form-urlencoded"}, body)
end

function init(arguments)
    local file = string.match(arguments[1], "^@(.*)")
    if not file then
        requests[1] = post(arguments[1])
        return
    end
    for line in io.lines(file) do
        requests[#requests + 1] = post(arguments[2] .. line)
    end
end

function request()
    at = at % #requests + 1
    return requests[at]
end
