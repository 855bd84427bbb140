-- Replace what batches added to the trail, or drop it: a stream's entry cannot be changed, so what is left moves beside it.
-- KEYS: 1 trail (stream), 2 batches of it without somebody (sorted set), 3 the size of both (bytes), 4 lease.
-- ARGV: 1 token, 2 what each is counted with beside its own bytes, then two per batch: its number, what is left ("": none).
-- Returns 1, or 0 where the lease was lost. A batch that is no longer there is left alone.
if redis.call('GET', KEYS[4]) ~= ARGV[1] then return 0 end
local ENTRY = tonumber(ARGV[2])
for place = 3, #ARGV, 2 do
  local batch, left, gone = ARGV[place], ARGV[place + 1], 0
  local id = batch .. '-0'
  local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
  local rest = redis.call('ZRANGEBYSCORE', KEYS[2], batch, batch)[1]
  if entry then
    redis.call('XDEL', KEYS[1], id)
    gone = #entry[2][2] + ENTRY
  elseif rest then
    redis.call('ZREM', KEYS[2], rest)
    gone = #rest + ENTRY
  end
  if gone > 0 and left ~= '' then
    local named = batch .. ':' .. left
    redis.call('ZADD', KEYS[2], batch, named)
    gone = gone - #named - ENTRY
  end
  if gone ~= 0 then redis.call('DECRBY', KEYS[3], gone) end
end
return 1
