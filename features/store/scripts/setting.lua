-- Replace one setting, if it still is what the writer saw, and append the fact of it.
-- KEYS: settings hash, stream of partition 0, list of the newest changes
-- (500 of them: a year of a busy merchant; older ones are in the log)
-- ARGV: name, before ("" absent), after ("" absent), fact ("" appends none), "1" where before counts
local now = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if ARGV[5] == '1' and now ~= ARGV[2] then
  return 0
end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
end
redis.call('HINCRBY', KEYS[1], '#', 1)
if ARGV[4] ~= '' then
  redis.call('XADD', KEYS[2], '*', 'k', 's', 'b', ARGV[4])
  redis.call('LPUSH', KEYS[3], ARGV[4])
  redis.call('LTRIM', KEYS[3], 0, 499)
end
return 1
