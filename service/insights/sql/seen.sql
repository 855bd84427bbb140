-- The rankings of a page and those below it ($whole: of the shop), each with the side it counts for.
-- For a page the sides are the arms of its own experiment. For the shop the one side is its holdout, whatever page
-- they were on, and the other is everybody else in an experiment: what Balad as a whole does.
CREATE TEMP TABLE seen AS
SELECT
    visitor_id,
    time,
    reason,
    personalized,
    latency_ms,
    source,
    coalesce(automated, false) AS is_declared,
    CASE WHEN $whole THEN $holdout ELSE coalesce(experiment, '') END AS experiment,
    CASE WHEN $whole THEN 0.0 ELSE coalesce("window", 0.0) END AS since,
    CASE
        WHEN NOT $whole AND arm IN ('treatment', 'control') THEN arm
        WHEN $whole AND (arm = 'holdout' OR arm = 'control' AND coalesce(experiment, $holdout) = $holdout) THEN 'control'
        WHEN $whole AND arm IN ('treatment', 'control') THEN 'treatment'
    END AS side
FROM (SELECT * FROM logged_exposures UNION ALL BY NAME SELECT * FROM waiting_exposures)
WHERE time >= $since AND time < $until AND ($whole OR page = $page OR starts_with(page, $page || '/'));
