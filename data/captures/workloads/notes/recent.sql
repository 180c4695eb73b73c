\set topic random(1, 1200)
SELECT id, title, written FROM notes WHERE topic = :topic ORDER BY written DESC LIMIT 20;
