-- Mark a visitor as erased or objecting, or take the mark away; forget them; append the fact. Never refused: no
-- stream is too full for it.
-- KEYS: 1 marks, 2 stream, 3 interactions, 4 impressions. ARGV: 1 hash of the visitor, 2 mark ("": none), 3 fact (JSON).
-- Returns 1, or 0 and does nothing where the visitor is erased already and the mark is another: erased is for good.
local ERASED = 'e'
if ARGV[2] ~= ERASED and redis.call('HGET', KEYS[1], ARGV[1]) == ERASED then return 0 end
if ARGV[2] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
  redis.call('UNLINK', KEYS[3], KEYS[4])
end
redis.call('XADD', KEYS[2], '*', 'k', 'p', 'b', ARGV[3])
return 1
