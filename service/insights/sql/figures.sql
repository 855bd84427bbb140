-- One row per visitor: their side, what followed their first exposure, and their past.
CREATE TEMP TABLE figures AS
WITH
money AS (
    SELECT
        number,
        sum(value - refunded) FILTER (NOT is_past AND currency = $currency) AS revenue,
        sum(value - refunded) FILTER (is_past AND currency = $currency) AS past_revenue,
        bool_or(NOT is_past) AS bought,
        bool_or(is_past) AS past_bought
    FROM orders
    GROUP BY number
),
deeds AS (
    SELECT
        number,
        bool_or(name = 'add_to_cart' AND NOT is_past) AS carted,
        bool_or(name = 'add_to_cart' AND is_past) AS past_carted,
        count(*) FILTER (name = 'select_item') AS clicks,
        count(*) FILTER (name = 'view_item_list') AS listings
    FROM acts
    WHERE number > 0
    GROUP BY number
)
SELECT
    visitors.arm,
    coalesce(money.revenue, 0.0) AS revenue,
    coalesce(money.past_revenue, 0.0) AS past_revenue,
    coalesce(money.bought, false)::DOUBLE AS bought,
    coalesce(money.past_bought, false)::DOUBLE AS past_bought,
    coalesce(deeds.carted, false)::DOUBLE AS carted,
    coalesce(deeds.past_carted, false)::DOUBLE AS past_carted,
    coalesce(deeds.clicks, 0)::DOUBLE AS clicks,
    coalesce(deeds.listings, 0)::DOUBLE AS listings
FROM visitors
LEFT JOIN money USING (number)
LEFT JOIN deeds USING (number)
WHERE NOT visitors.is_both AND visitors.number > 0;
