-- What the visitors did, before their first exposure (their past) and after it, and all refunds, which the shop's own
-- machines send for nobody. A click and a listing count on the page that is looked at; an order wherever it was made.
-- The rows are thinned out before they meet the visitors: that is where the time goes.
CREATE TEMP TABLE acts AS
WITH every AS (
    SELECT visitor_id, name, time, page, value, currency, transaction_id FROM logged_events
    UNION ALL
    SELECT visitor_id, name, time, page, value, currency, transaction_id FROM waiting_events
),
counted AS (
    SELECT CASE WHEN name = 'refund' THEN '' ELSE visitor_id END AS visitor_id, * EXCLUDE (visitor_id, page)
    FROM every
    WHERE
        name IN ('purchase', 'refund', 'add_to_cart', 'select_item', 'view_item_list')
        AND time >= $past AND time < $until
        AND (
            name IN ('purchase', 'refund', 'add_to_cart')
            OR time >= $since AND ($whole OR page = $page OR starts_with(page, $page || '/'))
        )
)
SELECT number, time < first_at AS is_past, name, time, value, currency, transaction_id
FROM counted
JOIN visitors USING (visitor_id)
WHERE NOT is_both AND (time >= first_at OR name IN ('purchase', 'add_to_cart'));
