-- Add the records of a batch to the visitors of one partition, once.
-- KEYS: 1 last batch here, 2 visitors who are erased or object, then per visitor: interactions, impressions.
-- ARGV: 1 batch, 2 life of a visitor (s),
--       3 interactions kept (bytes), 4 impressions kept (bytes), 5 size of an INTERACTION, 6 of an IMPRESSION (bytes),
--       7 "1" to put records where their time is, "0" to put them last; then three per visitor: what to add to
--       interactions and to impressions, hash of the visitor.
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
local function add(key, added, kept, size)
  if added == '' then return end
  local known = redis.call('GET', key) or ''
  local all = ARGV[7] == '1' and merged(known, added, size) or (known .. added)
  redis.call('SET', key, string.sub(all, -kept), 'EX', ARGV[2])
end

local marks = redis.call('HLEN', KEYS[2]) > 0
for visitor = 0, (#KEYS - 2) / 2 - 1 do
  local key, value = 3 + 2 * visitor, 8 + 3 * visitor
  if not (marks and redis.call('HEXISTS', KEYS[2], ARGV[value + 2]) == 1) then
    add(KEYS[key], ARGV[value], tonumber(ARGV[3]), tonumber(ARGV[5]))
    add(KEYS[key + 1], ARGV[value + 1], tonumber(ARGV[4]), tonumber(ARGV[6]))
  end
end
redis.call('SET', KEYS[1], ARGV[1])
return 1
