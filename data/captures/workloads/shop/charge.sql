\set id random(1, 50000)
UPDATE customers SET credit = credit - 1 WHERE id = :id;
