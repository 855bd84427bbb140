-- The shop's currency is that of most orders; the others are counted and left out of the revenue.
SELECT
    mode(currency),
    count(*),
    count(*) FILTER (currency <> (SELECT mode(currency) FROM orders WHERE NOT is_past)),
    count(*) FILTER (refunded > 0.0)
FROM orders
WHERE NOT is_past;
