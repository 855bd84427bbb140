-- Events of each minute since $hour.
SELECT floor((time - $hour) / 60.0)::INTEGER AS minute, count(*)
FROM (SELECT time FROM logged_events UNION ALL SELECT time FROM waiting_events)
WHERE time >= $hour AND time < $until
GROUP BY minute
ORDER BY minute;
