-- Append a batch's trail, once, and drop the oldest ones past the bound.
-- KEYS: 1 trail (stream), 2 batches of it without somebody (sorted set), 3 the size of both (bytes).
-- ARGV: 1 batch, 2 trail, 3 the most bytes of all trails together, 4 what each is counted with beside its own bytes.
-- Returns 1, or 0 where this or a later batch is there already.
local ENTRY = tonumber(ARGV[4])
local added = redis.pcall('XADD', KEYS[1], ARGV[1] .. '-0', 'b', ARGV[2])
if type(added) == 'table' and added.err then
  if string.find(added.err, 'equal or smaller') then return 0 end
  return added
end

local function drop_oldest()
  local entry = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
  local rest = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
  if rest[1] and (not entry or tonumber(rest[2]) < tonumber(string.match(entry[1], '^%d+'))) then
    redis.call('ZREM', KEYS[2], rest[1])
    return #rest[1] + ENTRY
  end
  redis.call('XDEL', KEYS[1], entry[1])
  return #entry[2][2] + ENTRY
end

local size = redis.call('INCRBY', KEYS[3], #ARGV[2] + ENTRY)
while size > tonumber(ARGV[3]) do size = redis.call('DECRBY', KEYS[3], drop_oldest()) end
return 1
