-- Write catalogue rows of one partition with their facts.
-- KEYS: 1 stream, then one per row. ARGV: 1 most facts in the stream, then four per row: "=" if it must be the
--       expected row now, else "*"; the expected row ("": absent); the new row ("": delete); the fact (JSON).
-- Returns one character per row: "1" written, "0" not the expected one.
local count = #KEYS - 1
if redis.call('XLEN', KEYS[1]) + count > tonumber(ARGV[1]) then
  return redis.error_reply('BACKLOG the stream is full')
end
local verdicts = {}
for row = 1, count do
  local key, at = KEYS[row + 1], 2 + (row - 1) * 4
  if ARGV[at] == '=' and (redis.call('GET', key) or '') ~= ARGV[at + 1] then
    verdicts[row] = '0'
  else
    if ARGV[at + 2] == '' then redis.call('DEL', key) else redis.call('SET', key, ARGV[at + 2]) end
    redis.call('XADD', KEYS[1], '*', 'k', 'i', 'b', ARGV[at + 3])
    verdicts[row] = '1'
  end
end
return table.concat(verdicts)
