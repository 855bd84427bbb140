-- The visitors of one window from their first exposure on; who met both sides counts for neither. Number 0 is nobody,
-- whom refunds belong to.
CREATE TEMP TABLE visitors AS
SELECT row_number() OVER () AS number, *
FROM (
    SELECT
        visitor_id,
        min(time) AS first_at,
        min(side) AS arm,
        min(side) <> max(side) AS is_both,
        bool_or(is_declared) AS is_declared,
        count(*) AS rankings
    FROM seen
    WHERE side IS NOT NULL AND visitor_id IS NOT NULL AND experiment = $experiment AND since = $window
    GROUP BY visitor_id
)
UNION ALL
SELECT 0, '', '-Infinity'::DOUBLE, NULL, false, false, 0;
