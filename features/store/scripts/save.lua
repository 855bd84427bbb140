-- Replace the work state of a shop and prolong the lease on it, if it is still held.
-- KEYS: 1 lease, 2 work state. ARGV: 1 token, 2 work state (JSON), 3 life of the lease (ms).
-- Returns 1, or 0 where the lease was lost.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('SET', KEYS[2], ARGV[2])
return 1
