-- Whom a model was to rank for since a canary got its share.
SELECT DISTINCT visitor_id
FROM (SELECT * FROM logged_exposures UNION ALL BY NAME SELECT * FROM waiting_exposures)
WHERE
    time >= $since AND time < $until AND arm = 'treatment' AND NOT coalesce(recommends, false)
    AND NOT coalesce(automated, false)
    AND visitor_id IS NOT NULL AND (reason IS NULL OR reason IN ('no_model', 'store_unavailable', 'timeout'));
