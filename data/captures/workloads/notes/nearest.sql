\set q random(1, 2000)
SELECT id, title FROM notes ORDER BY embedding <#> (SELECT embedding FROM questions WHERE id = :q) LIMIT 20;
