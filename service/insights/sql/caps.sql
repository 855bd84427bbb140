-- The 99th percentile of what those spend who spend: one threshold for both sides. Among all visitors it would be 0 in
-- most shops, where fewer than one in a hundred buys. No cap where nobody bought.
SELECT
    coalesce(quantile_cont(revenue, $quantile) FILTER (revenue > 0.0), 'Infinity'::DOUBLE),
    coalesce(quantile_cont(past_revenue, $quantile) FILTER (past_revenue > 0.0), 'Infinity'::DOUBLE)
FROM figures;
