-- Append an exposure and keep its order for the next page.
-- KEYS: 1 stream, 2 the order. ARGV: 1 most facts in the stream, 2 JSON, 3 the order ("": not kept), 4 its life (s).
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then
  return redis.error_reply('BACKLOG the stream is full')
end
redis.call('XADD', KEYS[1], '*', 'k', 'x', 'b', ARGV[2])
if ARGV[3] ~= '' then redis.call('SET', KEYS[2], ARGV[3], 'EX', ARGV[4]) end
return 1
