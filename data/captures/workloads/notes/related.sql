\set id random(1, 30000)
SELECT l2.target, sum(l1.weight * l2.weight) AS score FROM links AS l1 JOIN links AS l2 ON l2.source = l1.target WHERE l1.source = :id GROUP BY l2.target ORDER BY score DESC LIMIT 10;
