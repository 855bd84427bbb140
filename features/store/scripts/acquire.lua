-- Take or prolong the lease on a shop, unless somebody has it or waited first.
-- KEYS: 1 lease, 2 wish, 3 work state. ARGV: 1 token, 2 life of the lease (ms), 3 life of the wish to have it that
--       is left where it is not ours (ms; 0: none).
-- Returns the work state ("": none yet), or nil where the lease is not ours.
local holder, waiting = redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2])
if (holder and holder ~= ARGV[1]) or (not holder and waiting and waiting ~= ARGV[1]) then
  if ARGV[3] ~= '0' and (not waiting or waiting == ARGV[1]) then redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[3]) end
  return nil
end
if waiting == ARGV[1] then redis.call('DEL', KEYS[2]) end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return redis.call('GET', KEYS[3]) or ''
