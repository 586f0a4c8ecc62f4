import { RedisScript } from './redis-script.js';

/*
 * Two keys in one slot. KEYS[1], a hash: `position`, `floor` (before it the log knows nothing), `blind` (until then
 * there may be readers it does not know), and `r:<id>` for each reader: until when it may trust what it knows. Times are
 * milliseconds of the server's clock. KEYS[2], a sorted set: the newest position of each name.
 *
 * ARGV begins with: channel, how long a reader trusts what it knows, the newest position the caller knows, its id.
 *
 * A log that was lost (restart, FLUSHALL, eviction of either key) or put back (backup, failover to a copy that lags)
 * begins anew above all that was. Positions are written by `%.0f`, because Lua would write them as 1.8e+15.
 */
const begin = `
local channel, trust, known, me = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local time = redis.call('TIME')
local micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
local now = math.floor(micros / 1000)
local function text(number) return string.format('%.0f', number) end
local state = redis.call('HMGET', KEYS[1], 'position', 'floor', 'blind')
local position, floor, blind = tonumber(state[1] or ''), tonumber(state[2] or ''), tonumber(state[3] or '')
local function publish() redis.call('PUBLISH', channel, text(position) .. ' ' .. me) end
local function trustMe() redis.call('HSET', KEYS[1], 'r:' .. me, text(now + trust)) end
if not (position and floor and blind and position >= known
    and (position == floor or redis.call('EXISTS', KEYS[2]) == 1)) then
  position = math.max(micros, known + 1, (position or 0) + 1)
  floor, blind = position, now + trust
  redis.call('DEL', KEYS[1], KEYS[2])
  redis.call('HSET', KEYS[1], 'position', text(position), 'floor', text(floor), 'blind', text(blind))
  publish()
end
`;

/**
 * More values: the most names, how many names, the names; then for each further key the number of its name, its lifetime
 * in milliseconds (empty: for ever; 0: none) and what stands before and after the version in what is kept there.
 * Answers { position, ms of unknown readers, id, ms, id, ms … }.
 */
export const appendScript = new RedisScript(`${begin}
local pairs = {}
local function add()
  if #pairs > 0 then redis.call('ZADD', KEYS[2], unpack(pairs)) end
  pairs = {}
end
local before, count = position, tonumber(ARGV[6])
for index = 7, 6 + count do
  position = position + 1
  pairs[#pairs + 1] = position
  pairs[#pairs + 1] = ARGV[index]
  if #pairs >= 2000 then add() end
end
add()
redis.call('HSET', KEYS[1], 'position', text(position))
for index = 3, #KEYS do
  local at = 7 + count + (index - 3) * 4
  local ms, value = ARGV[at + 1], ARGV[at + 2] .. text(before + tonumber(ARGV[at])) .. ARGV[at + 3]
  if ms == '' then
    redis.call('SET', KEYS[index], value)
  elseif ms ~= '0' then
    redis.call('SET', KEYS[index], value, 'PX', ms)
  end
end
local most = tonumber(ARGV[5])
local over = redis.call('ZCARD', KEYS[2]) - most
if over > 0 then
  local last = over - 1 + math.floor(most / 100)
  local cut = redis.call('ZRANGE', KEYS[2], last, last, 'WITHSCORES')[2]
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', cut)
  redis.call('HSET', KEYS[1], 'floor', cut)
end
publish()
local answer = {position, math.max(0, blind - now)}
local fields = redis.call('HGETALL', KEYS[1])
for index = 1, #fields, 2 do
  if string.sub(fields[index], 1, 2) == 'r:' then
    local id, left = string.sub(fields[index], 3), tonumber(fields[index + 1]) - now
    if left <= 0 then
      redis.call('HDEL', KEYS[1], fields[index])
    elseif id ~= me then
      answer[#answer + 1] = id
      answer[#answer + 1] = left
    end
  end
end
return answer
`);

/** Answers the position, and lets the caller trust it. */
export const beatScript = new RedisScript(`${begin}
trustMe()
return position
`);

/** More values: a position, the most rows. Answers { position, 1 if truncated, name, position, name, position … }. */
export const sinceScript = new RedisScript(`${begin}
trustMe()
if tonumber(ARGV[5]) < floor then return {position, 1} end
local rows = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. ARGV[5], '+inf', 'WITHSCORES', 'LIMIT', '0', ARGV[6])
local answer = {position, 0}
for index = 1, #rows do answer[index + 2] = rows[index] end
return answer
`);

/** More values: names. Answers { floor, position or nothing for each name }. */
export const latestScript = new RedisScript(`${begin}
local answer = {floor}
for index = 5, #ARGV do answer[index - 3] = redis.call('ZSCORE', KEYS[2], ARGV[index]) end
return answer
`);
