-- The measurement windows that rankings fell into: never pooled, so one of them is chosen.
SELECT experiment, since, source, count(*) AS rankings, min(time) AS first_at, max(time) AS last_at
FROM seen
WHERE side IS NOT NULL AND visitor_id IS NOT NULL
GROUP BY experiment, since, source
ORDER BY since DESC, last_at DESC;
