-- Events by name: of the last day, of the whole window, and when the newest happened.
SELECT name, count(*) FILTER (time >= $day), count(*), max(time)
FROM (SELECT name, time FROM logged_events UNION ALL SELECT name, time FROM waiting_events)
WHERE time >= $since AND time < $until
GROUP BY name
ORDER BY count(*) DESC, name;
