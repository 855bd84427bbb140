-- Add the records of a batch to the visitors of one partition, once.
-- KEYS: 1 last batch here, then per visitor: interactions, impressions. ARGV: 1 batch, 2 life of a visitor (s),
--       3 interactions kept (bytes), 4 impressions kept (bytes), 5 size of an INTERACTION, 6 of an IMPRESSION (bytes),
--       7 "1" to put records where their time is, "0" to put them last; then one value for each KEY from the second.
-- The time of a record is the float64 (little-endian) at its ninth byte.
local function time_at(records, start) return (struct.unpack('<d', records, start + 8)) end

local function merged(known, added, size)
  if known == '' or time_at(known, #known - size + 1) <= time_at(added, 1) then return known .. added end
  local all, rows = known .. added, {}
  for start = 1, #all, size do rows[#rows + 1] = {time_at(all, start), #rows, start} end
  table.sort(rows, function(a, b) if a[1] ~= b[1] then return a[1] < b[1] end return a[2] < b[2] end)
  for i, row in ipairs(rows) do rows[i] = string.sub(all, row[3], row[3] + size - 1) end
  return table.concat(rows)
end

if tonumber(redis.call('GET', KEYS[1]) or '0') >= tonumber(ARGV[1]) then return 0 end
for place = 2, #KEYS do
  local added = ARGV[place + 6]
  if added ~= '' then
    local shown = place % 2 == 1
    local kept = tonumber(shown and ARGV[4] or ARGV[3])
    local size = tonumber(shown and ARGV[6] or ARGV[5])
    local known = redis.call('GET', KEYS[place]) or ''
    local all = ARGV[7] == '1' and merged(known, added, size) or (known .. added)
    redis.call('SET', KEYS[place], string.sub(all, -kept), 'EX', ARGV[2])
  end
end
redis.call('SET', KEYS[1], ARGV[1])
return 1
