-- Append an exposure, unless its visitor is erased or objects.
-- KEYS: 1 stream, 2 visitors who are erased or object. ARGV: 1 most facts in the stream, 2 JSON, 3 hash of the visitor
--       ("": none). Returns 1 if it was written.
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then
  return redis.error_reply('BACKLOG the stream is full')
end
if ARGV[3] ~= '' and redis.call('HEXISTS', KEYS[2], ARGV[3]) == 1 then return 0 end
redis.call('XADD', KEYS[1], '*', 'k', 'x', 'b', ARGV[2])
return 1
