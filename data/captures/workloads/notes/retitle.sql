\set id random(1, 30000)
UPDATE links SET weight = random() WHERE ctid = (SELECT ctid FROM links WHERE source = :id LIMIT 1);
