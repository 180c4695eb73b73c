\set first random(1, 20000)
SELECT topic, count(*), max(written) FROM notes WHERE id BETWEEN :first AND :first + 6000 GROUP BY topic ORDER BY count(*) DESC LIMIT 10;
