-- How each side was served: a fallback is a ranking that should have been personalised and was not.
SELECT
    side,
    count(*),
    quantile_cont(latency_ms, 0.5),
    quantile_cont(latency_ms, 0.95),
    quantile_cont(latency_ms, 0.99),
    count(*) FILTER (reason IN ('no_model', 'not_enough_data', 'store_unavailable', 'timeout')),
    count(*) FILTER (reason IN ('store_unavailable', 'timeout'))
FROM seen
WHERE side IS NOT NULL AND experiment = $experiment AND since = $window
GROUP BY side;
