-- Write statistics records of one partition, each unless a later or the same batch has written it.
-- KEYS: the records. ARGV: 1 batch, 2 life (s), then the new value of each; a record begins with its batch (u64 LE).
local batch = tonumber(ARGV[1])
for record = 1, #KEYS do
  local before = redis.call('GETRANGE', KEYS[record], 0, 7)
  if #before < 8 or struct.unpack('<I8', before) < batch then
    redis.call('SET', KEYS[record], ARGV[record + 2], 'EX', ARGV[2])
  end
end
return 1
