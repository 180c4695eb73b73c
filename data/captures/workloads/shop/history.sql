\set id random_exponential(1, 50000, 5)
SELECT o.id, o.placed, sum(l.pieces * p.price) FROM orders AS o JOIN lines AS l ON l.order_id = o.id JOIN products AS p ON p.id = l.product WHERE o.customer = :id GROUP BY o.id ORDER BY o.placed DESC LIMIT 20;
