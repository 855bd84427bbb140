-- Clicks that follow a listing which the same visitor saw up to $gap seconds before: what a model can learn from.
WITH
lists AS (
    SELECT visitor_id, time
    FROM logged_events
    WHERE name = 'view_item_list' AND visitor_id IS NOT NULL AND time >= $since AND time < $until
),
clicks AS (
    SELECT visitor_id, session_id, time
    FROM logged_events
    WHERE name = 'select_item' AND visitor_id IS NOT NULL AND time >= $since AND time < $until
),
joined AS (
    SELECT clicks.visitor_id, clicks.session_id, CASE WHEN clicks.time - lists.time <= $gap THEN lists.time END AS seen_at
    FROM clicks
    ASOF LEFT JOIN lists ON clicks.visitor_id = lists.visitor_id AND clicks.time >= lists.time
)
SELECT
    (SELECT count(*) FROM lists),
    count(*),
    count(seen_at),
    count(DISTINCT (visitor_id, seen_at)) FILTER (seen_at IS NOT NULL),
    count(DISTINCT (visitor_id, session_id)) FILTER (seen_at IS NOT NULL)
FROM joined;
