\set t random(0, 39)
SELECT id, name, price FROM products WHERE tags @> ARRAY['t' || :t] ORDER BY price LIMIT 20;
