-- The rankings of each page itself, and how many of them were personalised. Of pages that are off a sample was recorded.
SELECT
    page,
    round(sum(CASE WHEN reason IN ('off_by_merchant', 'kill_switch') THEN 1.0 / $sampled ELSE 1.0 END))::BIGINT,
    count(*) FILTER (personalized)
FROM (SELECT * FROM logged_exposures UNION ALL BY NAME SELECT * FROM waiting_exposures)
WHERE time >= $since AND time < $until AND page IS NOT NULL
GROUP BY page
ORDER BY 2 DESC, page
LIMIT $most;
