\set q random(1, 2000)
INSERT INTO notes SELECT nextval('note_ids'), 1 + :q % 1200, now(), 'new', repeat('x', 400), embedding FROM questions WHERE id = :q;
