-- Each order once, with what was given back: a refund without an amount gives back the whole order, one with another
-- currency nothing that we can compute.
CREATE TEMP TABLE orders AS
WITH
bought AS (
    SELECT
        transaction_id,
        arg_min(number, time) AS number,
        arg_min(is_past, time) AS is_past,
        arg_min(value, time) AS value,
        arg_min(currency, time) AS currency
    FROM acts
    WHERE name = 'purchase'
    GROUP BY transaction_id
),
given_back AS (
    SELECT
        transaction_id,
        currency,
        CASE WHEN bool_or(value IS NULL) THEN 'Infinity'::DOUBLE ELSE sum(value) END AS value
    FROM acts
    WHERE name = 'refund'
    GROUP BY transaction_id, currency
)
SELECT
    bought.number,
    bought.is_past,
    bought.value,
    bought.currency,
    least(bought.value, coalesce(sum(given_back.value), 0.0)) AS refunded
FROM bought
LEFT JOIN given_back
    ON bought.transaction_id = given_back.transaction_id
    AND coalesce(given_back.currency, bought.currency) = bought.currency
GROUP BY bought.transaction_id, bought.number, bought.is_past, bought.value, bought.currency;
