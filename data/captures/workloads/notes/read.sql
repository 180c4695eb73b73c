\set id random(1, 30000)
SELECT id, topic, written, title, body FROM notes WHERE id = :id;
