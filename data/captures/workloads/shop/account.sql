\set id random_exponential(1, 50000, 5)
SELECT name, credit FROM customers WHERE id = :id;
