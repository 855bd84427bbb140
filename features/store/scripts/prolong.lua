-- Keep the lease for as long again, if it is still held. KEYS: 1 lease. ARGV: 1 token, 2 life in ms.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
