-- What the visitors of each group sum up to, per figure: n, y, y², x, x², xy; x is the visitor's rankings. What a
-- visitor did counts from their first ranking on; a ranking is slow where 19 of 20 of the rest's are faster.
WITH
usual AS (SELECT quantile_cont(latency_ms, 0.95) AS ms FROM served WHERE side = 'rest'),
shown AS (
    SELECT
        visitor_id,
        side,
        min(time) AS first_at,
        count(*)::DOUBLE AS rankings,
        count(*) FILTER (reason = 'no_model')::DOUBLE AS errors,
        count(*) FILTER (reason IN ('store_unavailable', 'timeout'))::DOUBLE AS fallbacks,
        count(*) FILTER (latency_ms > (SELECT ms FROM usual))::DOUBLE AS slow
    FROM served
    GROUP BY visitor_id, side
),
acts AS (
    SELECT visitor_id, name, time FROM logged_events WHERE name IN ('select_item', 'purchase') AND time >= $since
    UNION ALL
    SELECT visitor_id, name, time FROM waiting_events WHERE name IN ('select_item', 'purchase') AND time >= $since
),
deeds AS (
    SELECT
        visitor_id,
        count(*) FILTER (name = 'select_item')::DOUBLE AS clicks,
        count(*) FILTER (name = 'purchase') AS orders
    FROM acts
    JOIN shown USING (visitor_id)
    WHERE acts.time >= first_at AND acts.time < $until
    GROUP BY visitor_id
),
visitors AS (
    SELECT
        side, rankings AS x, errors, fallbacks, slow,
        coalesce(clicks, 0.0) AS clicks,
        (coalesce(orders, 0) > 0)::DOUBLE AS bought
    FROM shown
    LEFT JOIN deeds USING (visitor_id)
)
SELECT
    side,
    [count(*), sum(errors), sum(errors * errors), sum(x), sum(x * x), sum(errors * x)],
    [count(*), sum(fallbacks), sum(fallbacks * fallbacks), sum(x), sum(x * x), sum(fallbacks * x)],
    [count(*), sum(slow), sum(slow * slow), sum(x), sum(x * x), sum(slow * x)],
    [count(*), sum(clicks), sum(clicks * clicks), sum(x), sum(x * x), sum(clicks * x)],
    [count(*), sum(bought), sum(bought), sum(x), sum(x * x), sum(bought * x)]
FROM visitors
GROUP BY side;
