-- Append events to one partition: dedupe by id, stream, visitors' strings, as one step.
-- KEYS: 1 stream, 2 ids seen today, 3 ids seen yesterday, 4 suspension mark, 5 visitors who are erased or object,
--       then per visitor: interactions, impressions.
-- ARGV: 1 most facts in the stream, 2 life of the ids (s), 3 life of a visitor (s), 4 interactions kept (bytes),
--       5 impressions kept (bytes), 6 history that travels with an event (bytes), then six per event: hash of the id,
--       its visitor's place among KEYS (0: none), JSON, INTERACTION records, IMPRESSION records, hash of the visitor.
-- Returns one character per event: "1" accepted, "0" seen before, "2" not written: its visitor is erased or objects.
local FIRST, PER_EVENT = 7, 6
local count = (#ARGV - FIRST + 1) / PER_EVENT
if redis.call('XLEN', KEYS[1]) + count > tonumber(ARGV[1]) then
  return redis.error_reply('BACKLOG the stream is full')
end

local function at(event, place) return ARGV[FIRST + (event - 1) * PER_EVENT + place] end
local hashes = {}
for event = 1, count do hashes[event] = at(event, 0) end
local today = redis.call('SMISMEMBER', KEYS[2], unpack(hashes))
local yesterday = redis.call('SMISMEMBER', KEYS[3], unpack(hashes))
local suspended = redis.call('EXISTS', KEYS[4]) == 1
local marks = redis.call('HLEN', KEYS[5]) > 0

local interactions, impressions, changed, new, verdicts = {}, {}, {}, {}, {}
local met = {}
for event = 1, count do
  local hash = hashes[event]
  if today[event] == 1 or yesterday[event] == 1 or met[hash] then
    verdicts[event] = '0'
  elseif marks and at(event, 1) ~= '0' and redis.call('HEXISTS', KEYS[5], at(event, 5)) == 1 then
    verdicts[event] = '2'
  else
    verdicts[event] = '1'
    met[hash] = true
    new[#new + 1] = hash
    local visitor, body, done, shown = tonumber(at(event, 1)), at(event, 2), at(event, 3), at(event, 4)
    if suspended and visitor > 0 then
      redis.call('XADD', KEYS[1], '*', 'k', 'e', 'b', body)
    else
      local before = ''
      if done ~= '' then
        local known = interactions[visitor] or redis.call('GET', KEYS[visitor]) or ''
        before = string.sub(known, -tonumber(ARGV[6]))
        interactions[visitor] = string.sub(known .. done, -tonumber(ARGV[4]))
      end
      if shown ~= '' then
        local known = impressions[visitor] or redis.call('GET', KEYS[visitor + 1]) or ''
        impressions[visitor] = string.sub(known .. shown, -tonumber(ARGV[5]))
      end
      if visitor > 0 then changed[visitor] = true end
      redis.call('XADD', KEYS[1], '*', 'k', 'e', 'b', body, 'p', before)
    end
  end
end

if #new > 0 then
  redis.call('SADD', KEYS[2], unpack(new))
  redis.call('EXPIRE', KEYS[2], ARGV[2])
end
for visitor in pairs(changed) do
  if interactions[visitor] then
    redis.call('SET', KEYS[visitor], interactions[visitor], 'EX', ARGV[3])
  else
    redis.call('EXPIRE', KEYS[visitor], ARGV[3])
  end
  if impressions[visitor] then
    redis.call('SET', KEYS[visitor + 1], impressions[visitor], 'EX', ARGV[3])
  else
    redis.call('EXPIRE', KEYS[visitor + 1], ARGV[3])
  end
end
return table.concat(verdicts)
