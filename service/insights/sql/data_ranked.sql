-- Listings seen since $day, how many name the ranking that made them, and of how many that ranking is in the log.
SELECT
    count(*),
    count(ranking_id),
    count(*) FILTER (ranking_id IN (SELECT ranking_id FROM logged_exposures WHERE time >= $day - 7200.0))
FROM logged_events
WHERE name = 'view_item_list' AND time >= $day AND time < $until;
