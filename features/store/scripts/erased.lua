-- Record, once, that an erasure is done in the log too.
-- KEYS: 1 erasures under way, 2 its proof, 3 stream of partition 0. ARGV: 1 id of the erasure, 2 proof (JSON),
--       3 life of the proof (s), 4 fact (JSON). Returns 1, or 0 where it was recorded before.
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
redis.call('XADD', KEYS[3], '*', 'k', 'p', 'b', ARGV[4])
return 1
