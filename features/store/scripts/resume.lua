-- End the suspension of a partition if nothing has reached its stream after a position.
-- KEYS: 1 stream, 2 suspension mark. ARGV: 1 position. Returns 1 if it ended, 0 if there is more to read.
local newest = redis.call('XREVRANGE', KEYS[1], '+', '(' .. ARGV[1], 'COUNT', 1)
if #newest > 0 then return 0 end
redis.call('DEL', KEYS[2])
return 1
