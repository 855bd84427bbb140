-- What the visitors did, before their first exposure (their past) and after it, and all refunds, which the shop's own
-- machines send for nobody. A click and a listing count on the page that is looked at; an order wherever it was made.
CREATE TEMP TABLE acts AS
SELECT number, arm, e.time < first_at AS is_past, name, e.time, value, currency, transaction_id
FROM (
    SELECT visitor_id, name, time, page, value, currency, transaction_id FROM logged_events
    UNION ALL
    SELECT visitor_id, name, time, page, value, currency, transaction_id FROM waiting_events
) AS e
LEFT JOIN visitors USING (visitor_id)
WHERE
    name IN ('purchase', 'refund', 'add_to_cart', 'select_item', 'view_item_list')
    AND e.time >= $past AND e.time < $until
    AND (name = 'refund' OR number IS NOT NULL AND NOT is_both)
    AND (
        name IN ('purchase', 'refund', 'add_to_cart')
        OR e.time >= first_at AND ($whole OR page = $page OR starts_with(page, $page || '/'))
    );
