-- All rankings by why they count or not. Where a page is off, only a sample of $sampled was recorded.
SELECT
    CASE
        WHEN visitor_id IN (SELECT visitor_id FROM automated) THEN 'automated'
        WHEN side IS NOT NULL AND visitor_id IS NOT NULL AND experiment = $experiment AND since = $window THEN 'covered'
        WHEN side IS NOT NULL AND visitor_id IS NOT NULL THEN 'other_window'
        WHEN reason IS NULL THEN 'no_visitor_id'
        ELSE reason
    END AS why,
    round(sum(CASE WHEN reason IN ('off_by_merchant', 'kill_switch') THEN 1.0 / $sampled ELSE 1.0 END))::BIGINT
FROM seen
GROUP BY why
ORDER BY why;
