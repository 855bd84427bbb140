-- Append a batch's trail, once, and drop the oldest ones past the bound.
-- KEYS: 1 trail (stream), 2 its size (bytes). ARGV: 1 batch, 2 trail, 3 the most bytes of all trails together,
--       4 what each is counted with beside its own bytes. Returns 1, or 0 where this or a later batch is there already.
local ENTRY = tonumber(ARGV[4])
local added = redis.pcall('XADD', KEYS[1], ARGV[1] .. '-0', 'b', ARGV[2])
if type(added) == 'table' and added.err then
  if string.find(added.err, 'equal or smaller') then return 0 end
  return added
end
local size = redis.call('INCRBY', KEYS[2], #ARGV[2] + ENTRY)
while size > tonumber(ARGV[3]) do
  local oldest = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
  redis.call('XDEL', KEYS[1], oldest[1])
  size = redis.call('DECRBY', KEYS[2], #oldest[2][2] + ENTRY)
end
return 1
