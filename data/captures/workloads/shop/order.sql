\set customer random(1, 50000)
\set product random(1, 8000)
WITH placed AS (INSERT INTO orders (customer, placed) VALUES (:customer, now()) RETURNING id) INSERT INTO lines SELECT id, :product, 1 FROM placed;
