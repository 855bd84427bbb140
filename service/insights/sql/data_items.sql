-- The items that most events are about, with how many.
SELECT item.item_id, count(*)
FROM (SELECT unnest(items) AS item FROM logged_events WHERE time >= $since AND time < $until)
GROUP BY item.item_id
ORDER BY count(*) DESC, item.item_id
LIMIT $most;
