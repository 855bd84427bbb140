"""Settings in Redis; the key schema is in `features.store.settings`."""

from collections.abc import Mapping
from typing import Any, Final

import redis

from features.store.keys import settings_key, stream_key
from features.store.settings import REVISION, Snapshot

_SHOPS: Final = "balad:shops"
# KEYS: settings hash, stream. ARGV: name, before, after ("" is absent), fact ("" appends none), "1" if before counts
_REPLACE: Final = """
local now = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if ARGV[5] == '1' and now ~= ARGV[2] then return 0 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
redis.call('HINCRBY', KEYS[1], '#', 1)
if ARGV[4] ~= '' then redis.call('XADD', KEYS[2], '*', 'k', 's', 'b', ARGV[4]) end
return 1
"""


class RedisSettings:
    """A SettingsStore on a client that answers bytes."""

    def __init__(self, client: "redis.Redis[Any]") -> None:
        self._client = client
        self._replace = client.register_script(_REPLACE)
