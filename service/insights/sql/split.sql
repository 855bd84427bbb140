SELECT
    count(*) FILTER (arm = 'treatment' AND NOT is_both),
    count(*) FILTER (arm = 'control' AND NOT is_both),
    count(*) FILTER (is_both)
FROM visitors;
