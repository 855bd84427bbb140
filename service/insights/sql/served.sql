-- The rankings that a model was to make since a canary got its share, each with its visitor's group.
CREATE TEMP TABLE served AS
SELECT visitor_id, time, reason, latency_ms, grouped."group" AS side
FROM (SELECT * FROM logged_exposures UNION ALL BY NAME SELECT * FROM waiting_exposures)
JOIN grouped USING (visitor_id)
WHERE
    time >= $since AND time < $until AND arm = 'treatment' AND NOT coalesce(recommends, false)
    AND NOT coalesce(automated, false)
    AND (reason IS NULL OR reason IN ('no_model', 'store_unavailable', 'timeout'));
