\set from random(1, 250000)
SELECT count(*), sum(l.pieces * p.price) FROM lines AS l JOIN products AS p ON p.id = l.product WHERE l.order_id BETWEEN :from AND :from + 8000;
