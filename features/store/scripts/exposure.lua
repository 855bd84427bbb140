-- Append an exposure. KEYS: 1 stream. ARGV: 1 most facts in the stream, 2 JSON.
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then
  return redis.error_reply('BACKLOG the stream is full')
end
redis.call('XADD', KEYS[1], '*', 'k', 'x', 'b', ARGV[2])
return 1
