-- A store of notes with embeddings: 30,000 notes in 1,200 topics, 256 dimensions, HNSW by inner product, and their links.
CREATE EXTENSION vector;
SELECT setseed(0.25);

CREATE TABLE topics AS
SELECT t AS id, (SELECT array_agg(random() - 0.5 + 0 * (t + g)) FROM generate_series(1, 256) AS g) AS centre
FROM generate_series(1, 1200) AS t;

CREATE TABLE notes (id int PRIMARY KEY, topic int NOT NULL, written timestamptz NOT NULL, title text NOT NULL,
                    body text NOT NULL, embedding vector(256) NOT NULL);
INSERT INTO notes
SELECT n.id, n.topic, timestamptz '2026-01-01' + n.id * interval '5 min', 'note ' || n.id, repeat(md5(n.id::text), 12),
       l2_normalize((SELECT array_agg(c + 0.35 * (random() - 0.5)) FROM unnest(t.centre) AS c)::vector(256))
FROM (SELECT id, 1 + (id * 7919) % 1200 AS topic FROM generate_series(1, 30000) AS id) AS n
JOIN topics AS t ON t.id = n.topic;

-- What is asked for: vectors near those stored.
CREATE TABLE questions (id int PRIMARY KEY, embedding vector(256) NOT NULL);
INSERT INTO questions
SELECT q.id, l2_normalize((SELECT array_agg(c + 0.35 * (random() - 0.5)) FROM unnest(t.centre) AS c)::vector(256))
FROM (SELECT id, 1 + (id * 104729) % 1200 AS topic FROM generate_series(1, 2000) AS id) AS q
JOIN topics AS t ON t.id = q.topic;

CREATE TABLE links (source int NOT NULL, target int NOT NULL, weight real NOT NULL);
INSERT INTO links
SELECT 1 + floor(random() * 30000)::int, 1 + floor(random() * 30000)::int, random() FROM generate_series(1, 150000);

SET maintenance_work_mem = '512MB';
CREATE INDEX notes_embedding ON notes USING hnsw (embedding vector_ip_ops) WITH (m = 12, ef_construction = 80);
CREATE INDEX notes_topic ON notes (topic, written DESC);
CREATE INDEX links_source ON links (source);
CREATE SEQUENCE note_ids START 1000000;
VACUUM ANALYZE;
