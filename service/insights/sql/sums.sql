-- What an arm's visitors sum up to, for each figure: n, y, y², x, x², xy; x is the past, or what clicks are out of.
WITH capped AS (
    SELECT
        * REPLACE (least(revenue, $cap) AS revenue, least(past_revenue, $past_cap) AS past_revenue),
        revenue > $cap AS is_capped
    FROM figures
)
SELECT
    arm,
    count(*) FILTER (is_capped),
    [count(*), sum(revenue), sum(revenue * revenue), sum(past_revenue), sum(past_revenue * past_revenue),
        sum(revenue * past_revenue)],
    [count(*), sum(bought), sum(bought), sum(past_bought), sum(past_bought), sum(bought * past_bought)],
    [count(*), sum(carted), sum(carted), sum(past_carted), sum(past_carted), sum(carted * past_carted)],
    [count(*), sum(clicks), sum(clicks * clicks), sum(listings), sum(listings * listings), sum(clicks * listings)]
FROM capped
GROUP BY arm;
