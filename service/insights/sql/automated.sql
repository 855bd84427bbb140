-- Visitors that no person is: their browser says so, or in one hour there were more than $most rankings for them, or more
-- than $most clicks, listings and orders by them.
CREATE TEMP TABLE automated AS
SELECT number, visitor_id
FROM visitors
WHERE
    is_declared
    OR number IN (
        SELECT visitors.number
        FROM visitors
        JOIN seen USING (visitor_id)
        WHERE visitors.rankings > $most
        GROUP BY visitors.number, floor(seen.time / 3600.0)
        HAVING count(*) > $most
    )
    OR number IN (
        SELECT number
        FROM acts
        WHERE number > 0 AND NOT is_past
        GROUP BY number, floor(time / 3600.0)
        HAVING count(*) > $most
    );
