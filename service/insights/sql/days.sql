-- Rankings of each day (UTC), and how many of them were personalised.
SELECT
    strftime(make_timestamp((floor(time / 86400.0) * 86400e6)::BIGINT), '%Y-%m-%d') AS date,
    round(sum(CASE WHEN reason IN ('off_by_merchant', 'kill_switch') THEN 1.0 / $sampled ELSE 1.0 END))::BIGINT,
    count(*) FILTER (personalized)
FROM seen
GROUP BY date
ORDER BY date;
